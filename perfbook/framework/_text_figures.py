"""Reads and fills the sheet Text figures of framework.xlsx."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from perfbook.framework._content import Content
from perfbook.framework._register import choose, period_in
from perfbook.framework._tables import Problems, Table, number_in, required
from perfbook.framework.model_plan import Action
from perfbook.framework.model_rows import TextCorrection
from perfbook.framework.text_figure_sheet import DOINGS, TEXT_FIGURES


def read_corrections(
    table: Table, actions: Sequence[Action], problems: Problems, year_start: int
) -> tuple[TextCorrection, ...]:
    """The corrections, in the order of their rows."""
    required(problems, TEXT_FIGURES, table.rows)
    known = {action.key.casefold(): action.key for action in actions}
    found: list[TextCorrection] = []
    for row in table.rows:
        key = known.get(row["key"].words.casefold(), "")
        if row["key"].words and not key:
            problems.add(row["key"], f"There is no action {row['key'].words!r}.", "Type the key of the sheet Actions.")
        doing = choose(problems, row["doing"], DOINGS, "correct", "something to do")
        if doing == "add" and (not row["label"].words or row["number"].blank):
            problems.add(row["label"], "A figure that is added needs a label and a number.", "Fill in both.")
        if doing != "add" and not row["found"].words:
            problems.add(row["found"], "It does not say which figure is meant.", "Copy its label from the scorecard.")
        number: Decimal | None = None
        if not row["number"].blank and not row["number"].broken:
            number = number_in(row["number"])
            if number is None:
                try:
                    number = Decimal(row["number"].words.replace(",", ""))
                except InvalidOperation:
                    problems.add(row["number"], f"{row['number'].words!r} is no number.", "Type the number alone.")
        if key:
            found.append(
                TextCorrection(
                    key,
                    period_in(problems, row["period"], year_start),
                    row["found"].words,
                    doing,
                    row["label"].words,
                    number,
                    row["unit"].words,
                    row["about"].words,
                    row["reason"].words,
                    row["by"].words,
                )
            )
    return tuple(found)


def corrections_content(corrections: Sequence[TextCorrection]) -> Content:
    """What the sheet holds."""
    return [
        {
            "key": each.action,
            "period": each.period.label if each.period else "",
            "found": each.found,
            "doing": each.doing,
            "label": each.label,
            "number": each.number,
            "unit": each.unit,
            "about": each.about,
            "reason": each.reason,
            "by": each.by,
        }
        for each in corrections
    ]
