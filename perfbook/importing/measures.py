"""From a draft to a measure: what its cells say, and a guess with its reason for what they do not."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from perfbook.framework.address import address_problem
from perfbook.framework.model import KIND_OF, Calculation, Frequency, Measure, Polarity, Unit
from perfbook.framework.periods import Kind
from perfbook.importing.drafts import Draft, ReadTable
from perfbook.importing.fields import FIELDS, Goal
from perfbook.importing.figures import number_in
from perfbook.importing.guesses import (
    Guess,
    Judged,
    decimals_of,
    guess_calculation,
    guess_polarity,
    guess_unit,
    in_points,
    with_both,
)
from perfbook.importing.ledger import Ledger
from perfbook.importing.rows import directorate_in
from perfbook.importing.source import SourceCell
from perfbook.importing.words import calculation_of, frequency_of, light_of, polarity_of, unit_of
from perfbook.workbook.lookalikes import latin, strange_letters

_RANGE = re.compile(r"[^0-9]*[\d.,]+\s*%?\s*(?:-|\u2013|\u2014|\bto\b)\s*[\d.,]+\s*%?[^0-9]*", re.IGNORECASE)
_USUAL_SHEET = re.compile(
    r"(?:sheet|table|tabelle|feuil\w*|book|data|kpis?|measures?|indicators?|scorecard|list)\s*\d*", re.IGNORECASE
)
_EXPLICIT = re.compile(
    r"(?:corporate |strategic )?(?:priority|theme|outcome|objective|aim|ambition|pledge|goal)\b", re.IGNORECASE
)
# A shorter word may mean something else: L, SB, an arrow.
_PLAIN = 3
_MOST_DECIMALS, _MOST_ARREARS = 6, 12


class Groups:
    """Priorities and directorates in the order in which they come up, each with a key of its own.

    `invented` are those of which the spreadsheet says nothing, with the reason.
    """

    def __init__(self, tables: Sequence[ReadTable]) -> None:
        self.priorities: dict[str, str] = {}
        self.directorates: dict[str, str] = {}
        self.invented: dict[str, str] = {}
        self._emails: dict[str, list[SourceCell]] = {}
        fields = {plan.goal.field for read in tables for plan in read.plans}
        self._has = fields
        names = [read.sheet.name for read in tables]
        self._by_sheet = len(set(names)) > 1 and not any(read.names_period for read in tables)
        self._by_sheet = self._by_sheet and not all(_USUAL_SHEET.fullmatch(name) for name in names)

    def priority(self, draft: Draft, ledger: Ledger) -> Guess[str]:
        """The key of a measure's priority, and why it is it; no reason where a column says so."""
        cell = draft.first("priority")
        if cell:
            ledger.place(cell, f"Priorities; Measures, Priority of {draft.key}")
            down = f"as in {cell.address}: the cell is blank" if "priority" in draft.filled_down else ""
            return Guess(_key_of(self.priorities, cell.words), down)
        headings = [heading for heading in _headings(draft) if not directorate_in(heading.words)]
        if headings:
            ledger.place(headings[0], f"Priorities; Measures, Priority of {draft.key}")
            plain = _named(headings[0].words) != headings[0].words or _EXPLICIT.match(headings[0].words)
            because = "" if plain else f"the heading over it in {headings[0].address} says so"
            return Guess(_key_of(self.priorities, _named(headings[0].words)), because)
        if self._by_sheet and "directorate" in self._has:
            name = draft.rows[0][0].sheet.name
            return Guess(_key_of(self.priorities, name), "its sheet has this name")
        because = "the spreadsheet names no priority"
        key = _key_of(self.priorities, "All measures")
        self.invented[key] = because
        return Guess(key, "")

    def directorate(self, draft: Draft, ledger: Ledger) -> Guess[str]:
        """The key of a measure's directorate, and why it is it; no reason where a column says so."""
        cell = draft.first("directorate")
        heading = next((each for each in _headings(draft) if directorate_in(each.words)), None)
        if cell:
            ledger.place(cell, f"Directorates; Measures, Directorate of {draft.key}")
            because = f"as in {cell.address}: the cell is blank" if "directorate" in draft.filled_down else ""
            key = _key_of(self.directorates, cell.words)
        elif heading:
            ledger.place(heading, f"Directorates; Measures, Directorate of {draft.key}")
            because = ""
            key = _key_of(self.directorates, directorate_in(heading.words))
        elif self._by_sheet and "directorate" not in self._has:
            because = ""
            key = _key_of(self.directorates, draft.rows[0][0].sheet.name)
            self.invented[key] = "a sheet of the spreadsheet has this name"
        else:
            because = "the spreadsheet names no directorate"
            key = _key_of(self.directorates, "All services")
            self.invented[key], because = because, ""
        mail = draft.first("email")
        if mail and address_problem(mail.words):
            ledger.list(mail, f"{mail.words!r} is not an e-mail address")
        elif mail:
            self._emails.setdefault(key, []).append(mail)
        return Guess(key, because)

    def email(self, directorate: str, ledger: Ledger) -> str:
        """The address of a directorate: the one that all its measures name; empty where they name several."""
        cells = self._emails.get(directorate, [])
        found = {cell.words for cell in cells}
        for cell in cells:
            if len(found) == 1:
                ledger.place(cell, f"Directorates, E-mail of {self.directorates[directorate]}")
            else:
                ledger.list(cell, "the measures of the directorate name several addresses, and a directorate has one")
        return found.pop() if len(found) == 1 else ""


