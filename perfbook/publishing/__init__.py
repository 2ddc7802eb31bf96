"""The public copy: an accessible workbook of a period, with small numbers hidden.

The layout follows the Government Analysis Function's guidance "Releasing statistics in spreadsheets" (and its checklist
of the basics): a cover, contents, notes and shorthand, then one named table a sheet, in column A, with nothing merged,
frozen, filtered or told by colour alone.

gptables, which the Analysis Function maintains, was looked at (2.0.2) and served as the reference. It is not built
upon: it gives a column one format, where our figures are percentages, money and counts in one column; it writes to a
path and knows neither the document's language nor the time that makes the same inputs give the same bytes; and what it
writes would not pass our own gate of Excel's limits (`workbook.writer`).
"""
