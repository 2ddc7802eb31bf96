"""The picker of directorates on Summary, below that of periods, and what it says of the choice."""

from __future__ import annotations

from dataclasses import dataclass

from perfbook.scorecard.frame import SUMMARY, Frame
from perfbook.scorecard.places import CHOSEN_DIRECTORATE
from perfbook.workbook.writer import Sheet

# Names are longer than a column of counts is wide, and a list that opens is as wide as its cell.
_FIRST, _LAST = 1, 4


@dataclass(frozen=True)
class DirectoratePicker:
    """Writes one row of the sheet."""

    frame: Frame
    sheet: Sheet

    def write(self, row: int) -> None:
        """The label, the cell with its list, and beside it what follows the choice."""
        frame, sheet, view = self.frame, self.sheet, self.frame.view
        book = frame.book
        sheet.raw.set_row(row, 24)
        strong = {"font_color": book.house.title_text, "bold": True, "valign": "vcenter", "font_size": 11}
        sheet.text(row, 0, "Choose the directorate", book.style(**strong, align="right", indent=1))
        style = book.style(
            **(book.house.input("@") | {"bold": True, "align": "left", "valign": "vcenter", "indent": 1})
        )
        sheet.raw.merge_range(row, _FIRST, row, _LAST, "", style)
        sheet.text(row, _FIRST, view.directorate_labels[view.directorate], style)
        book.define_name(CHOSEN_DIRECTORATE, f"={SUMMARY}!$B${row + 1}")
        options: dict[str, object] = {
            "validate": "list",
            "source": "=directorate_labels",
            "input_title": "Directorate",
            "input_message": f"Choose from the list; {self._follow} it.",
            "error_title": "Not a directorate of this book",
            "error_message": "Choose one of the directorates in the list.",
        }
        sheet.validation(row, _FIRST, row, _FIRST, options)
        note = book.style(**(book.house.note() | {"text_wrap": False, "valign": "vcenter", "indent": 1}))
        everything, one = self._said
        formula = f'=IF(directorate_number=0,"{everything}","{one}")'
        sheet.formula(row, _LAST + 1, formula, one if view.directorate else everything, note)

    @property
    def _follow(self) -> str:
        return "the sheets Directorate and Exceptions follow" if self.frame.view.has_measures else "Directorate follows"

    @property
    def _said(self) -> tuple[str, str]:
        both = "The sheets Directorate and Exceptions show" if self.frame.view.has_measures else "Directorate shows"
        counts = "The counts on this sheet are those of the whole council."
        return f"{self._follow[:1].upper()}{self._follow[1:]} your choice. {counts}", f"{both} it alone. {counts}"
