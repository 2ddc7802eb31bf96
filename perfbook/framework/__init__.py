"""What is measured, how and by whom: the model, periods, and framework.xlsx in both directions."""
