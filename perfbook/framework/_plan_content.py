"""What the council plan puts into the cells of framework.xlsx."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from perfbook.framework.model import Deliverable, Framework
from perfbook.framework.periods import Period
from perfbook.framework.plan import reference_of

Entry = str | int | date | None
Rows = list[Mapping[str | Period, Entry]]


def deliverable_rows(framework: Framework) -> Rows:
    """The rows of the sheet Deliverables."""
    names = {priority.key: priority.name for priority in framework.priorities}
    return [
        {
            "key": each.key,
            "code": each.written or each.code,
            "title": each.title,
            "priority": names[each.priority],
            "theme": each.theme,
        }
        for each in framework.deliverables
    ]


def action_rows(framework: Framework) -> Rows:
    """The rows of the sheet Actions."""
    names = {priority.key: priority.name for priority in framework.priorities}
    places = {each.key: _name(framework, each) for each in framework.deliverables}
    return [
        {
            "key": each.key,
            "code": each.written or each.code,
            "title": each.title,
            "deliverables": "; ".join(places[key] for key in each.deliverables),
            "priority": names.get(each.priority, ""),
            "directorate": framework.directorate(each.directorate).name,
            "owner": each.owner,
            "due": _due(each.due),
            "scheme": each.scheme,
            "first": each.first.label if each.first else "",
            "last": each.last.label if each.last else "",
            "note": each.note,
            "evidence": "yes" if each.evidence else "",
            "baseline": each.baseline,
            "direction": each.direction,
        }
        for each in framework.actions
    ]


def _name(framework: Framework, deliverable: Deliverable) -> str:
    """What an action's cell says for a deliverable: its reference, or its key where that alone is clear."""
    code = deliverable.code
    alike = [each for each in framework.deliverables if reference_of(each.code) == reference_of(code)]
    taken = any(each.key.casefold() == code.casefold() for each in framework.deliverables if each is not deliverable)
    clear = bool(reference_of(code)) and len(alike) == 1 and not taken and not {";", "\n"} & set(code)
    return code if clear else deliverable.key


def _due(due: str) -> Entry:
    try:
        return date.fromisoformat(due)
    except ValueError:
        return due


def section_rows(framework: Framework) -> Rows:
    """The rows of the sheet Sections."""
    return [
        {
            "key": each.key,
            "title": each.title,
            "hint": each.hint,
            "directorates": "; ".join(_directorate(framework, key) for key in each.directorates),
            "needed": "yes" if each.needed else "no",
            "first": each.first.label if each.first else "",
            "last": each.last.label if each.last else "",
        }
        for each in framework.sections
    ]


def grid_rows(framework: Framework) -> Rows:
    """The rows of the sheet Grids; what holds for the whole grid stands in its first line."""
    rows: Rows = []
    for grid in framework.grids:
        for number, line in enumerate(grid.lines):
            names = "; ".join(_directorate(framework, key) for key in grid.directorates)
            rows.append(
                {
                    "key": line.key,
                    "grid": grid.key,
                    "title": "" if number else grid.title,
                    "label": line.label,
                    "group": line.group,
                    "adds_to": line.adds_to,
                    "decimals": line.decimals,
                    "percent": "yes" if line.percent else "",
                    "columns": "" if number else "; ".join(grid.columns),
                    "directorates": "" if number else names,
                }
            )
    return rows


def _directorate(framework: Framework, key: str) -> str:
    """A directorate in a list: its name, or its key where the name would be taken apart."""
    name = framework.directorate(key).name
    return key if {";", "\n"} & set(name) else name


def published_rating_rows(framework: Framework) -> Rows:
    """The rows of the sheet Published ratings."""
    actions, places = framework.actions_by_key, framework.deliverables_by_key
    return [
        {
            "key": key,
            # As it stands on Actions, from where the formula takes it.
            "code": actions[key].written or actions[key].code,
            "title": actions[key].title,
            "deliverable": place if place in places else "",
            "period": period.label,
            "rating": rating,
        }
        for (key, place, period), rating in framework.published_ratings.items()
    ]
