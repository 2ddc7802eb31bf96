"""The linter: rules as data (code, severity, message, remedy), evaluated here and compiled into the return."""
