"""The conversation about a return: queries that go back as a workbook, explanations, and what officers decide."""
