"""Officers' notes: written on Scorecard, shown on Exceptions beside the same measure whatever period is chosen."""

from __future__ import annotations

import re
from pathlib import Path

from perfbook.scorecard import build_scorecard
from tests.scorecard import invented
from tests.support.office import Office, read_cached

NOTE = "=1+1 asked on 3 July; <answer> & reply to come"


def _shown(cells: list[list[object]]) -> dict[str, str]:
    """Code and note of each row of Exceptions that shows a measure."""
    return {str(row[0]): str(row[11] or "") for row in cells if row[0]}


def test_a_note_stands_beside_its_measure_in_every_period(office: Office, tmp_path: Path) -> None:
    quarter = invented.quarter()
    titles = {measure.key: measure.code for measure in quarter.framework.measures}
    notes = {key: f"{NOTE} {key}" for key in titles}
    path = tmp_path / "scorecard.xlsx"
    seen = 0
    for period in quarter.periods[-2:]:
        path.write_bytes(build_scorecard(quarter, selected=period, notes=notes))
        cached = read_cached(path)["Exceptions"]
        with office.open(path) as book:
            book.recalculate()
            shown = _shown([[cell.value for cell in row] for row in book.get_cells("Exceptions", "A5:L19")])
            by_code = {code: key for key, code in titles.items()}
            for code, note in shown.items():
                assert note == notes[by_code[code]]
                seen += 1
        stored = {address: value.value for address, value in cached.items() if re.fullmatch(r"L\d+", address)}
        assert sorted(text for text in stored.values() if text) == sorted(shown.values())
    assert seen > 2
    # A note typed in Excel is shown without perfbook.
    path.write_bytes(build_scorecard(quarter))
    with office.open(path) as book:
        scorecard = [row[0].value for row in book.get_cells("Scorecard", "A1:A30")]
        code = book.get_cells("Exceptions", "A5:A5")[0][0].value
        book.set_cell("Scorecard", f"T{scorecard.index(code) + 1}", "typed")
        book.recalculate()
        assert book.get_cells("Exceptions", "L5:L5")[0][0].value == "typed"
