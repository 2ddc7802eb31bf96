"""The workbook that a manager fills: one layout, from which writer and reader both derive."""
