"""The live formulas of Measures: put together once for a kind of row, they are those of each row of it."""

from __future__ import annotations

from dataclasses import replace

from perfbook.checks.asked import Asked, asked
from perfbook.framework.model import CheckSetting
from perfbook.returns._measures_formulas import SheetFormulas, sheet_formulas
from perfbook.returns.layout import CHOSEN, INPUT_KEYS, LAST_YEAR, PREVIOUS, REPLY
from tests.checks.clean import case

_MORE = ("figure", "band", "score", "trend", "trend_word", "called", "why", "rule", "level", "unexplained", "todo")
_REST = ("problem", "check", "where", "rank", "target_low", "target_high", "last_commentary", "usual", "spread")
_COLUMNS = (*INPUT_KEYS, *_MORE, *_REST, "running", "chosen", "before", "before_numerator", "before_denominator")
_REFER = {key: f"INDEX(${key}:${key},ROW())" for key in (*_COLUMNS, PREVIOUS, LAST_YEAR)}
_REFER |= {f"at_{key}": f"COLUMN(${key}$1)" for key in INPUT_KEYS}


def _rows() -> list[Asked]:
    found = []
    for seed in range(8):
        made = case(seed, 12)
        for measure in made.framework.measures:
            about = measure.about(made.period)
            if about is not None:
                row = asked(made.framework, measure, about, made.period)
                found += [row, replace(row, again=True), replace(row, explained=False)]
                found += [replace(row, suppressed={code: "known"}) for code in ("V114", "V111", "E101")]
                found += [replace(row, settings={"V114": CheckSetting("V114", on=False)})]
    return found


def test_what_is_remembered_of_a_kind_is_what_the_row_itself_gives() -> None:
    kept = SheetFormulas(_REFER, "Signed")
    for row in _rows():
        known = [(each.key, each.formula, each.look) for each in kept.of(row)]
        assert known == [(each.key, each.formula, each.look) for each in SheetFormulas(_REFER, "Signed").of(row)]


def test_a_suppressed_check_is_not_in_the_formulas_of_its_row_alone() -> None:
    kept, row = SheetFormulas(_REFER, "Signed"), _rows()[0]
    free, hushed = (
        {each.key: each.formula for each in kept.of(one)} for one in (row, replace(row, suppressed={"V114": "known"}))
    )
    assert len(hushed["check"]) < len(free["check"])


def test_books_with_the_same_columns_share_their_formulas_and_others_do_not() -> None:
    assert sheet_formulas(dict(_REFER), "Signed") is sheet_formulas(dict(_REFER), "Signed")
    going_back = sheet_formulas(_REFER | {REPLY: "INDEX($R:$R,ROW())"}, "Signed")
    row = _rows()[0]
    problem = {each.key: each.formula for each in going_back.of(row)}["problem"]
    assert "$R:$R" in problem
    assert "$R:$R" not in {each.key: each.formula for each in sheet_formulas(_REFER, "Signed").of(row)}["problem"]


def test_without_its_column_no_score_is_chosen() -> None:
    row = _rows()[0]
    row = replace(row, scheme=replace(row.scheme, chosen_without_target=True))
    without = {key: cell for key, cell in _REFER.items() if key != CHOSEN}
    assert "chosen" in {each.key for each in SheetFormulas(_REFER, "Signed").of(row)}
    assert "chosen" not in {each.key for each in SheetFormulas(without, "Signed").of(row)}
