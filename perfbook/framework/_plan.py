"""Reads the council plan of framework.xlsx: deliverables, and the actions that stand under them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from perfbook.framework._register import Register, choose, in_force, keys, refer, scheme_key
from perfbook.framework._tables import Cell, Problems, Table, required, suggestion
from perfbook.framework.model import Action, Deliverable, Place, Remark, Scheme, Section
from perfbook.framework.plan import reference_of
from perfbook.framework.plan_sheets import ACTIONS, DELIVERABLES, SECTIONS
from perfbook.framework.sheets import YES_NO
from perfbook.workbook.lookalikes import latin, strange_letters

LOOKALIKE = "F101"
SHARED = "F102"
_PARTS = re.compile(r"[;\n]")


class Remarks:
    """Collects what is worth saying and no mistake."""

    def __init__(self, file: str) -> None:
        self._file = file
        self.found: list[Remark] = []

    def add(self, code: str, cell: Cell, about: str, found: str, remedy: str) -> None:
        """A remark on a cell."""
        self.found.append(Remark(code, Place(self._file, cell.sheet, cell.address), about, found, remedy))

    def reference(self, cell: Cell, about: str, text: str = "") -> tuple[str, str]:
        """A reference in Latin letters, and as it is written where that differs: then it is said."""
        written = text or cell.words
        strange, read = strange_letters(written), latin(written)
        if not strange:
            return written, ""
        letters = f"The letter {strange} only looks" if len(strange) == 1 else f"The letters {strange} only look"
        self.add(
            LOOKALIKE,
            cell,
            about,
            f"The reference {written} is not typed in Latin letters. {letters} like one{'s' * (len(strange) > 1)}. "
            f"It is read as {read}.",
            f"Type {read} anew, so that searching and sorting find it.",
        )
        return read, written


def read_deliverables(table: Table, register: Register, problems: Problems, remarks: Remarks) -> list[Deliverable]:
    """The deliverables in the order of their rows."""
    required(problems, DELIVERABLES, table.rows)
    by_row = keys(table, problems)
    found: list[Deliverable] = []
    for row in table.rows:
        key = by_row.get(row.number, "")
        code, written = remarks.reference(row["code"], key)
        priority = refer(problems, row["priority"], register.priorities, "priority", "Priorities")
        if key:
            found.append(Deliverable(key, code, row["title"].words, priority, row["theme"].words, written))
    return found


def read_actions(
    table: Table,
    deliverables: Sequence[Deliverable],
    register: Register,
    problems: Problems,
    remarks: Remarks,
    *,
    year_start: int,
) -> list[Action]:
    """The actions in the order of their rows."""
    required(problems, ACTIONS, table.rows)
    by_row = keys(table, problems)
    known = _Known(deliverables)
    actions: list[Action] = []
    cells: list[Cell] = []
    for row in table.rows:
        key = by_row.get(row.number, "")
        code, written = remarks.reference(row["code"], key)
        priority = refer(problems, row["priority"], register.priorities, "priority", "Priorities")
        places = known.read(row["deliverables"], key, problems, remarks)
        if row["deliverables"].blank and row["priority"].blank:
            problems.add(
                row["deliverables"],
                "The action stands under no deliverable and no priority.",
                "Name its deliverables, such as B5; E8, or choose its priority.",
            )
        if not row["deliverables"].blank and not row["priority"].blank:
            problems.add(
                row["priority"],
                "The action has deliverables, and their priorities count.",
                "Clear the cell, or the cell of its deliverables.",
            )
        first, last = in_force(problems, row, year_start)
        action = Action(
            key=key,
            code=code,
            title=row["title"].words,
            directorate=refer(problems, row["directorate"], register.directorates, "directorate", "Directorates"),
            deliverables=places,
            priority=priority,
            owner=row["owner"].words,
            due=_due(row["due"]),
            scheme=_scheme(problems, row["scheme"], register.schemes),
            first=first,
            last=last,
            note=row["note"].text,
            written=written,
            evidence=choose(problems, row["evidence"], YES_NO, "no", "yes or no") == "yes",
            baseline=row["baseline"].text,
            direction=row["direction"].words,
        )
        if key:
            actions.append(action)
            cells.append(row["code"])
    if table.rows and not any(scheme.is_chosen for scheme in register.schemes.values()):
        problems.add_at(
            table.sheet,
            "",
            "There is no scheme in which a person chooses, so actions cannot be rated.",
            "Add its bands on the sheet Schemes, all without a limit, such as Complete, On track, Off track.",
        )
    _shared(actions, cells, remarks)
    return actions


class _Known:
    """Deliverables by what officers may write for them: the key, or the reference."""

    def __init__(self, deliverables: Sequence[Deliverable]) -> None:
        self.by_key = {each.key.casefold(): each for each in deliverables}
        self.by_code: dict[str, list[Deliverable]] = {}
        for each in deliverables:
            if each.code:
                self.by_code.setdefault(reference_of(each.code), []).append(each)
        self.names = [each.code or each.key for each in deliverables]

    def read(self, cell: Cell, about: str, problems: Problems, remarks: Remarks) -> tuple[str, ...]:
        """The keys of the deliverables that a cell names."""
        if cell.broken or cell.blank:
            return ()
        found: list[str] = []
        for part in (" ".join(part.split()) for part in _PARTS.split(cell.text)):
            if not part:
                continue
            code, _ = remarks.reference(cell, about, part)
            named = self._named(code)
            if len(named) == 1 and named[0].key not in found:
                found.append(named[0].key)
            elif len(named) == 1:
                problems.add(cell, f"The deliverable {part} is named twice.", "Name it once.")
            elif named:
                keys = ", ".join(each.key for each in named)
                problems.add(cell, f"{len(named)} deliverables have the reference {part}.", f"Name one by key: {keys}.")
            else:
                near = suggestion(code, self.names)
                remedy = "Correct it, part several with semicolons, or add it on the sheet Deliverables."
                problems.add(cell, f"There is no deliverable {part!r}.{near}", remedy)
        return tuple(found)

    def _named(self, code: str) -> list[Deliverable]:
        if code.casefold() in self.by_key:
            return [self.by_key[code.casefold()]]
        return self.by_code.get(reference_of(code), [])


def _scheme(problems: Problems, cell: Cell, schemes: Mapping[str, Scheme]) -> str:
    key = scheme_key(problems, cell, schemes)
    if key and not schemes[key].is_chosen:
        problems.add(
            cell,
            f"The scheme {key!r} has limits, so figures are scored by it and nobody chooses.",
            "Choose a scheme without limits, or leave the cell blank.",
        )
    return key


def _due(cell: Cell) -> str:
    if cell.broken:
        return ""
    if isinstance(cell.value, datetime):
        return cell.value.date().isoformat()
    return cell.value.isoformat() if isinstance(cell.value, date) else cell.words


def _shared(actions: Sequence[Action], cells: Sequence[Cell], remarks: Remarks) -> None:
    """References that several actions carry: that may be so, but people will mix them up."""
    first: dict[str, Action] = {}
    for action, cell in zip(actions, cells, strict=True):
        reference = reference_of(action.code)
        if not reference:
            continue
        other = first.setdefault(reference, action)
        if other is not action:
            remarks.add(
                SHARED,
                cell,
                action.key,
                f"The reference {action.code} stands for two actions: {other.title!r} and {action.title!r}.",
                "Nothing to do if that is meant. If it is one action, keep one row and name all its deliverables.",
            )


def read_sections(table: Table, register: Register, problems: Problems, *, year_start: int) -> list[Section]:
    """The sections in the order of their rows."""
    required(problems, SECTIONS, table.rows)
    by_row = keys(table, problems)
    found: list[Section] = []
    for row in table.rows:
        first, last = in_force(problems, row, year_start)
        key = by_row.get(row.number, "")
        section = Section(
            key=key,
            title=row["title"].words,
            hint=row["hint"].text,
            directorates=several(row["directorates"], register, problems),
            needed=choose(problems, row["needed"], YES_NO, "no", "yes or no") == "yes",
            first=first,
            last=last,
        )
        if key:
            found.append(section)
    return found


def split_list(cell: Cell) -> list[str]:
    """The parts of a cell that lists several things with semicolons."""
    return [part for part in (" ".join(part.split()) for part in _PARTS.split(cell.text)) if part]


def several(cell: Cell, register: Register, problems: Problems) -> tuple[str, ...]:
    """The keys of the directorates that a cell names."""
    if cell.broken:
        return ()
    found = [
        refer(problems, replace(cell, value=part), register.directorates, "directorate", "Directorates")
        for part in split_list(cell)
    ]
    return tuple(dict.fromkeys(key for key in found if key))
