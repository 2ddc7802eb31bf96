"""What a refresh does not overwrite, what it puts back and says, and where it refuses and names the cell."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from perfbook.refreshing import RefusedError, refreshed
from perfbook.refreshing.refresh import STALE
from perfbook.scorecard import build_scorecard
from tests.refreshing.officers import changed, edited, fresh, with_cell, with_text
from tests.scorecard import invented

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported.*:UserWarning")
TRANSITIONAL = "schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "purl.oclc.org/ooxml/spreadsheetml/main"
SHEETS = (
    "Summary",
    "Scorecard",
    "Exceptions",
    "Directorate",
    "Detail",
    "Returns",
    "Files",
    "Findings",
)


def number(sheet: str) -> int:
    return SHEETS.index(sheet) + 1


def part(sheet: str) -> str:
    return f"xl/worksheets/sheet{number(sheet)}.xml"


def in_book(change: Callable[[str], str]) -> Callable[[bytes], bytes]:
    return lambda data: edited(data, "xl/workbook.xml", change)


def named(name: str, refers_to: str) -> Callable[[bytes], bytes]:
    return in_book(lambda text: re.sub(rf'(<definedName name="{name}">)[^<]*', rf"\1{refers_to}", text))


def table(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return next(
            path
            for path in package.namelist()
            if path.startswith("xl/tables/") and f'displayName="{name}"' in package.read(path).decode()
        )


def in_table(name: str, change: Callable[[str], str]) -> Callable[[bytes], bytes]:
    return lambda data: edited(data, table(data, name), change)


def value(data: bytes, sheet: str, address: str) -> object:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=True)[sheet][address].value


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            lambda data: with_text(data, number("Files"), "B9", "a remark"),
            r"The list on the sheet Files needs more rows, and something stands in its way in B9\. Move that away\.",
        ),
        (
            named("area_scorecard", r"Scorecard!$A$1:$U$22"),
            r"Rows, columns or cells were put in or taken out among those of perfbook on the sheet Scorecard "
            r"\(its area A1:T22 is A1:U22 now\)",
        ),
        (named("area_findings", "#REF!"), r"The sheet Findings is missing\."),
        (named("list_files", "#REF!"), r"The name list_files is missing, or leads elsewhere\."),
        (
            named("chosen_period", r"Summary!$C$4"),
            r"on the sheet Summary \(the name chosen_period is C4 there\)",
        ),
        (
            in_table("files", lambda text: text.replace('name="Outcome"', 'name="What became of it"')),
            r"The table files no longer has the columns that perfbook gave it, from Files!B4\.",
        ),
        (
            in_table("files", lambda text: text.replace("<table ", '<table totalsRowCount="1" ', 1)),
            r"The table files has a total row, at Files!A6\. Switch it off\.",
        ),
        (
            in_table("tbl_data_actual", lambda text: text.replace("tbl_data_actual", "other")),
            r"The table tbl_data_actual on the hidden sheet Data actual is missing\.",
        ),
        (
            in_book(lambda text: text.replace('name="geometry"', 'name="geometry_"')),
            r"It does not say how it is laid out",
        ),
        (
            in_book(lambda text: text.replace(TRANSITIONAL, STRICT)),
            r"Strict Open XML",
        ),
        (lambda data: data[: len(data) // 2], r"The file is not a workbook, or it is damaged\."),
        (lambda _: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), r"The workbook is encrypted with a password\."),
        (
            lambda data: edited(data, part("Files"), lambda text: f"<!DOCTYPE x>{text[text.index('<worksheet') :]}"),
            r"declares entities",
        ),
        (lambda data: edited(data, part("Files"), lambda text: text.replace("</row>", "", 1)), r"not well-formed"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(spoil: Callable[[bytes], bytes], sentence: str) -> None:
    with pytest.raises(RefusedError, match=sentence):
        refreshed(spoil(fresh(0)), fresh(1))


def test_rows_that_were_sorted_are_refused() -> None:
    """The notes may have moved with them or not: nobody can say."""
    data = fresh(0)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        text = package.read(part("Scorecard")).decode()
    formula = re.search(r'<c r="G7"[^>]*><f>(.*?)</f>', text)
    assert formula is not None
    data = with_cell(data, number("Scorecard"), "G6", f"<f>{formula[1]}</f><v>1</v>")
    with pytest.raises(
        RefusedError, match=r"The rows of the sheet Scorecard are in another order: G6 shows what G7 should\."
    ):
        refreshed(data, fresh(1))


def test_another_framework_with_the_same_rows_is_taken_over_and_one_with_others_refused() -> None:
    from dataclasses import replace

    quarter = invented.quarter()
    measures = quarter.framework.measures
    renamed = (replace(measures[0], title="Rents that came in"), *measures[1:])
    other = replace(quarter, framework=replace(quarter.framework, measures=renamed, version="two"))
    done = refreshed(fresh(0), build_scorecard(other))
    assert value(done.data, "Scorecard", "B6") == "Rents that came in"
    assert done.sentences == ()
    fewer = replace(quarter, framework=replace(quarter.framework, measures=measures[1:], version="two"))
    with pytest.raises(RefusedError, match="its sheets have other rows or columns"):
        refreshed(fresh(0), build_scorecard(fewer))


def test_what_was_typed_over_our_formulas_and_texts_is_put_back_and_told() -> None:
    data = with_cell(fresh(0), number("Scorecard"), "G6", "<v>0.5</v>")
    data = with_text(data, number("Scorecard"), "B7", "My title")
    data = with_cell(data, number("Scorecard"), "I8", "<f>1+1</f><v>2</v>")
    new = fresh(1)
    done = refreshed(data, new)
    assert done.sentences == tuple(
        f"Scorecard!{cell} held {held} in place of what perfbook writes there, which was put back."
        for cell, held in (("G6", "'0.5'"), ("B7", "'My title'"), ("I8", "'=1+1'"))
    )
    for address in ("G6", "B7", "I8"):
        assert value(done.data, "Scorecard", address) == value(new, "Scorecard", address)
    formulas = openpyxl.load_workbook(io.BytesIO(done.data))["Scorecard"]
    assert str(formulas["G6"].value).startswith("=IF(ISNUMBER(")


def test_what_stands_in_empty_cells_beside_and_below_stays() -> None:
    """Also in a cell of ours that has a look and nothing in it, and where a list ends above it."""
    places = (("Scorecard", "D5"), ("Summary", "T3"), ("Findings", "M6"), ("Findings", "C600"), ("Files", "J5"))
    data = fresh(0)
    for sheet, address in places:
        data = with_text(data, number(sheet), address, f"mine {address}")
    done = refreshed(data, fresh(1))
    assert done.sentences == ()
    for sheet, address in places:
        assert value(done.data, sheet, address) == f"mine {address}"
    # Nothing of theirs is stale, so nothing is said.
    assert value(done.data, "Summary", "A3") in (None, "")
    with_formula = with_cell(data, number("Summary"), "T4", "<f>1+1</f><v>2</v>")
    assert value(refreshed(with_formula, fresh(1)).data, "Summary", "A3") == STALE


def test_lists_shrink_without_a_trace_and_grow_again() -> None:
    longer, shorter = fresh(2), fresh(1)
    data = refreshed(longer, shorter).data
    files = openpyxl.load_workbook(io.BytesIO(data))["Files"]
    end = files.tables["files"].ref
    assert end == openpyxl.load_workbook(io.BytesIO(shorter))["Files"].tables["files"].ref
    last = int(end.rpartition("F")[2])
    below = files.cell(last + 1, 1)
    assert (below.value, below.border.bottom.style) == (None, None)
    again = refreshed(data, longer).data
    row = openpyxl.load_workbook(io.BytesIO(again))["Files"].cell(last + 1, 1)
    assert row.value == openpyxl.load_workbook(io.BytesIO(longer))["Files"].cell(last + 1, 1).value
    assert row.border.bottom.style is not None


def test_figures_of_the_passport_are_shown_in_their_own_format() -> None:
    data = refreshed(fresh(0), fresh(2)).data
    assert changed(0).observations != changed(2).observations
    held, wanted = (openpyxl.load_workbook(io.BytesIO(each))["Passport"] for each in (data, fresh(2)))
    shown = [[sheet.cell(row, 6).number_format for row in range(5, wanted.max_row + 1)] for sheet in (held, wanted)]
    assert shown[0] == shown[1]
    assert len(set(shown[1])) > 3


def _filtered(data: bytes, column: int, inside: str, hide: str) -> bytes:
    data = in_table(
        "findings",
        lambda text: re.sub(
            r'<autoFilter ref="([^"]+)"/>',
            rf'<autoFilter ref="\1"><filterColumn colId="{column}">{inside}</filterColumn></autoFilter>',
            text,
        ),
    )(data)
    return edited(data, part("Findings"), lambda text: re.sub(rf'(<row r="({hide})")', r'\1 hidden="1"', text))


def _hidden(data: bytes) -> dict[str, bool]:
    """Severity of each finding, and whether its row is hidden."""
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Findings"]
    rows = range(5, int(sheet.tables["findings"].ref.rpartition("H")[2]) + 1)
    return {f"{row} {sheet.cell(row, 2).value}": bool(sheet.row_dimensions[row].hidden) for row in rows}


def test_a_filter_shows_the_rows_that_it_should_of_the_new_list() -> None:
    data = _filtered(fresh(0), 1, '<filters><filter val="Error"/></filters>', "6|7")
    done = refreshed(data, fresh(1))
    shown = _hidden(done.data)
    assert len(shown) == 6
    assert all(hidden != row.endswith("Error") for row, hidden in shown.items())
    assert done.sentences == ()


def test_a_filter_that_cannot_be_followed_hides_nothing_and_is_told() -> None:
    own = '<customFilters><customFilter operator="notEqual" val="Note"/></customFilters>'
    done = refreshed(_filtered(fresh(0), 1, own, "7"), fresh(1))
    assert not any(_hidden(done.data).values())
    assert done.sentences == (
        "The filter on the sheet Findings could not be followed; all rows are shown. Press Reapply on the tab Data.",
    )


def test_a_sheet_may_have_another_name_and_place() -> None:
    def rename(text: str) -> str:
        text = text.replace('<sheet name="Scorecard"', '<sheet name="KPIs &amp; more"')
        return re.sub(r">'?Scorecard'?!", ">'KPIs &amp; more'!", text)

    data = in_book(rename)(fresh(0))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        calc = next(
            name
            for name in package.namelist()
            if name.startswith("xl/worksheets/") and b"Scorecard!$T$6" in package.read(name)
        )
    data = edited(data, calc, lambda text: text.replace("Scorecard!", "'KPIs &amp; more'!"))
    new = fresh(1)
    done = refreshed(data, new)
    assert done.sentences == ()
    assert value(done.data, "KPIs & more", "G6") == value(new, "Scorecard", "G6")
    assert "Scorecard!" not in zipfile.ZipFile(io.BytesIO(done.data)).read(calc).decode()


def test_a_group_of_formulas_that_share_one_is_written_out_where_its_first_was_overtyped() -> None:
    """As Excel writes them: the first has the text. Somebody changed it."""
    from tests.refreshing.excel_like import by_excel

    data = by_excel(fresh(0))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        calc, text = next(
            (name, content)
            for name in package.namelist()
            if name.startswith("xl/worksheets/") and 't="shared"' in (content := package.read(name).decode())
        )
    first = re.search(r'<f t="shared" ref="(\w+):\w+" si="0">([^<]*)</f>', text)
    assert first is not None
    data = edited(data, calc, lambda text: text.replace(first[0], first[0].replace(f">{first[2]}<", ">7*7<")))
    new = fresh(1)
    done = refreshed(data, new)
    assert f"Calc!{first[1]} held '=7*7'" in done.sentences[0]
    formulas = [openpyxl.load_workbook(io.BytesIO(each))["Calc"] for each in (done.data, new)]
    for row in range(3, 19):
        for column in range(1, 44):
            held, wanted = (str(sheet.cell(row, column).value) for sheet in formulas)
            assert held == wanted
    # The order of calculation named the cells as they were.
    assert "xl/calcChain.xml" not in zipfile.ZipFile(io.BytesIO(done.data)).namelist()


def test_what_is_shown_only_when_there_is_something_comes_out_of_hiding() -> None:
    """The columns about adjusted figures, and the rows of measures that have a forecast now."""
    from dataclasses import replace
    from decimal import Decimal

    from perfbook.records import Quarter
    from tests.refreshing.excel_like import by_excel
    from tests.scorecard.test_adjusted import adjusted

    def forecasting(quarter: Quarter, *measures: str) -> Quarter:
        newest = {each.measure: each for each in reversed(quarter.observations)}
        told = tuple(
            replace(each, forecast=Decimal("0.5"))
            if each.measure in measures and newest[each.measure] is each
            else each
            for each in quarter.observations
        )
        return replace(quarter, observations=told)

    def look(data: bytes) -> tuple[list[bool], list[str]]:
        book = openpyxl.load_workbook(io.BytesIO(data))
        columns = [bool(book["Scorecard"].column_dimensions[letter].hidden) for letter in ("Q", "R", "T")]
        ends = book["Year end"]
        return columns, [
            str(ends.cell(row, 1).value) for row in range(5, ends.max_row + 1) if not ends.row_dimensions[row].hidden
        ]

    before = build_scorecard(forecasting(invented.quarter(), "a1"))
    new = build_scorecard(forecasting(adjusted(), "a1", "b2"))
    assert look(before)[0] == [False, True, False]
    done = refreshed(by_excel(before), new)
    assert look(done.data) == look(new)
    assert look(new)[0] == [False, False, False]
    assert len(look(new)[1]) == len(look(before)[1]) + 1
    assert value(done.data, "Scorecard", "S6") == value(new, "Scorecard", "S6") != ""
    # And back, where officers withdraw what they adjusted.
    assert look(refreshed(done.data, before).data) == look(before)
