"""Where things stand on Measures: the rows of its head, and the size of its letters."""

KEY_ROW, TITLE_ROW, PROGRESS_ROW, GROUP_ROW, HEADER_ROW, FIRST_ROW = range(6)
SIZE = 10.0
