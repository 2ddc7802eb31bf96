"""Where things stand on Measures and on Actions: the rows of their heads, and the size of their letters."""

KEY_ROW, TITLE_ROW, PROGRESS_ROW, GROUP_ROW, HEADER_ROW, FIRST_ROW = range(6)
SIZE = 10.0