def _headings(draft: Draft) -> tuple[SourceCell, ...]:
    return next((row.headings for _, row in draft.rows if row.headings), ())


def _named(heading: str) -> str:
    """The name in a heading: `Theme: Homes` is Homes, `Priority 1: Homes` stays as it is."""
    words = re.sub(r"^(?:theme|priority|outcome|objective|aim|section|group)\s*:\s*", "", heading, flags=re.IGNORECASE)
    return words.strip(" :") or heading


def _key_of(known: dict[str, str], name: str) -> str:
    """The key of a name, a new one where the name is new; capitals make no difference."""
    for key, other in known.items():
        if other.casefold() == name.casefold():
            return key
    stem = re.sub(r"[^a-z0-9]+", "-", latin(name).casefold()).strip("-")[:32].strip("-") or "group"
    key, number = stem, 1
    while key in known:
        number += 1
        key = f"{stem}-{number}"
    known[key] = name
    return key


@dataclass(frozen=True)
class Made:
    """A measure, why its guessed fields are as they are, and whether bare numbers in percent are points."""

    measure: Measure
    points: bool
    marks: dict[str, str]


def measure_of(draft: Draft, groups: Groups, reporting: Frequency, ledger: Ledger) -> Made:
    """The measure of a draft."""
    marks: dict[str, str] = {}
    key = draft.key
    priority, directorate = groups.priority(draft, ledger), groups.directorate(draft, ledger)
    marks |= {
        name: guess.because for name, guess in (("priority", priority), ("directorate", directorate)) if guess.because
    }
    code, title = draft.text("code"), draft.text("title")
    for name in ("code", "title", "owner", "definition"):
        for cell in draft.cells.get(Goal(name), []):
            ledger.place(cell, f"Measures, {name.capitalize()} of {key}")
    strange = strange_letters(code)
    if strange:
        marks["code"] = (
            f"the spreadsheet has letters of another alphabet in it that look like ours: {', '.join(strange)}"
        )
        code = latin(code)
    if not title:
        title = code
        marks["title"] = "the row has no title, so its code stands here"
    if any(row.hidden for _, row in draft.rows):
        marks.setdefault("title", "the row is hidden in the spreadsheet: the measure may be out of use")

    figures = [cell for name in ("actual", "target") for _, cell in draft.of(name)]
    header = " ".join(
        dict.fromkeys(plan.head.said.rest for goal, plan in draft.plans.items() if goal.field == "actual")
    )
    unit = _unit(draft, title, header, figures, ledger)
    bare = in_points(figures) if unit.value.kind == "percent" else None
    points = bare.value if bare else False
    unit_because = "; ".join(filter(None, (unit.because, bare.because if bare else "")))
    if unit_because:
        marks["unit"] = unit_because
    decimals = _decimals(draft, figures, unit.value, points, ledger)
    if decimals.because:
        marks["decimals"] = decimals.because
    polarity = _polarity(draft, title, unit.value, points, ledger)
    if polarity.because:
        marks["polarity"] = polarity.because
    frequency = _frequency(draft, reporting, ledger)
    if frequency.because:
        marks["frequency"] = frequency.because
    actuals = [cell for _, cell in draft.of("actual")]
    calculation = _calculation(draft, title, header, actuals, ledger)
    if calculation.because and calculation.value != "snapshot":
        marks["calculation"] = calculation.because
    measure = Measure(
        key=key,
        code=code,
        title=title,
        priority=priority.value,
        directorate=directorate.value,
        unit=unit.value,
        decimals=decimals.value,
        polarity=polarity.value,
        frequency=frequency.value,
        calculation=calculation.value,
        entered="in period" if calculation.value == "cumulative" and with_both(actuals) else "year to date",
        arrears=_whole(draft, "arrears", _MOST_ARREARS, ledger) or 0,
        owner=draft.text("owner"),
        numerator=_described(draft, "numerator", ledger),
        denominator=_described(draft, "denominator", ledger),
        definition=definition.shown if (definition := draft.first("definition")) else "",
        note=_note(draft, ledger),
    )
    return Made(measure, points, marks)


def _unit(draft: Draft, title: str, header: str, figures: Sequence[SourceCell], ledger: Ledger) -> Guess[Unit]:
    cell = draft.first("unit")
    guess = guess_unit(title, header, figures)
    if cell is None or cell.shown in ("-", "\u2013"):
        return guess
    ledger.place(cell, f"Measures, Unit of {draft.key}")
    said = Unit.parse(unit_of(cell.words))
    written = guess.because.startswith("its figures are written")
    if written and (said.kind == "percent") != (guess.value.kind == "percent"):
        return Guess(guess.value, f"{guess.because}, though the spreadsheet gives its unit as {cell.words!r}")
    if written and said.kind == "currency" and guess.value.kind == "currency" and said.label == "\u00a3":
        return guess
    return Guess(said, "")


