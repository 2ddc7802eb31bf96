"""How a figure is judged: schemes and rules as data, a Python engine and an Excel engine that agree."""
