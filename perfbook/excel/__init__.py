"""What makes the scorecard answer to a click in Excel: a VBA project from source text."""