def _decimals(draft: Draft, figures: Sequence[SourceCell], unit: Unit, points: bool, ledger: Ledger) -> Guess[int]:
    said = _whole(draft, "decimals", _MOST_DECIMALS, ledger)
    shown = decimals_of(figures, unit, points)
    if said is None:
        return shown
    if figures and shown.value > said:
        return Guess(shown.value, f"its figures show so many, though the spreadsheet says {said}")
    return Guess(said, "")


def _said(draft: Draft, name: str, read: Callable[[str], str], wrong: str, ledger: Ledger) -> Guess[str] | None:
    """What a cell says in one of few words; None, with the cell listed, where it is none of them."""
    cell = draft.first(name)
    found = read(cell.words) if cell else ""
    if cell and found:
        ledger.place(cell, f"Measures, {FIELDS[name]} of {draft.key}")
        plain = len(cell.words) >= _PLAIN and cell.words.replace(" ", "").isalpha()
        return Guess(found, "" if plain else f"the spreadsheet says {cell.words!r}")
    if cell:
        ledger.list(cell, f"{cell.words!r} {wrong}")
    return None


def _polarity(draft: Draft, title: str, unit: Unit, points: bool, ledger: Ledger) -> Guess[Polarity]:
    said = _said(draft, "polarity", polarity_of, "does not say which way is good", ledger)
    if said:
        return said  # type: ignore[return-value]
    targets = {goal.period: each for goal, each in draft.of("target")}
    ranges = any(isinstance(each.value, str) and _RANGE.fullmatch(each.value.strip()) for each in targets.values())
    judged: list[Judged] = []
    for goal, actual in draft.of("actual"):
        scores = draft.cells.get(Goal("score", goal.period), [])
        coloured = draft.lights.get(Goal("score", goal.period))
        light = light_of(scores[0].words) if scores else coloured[1] if coloured else ""
        target = (
            targets.get(goal.period)
            or targets.get(None)
            or (next(iter(targets.values())) if len(targets) == 1 else None)
        )
        if target is not None and light:
            numbers = [number_in(each, unit, points) for each in (actual, target)]
            if numbers[0] is not None and numbers[1] is not None:
                judged.append(Judged(numbers[0], numbers[1], light, wide=goal.period not in targets))
    return guess_polarity(title, ranges, judged)


def _frequency(draft: Draft, reporting: Frequency, ledger: Ledger) -> Guess[Frequency]:
    said = _said(draft, "frequency", frequency_of, "does not say how often there is a figure", ledger)
    if said:
        return said  # type: ignore[return-value]
    kinds: set[Kind] = {
        goal.period.kind for goal, each in draft.of("actual") if goal.period and re.search(r"\d", each.shown)
    }
    for kind in ("month", "quarter", "term", "half", "year"):
        if kind in kinds:
            frequency = next(each for each, own in KIND_OF.items() if own == kind)
            return Guess(frequency, f"its figures are {frequency}" if frequency != reporting else "")
    return Guess(reporting, "")


def _calculation(
    draft: Draft, title: str, header: str, actuals: Sequence[SourceCell], ledger: Ledger
) -> Guess[Calculation]:
    said = _said(draft, "calculation", calculation_of, "is no way of calculating that perfbook knows", ledger)
    if said:
        return said  # type: ignore[return-value]
    return guess_calculation(title, header, actuals)


def _whole(draft: Draft, name: str, most: int, ledger: Ledger) -> int | None:
    cell = draft.first(name)
    if cell is None:
        return None
    if cell.words.isdecimal() and int(cell.words) <= most:
        ledger.place(cell, f"Measures, {name.capitalize()} of {draft.key}")
        return int(cell.words)
    ledger.list(cell, f"{cell.words!r} is not a whole number from 0 to {most}")
    return None


def _described(draft: Draft, name: str, ledger: Ledger) -> str:
    """What numerator or denominator count, in words; numbers of a period are for returns."""
    cell = draft.first(name)
    if cell is None:
        return ""
    if not isinstance(cell.value, str) or not re.search(r"[A-Za-z]{3}", cell.value):
        ledger.list(cell, f"a number, where {name.capitalize()} says in words what is counted")
        return ""
    ledger.place(cell, f"Measures, {name.capitalize()} of {draft.key}")
    return cell.words


def _note(draft: Draft, ledger: Ledger) -> str:
    """Comments and the like, each after the header of its column."""
    parts: list[str] = []
    for cell in draft.cells.get(Goal("note"), []):
        head = draft.head_of(cell)
        part = f"{head}: {cell.shown}" if head else cell.shown
        if len("\n".join([*parts, part])) > 30_000:
            ledger.list(cell, "the note would be longer than a cell can hold")
            continue
        parts.append(part)
        ledger.place(cell, f"Measures, Note of {draft.key}")
    return "\n".join(parts)
