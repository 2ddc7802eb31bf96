"""The public copy as a reader gets it: every sheet row by row, of the sample councils and of an invented one."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from perfbook import _office
from perfbook.cli import cli
from perfbook.collecting.archive import Archive
from perfbook.creating import create_workspace
from perfbook.errors import WorkspaceError
from perfbook.framework.periods import parse
from perfbook.framework.plan import column_key
from perfbook.publishing.book import COVER, ONE_TABLE, SHORTHAND, cover_texts, public_book, table_sheet
from perfbook.publishing.cells import Earlier, counts_of
from perfbook.publishing.protect import Rule
from perfbook.publishing.publish import Made, earlier_copies, make, record_release
from perfbook.publishing.rules import PublishRules
from perfbook.publishing.shorthand import MEANINGS
from perfbook.publishing.tables import Number, Table
from perfbook.records import GridFigure, Quarter
from perfbook.samples import read_sample
from perfbook.settings import read_settings
from perfbook.workspace import Workspace, open_workspace
from tests.conftest import Audit
from tests.publishing.test_protect import attacker
from tests.test_adjustments import adjustment, with_adjustments
from tests.unattended.council import AFTER_DUE, PERIOD, make_workspace

SAMPLES = ("dudley", "kirklees", "sandwell", "walsall-children", "walsall-plan")
KEY = "d02-m01"


class Samples:
    """The quarter of each sample, collected when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: dict[str, Quarter] = {}

    def __getitem__(self, name: str) -> Quarter:
        if name not in self.known:
            workspace = create_workspace(self.folder / name, example=name)
            self.known[name] = workspace.collect(as_at=read_sample(name).as_at)
        return self.known[name]


@pytest.fixture(scope="module")
def quarters(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    """The quarter of each sample."""
    return Samples(tmp_path_factory.mktemp("samples"))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Two services whose certified returns were collected."""
    made = make_workspace(tmp_path / "council", directorates=2)
    made.collect(as_at=AFTER_DUE)
    return made


def _publish(workspace: Workspace, *more: str) -> Result:
    return CliRunner().invoke(
        cli, ["publish", "-w", str(workspace.root), "--as-at", "2032-01-21T09:00", "--no-ods", *more]
    )


def _book(made: Made, quarter: Quarter) -> bytes:
    return public_book(made.copy, made.rule, created=quarter.as_at)


def _rows(sheet: Worksheet) -> Iterator[list[object]]:
    for row in sheet.iter_rows(values_only=True):
        yield list(row)


@pytest.mark.parametrize("name", SAMPLES)
def test_each_sheet_reads_row_by_row(name: str, quarters: Samples, audit: Audit) -> None:
    made = make(quarters[name], PublishRules())
    data = _book(made, quarters[name])
    assert audit(data) == []
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames[:2] == [COVER, "Contents"] and book.active is book[COVER]
    names = set()
    for sheet in book.worksheets:
        assert sheet.sheet_state == "visible" and not sheet.merged_cells.ranges
        assert sheet.freeze_panes is None and sheet.auto_filter.ref is None
        assert not any(vars(sheet.oddHeader)[part].text for part in ("left", "center", "right"))
        assert not any(vars(sheet.oddFooter)[part].text for part in ("left", "center", "right"))
        assert sheet["A1"].value and sheet["A1"].style == "Heading 1"
        assert all(cell.font.size >= 12 and not cell.font.vertAlign for row in sheet.iter_rows() for cell in row)
        if sheet.title == COVER:
            assert all(row[0] for row in _rows(sheet)) and sheet.max_column == 1
            continue
        [table] = sheet.tables.values()
        names.add(table.name)
        assert table.autoFilter is None and table.ref.startswith("A")
        assert table.ref == f"A{table.ref[1:].split(':')[0]}:{sheet.dimensions.split(':')[1]}", "it ends the sheet"
        head = int(table.ref[1:].split(":")[0])
        rows = list(_rows(sheet))
        assert ONE_TABLE in [row[0] for row in rows[: head - 1]]
        assert all(row[0] and not any(row[1:]) for row in rows[: head - 1]), "nothing blank above the table"
        heads = rows[head - 1]
        assert len({str(each).casefold() for each in heads}) == len(heads)
        assert all(value not in (None, "") for row in rows[head - 1 :] for value in row), "no cell is empty"
    assert len(names) == len(book.worksheets) - 1


def test_contents_lead_to_every_sheet(quarters: Samples) -> None:
    book = openpyxl.load_workbook(io.BytesIO(_book(make(quarters["dudley"], PublishRules()), quarters["dudley"])))
    linked = [row[0].hyperlink.location for row in book["Contents"].iter_rows(min_row=4)]
    assert linked == [f"'{name}'!A1" for name in book.sheetnames[2:]]


def test_the_file_says_its_title_its_publisher_and_its_language(quarters: Samples) -> None:
    data = _book(make(quarters["dudley"], PublishRules()), quarters["dudley"])
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        core = package.read("docProps/core.xml").decode()
    assert "<dc:language>en-GB</dc:language>" in core and "<dc:creator>Dudley</dc:creator>" in core
    assert "<dc:title>Dudley: performance in 2020-21 Q2</dc:title>" in core


def test_the_same_inputs_give_the_same_bytes(quarters: Samples) -> None:
    first, second = (_book(make(quarters["dudley"], PublishRules()), quarters["dudley"]) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("name", ["dudley", "kirklees", "walsall-children"])
@pytest.mark.parametrize("below", [5, 40])
def test_no_hidden_number_of_a_sample_can_be_worked_out(name: str, below: int, quarters: Samples) -> None:
    made = make(quarters[name], PublishRules(small_below=below))
    rule = Rule(below)
    small = [cell for cell in made.counts.cells if cell.shown and rule.is_small(cell.value)]
    assert small or name == "kirklees"
    against = attacker(made.counts.cells, made.counts.relations, made.protection.hidden, rule)
    for cell in small:
        assert cell.key in made.protection.hidden
        if below == 5:
            assert against.spread(cell.key, below) != (cell.key in made.protection.exposed)
    assert not made.protection.exposed


def test_what_is_hidden_stands_nowhere_in_the_workbook(quarters: Samples) -> None:
    quarter = quarters["dudley"]
    made = make(quarter, PublishRules())
    row = next(row for row in made.copy.tables[1].rows if row[1] == "PI2036")
    assert [str(value) for value in row[5:]].count("[c]") == 4, "figure, score, trend and annual comparison"
    over_time = next(row for row in made.copy.tables[2].rows if row[0] == "PI2036")
    assert set(over_time[3:]) == {"[c]"}
    # Nor does the table of scores tell the score: it is counted apart.
    assert [column.header for column in made.copy.tables[0].columns][-2] == "Score hidden"
    assert made.copy.tables[0].rows[-1][-2].value == 1  # type: ignore[union-attr]
    shown = make(quarter, PublishRules(people=()))
    assert not shown.protection.hidden and "[c]" not in str(shown.copy.tables)


def test_nobody_is_named_and_no_note_of_officers_goes_out(quarters: Samples) -> None:
    for name in SAMPLES:
        quarter = quarters[name]
        text = _all_text(_book(make(quarter, PublishRules()), quarter))
        assert "@" not in text.replace("dc:", "")
        said = [o.commentary for o in quarter.observations if len(o.commentary) > 20]
        said += [report.update for report in quarter.actions if len(report.update) > 20]
        said += [finding.message for finding in quarter.findings if len(finding.message) > 20]
        assert not [words for words in said if words[:60] in text]
        assert not [role for record in quarter.framework.directorates if (role := record.role) and role in text]


def _all_text(data: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return "\n".join(
        str(value) for sheet in book.worksheets for row in _rows(sheet) for value in row if value is not None
    )


def test_shorthand_that_is_used_is_explained_and_no_other(quarters: Samples) -> None:
    for name in ("dudley", "walsall-children", "sandwell"):
        data = _book(make(quarters[name], PublishRules()), quarters[name])
        book = openpyxl.load_workbook(io.BytesIO(data))
        tables = "\n".join(str(v) for s in book.worksheets if s.title.startswith("Table_") for r in _rows(s) for v in r)
        used = {mark for mark in MEANINGS if mark in tables}
        listed = set()
        if SHORTHAND in book.sheetnames:
            listed = {row[0] for row in list(_rows(book[SHORTHAND]))[4:]} - {"Shorthand"}
        assert listed == used


def test_an_open_period_is_provisional_and_a_closed_one_stays_as_published(workspace: Workspace) -> None:
    before = json.loads(_publish(workspace, "--json").output)
    assert before["figures"] == "provisional" and before["closed"] is None
    CliRunner().invoke(cli, ["close", "-w", str(workspace.root), "--as-at", "2032-01-21T09:00"])
    with_adjustments(workspace, adjustment("correct", KEY, "51"))
    kept = json.loads(_publish(workspace, "--json").output)
    assert kept["figures"] == "as published"
    assert _figure(workspace, kept) == (47, "None")
    revised = json.loads(_publish(workspace, "--revised", "--json").output)
    assert revised["figures"] == "revised"
    assert _figure(workspace, revised) == (51, "[r]")


def _figure(workspace: Workspace, answer: dict[str, dict[str, str]]) -> tuple[object, object]:
    book = openpyxl.load_workbook(answer["outputs"]["public copy"])
    code = workspace.framework.by_key[KEY].code
    rows = list(_rows(book[table_sheet(2)]))
    heads = next(row for row in rows if row[0] == "Priority")
    row = next(row for row in rows if row[heads.index("Code")] == code)
    return row[heads.index("Figure")], row[heads.index("Shorthand")] if "Shorthand" in heads else "None"


def test_a_released_copy_binds_those_that_come_after(workspace: Workspace) -> None:
    toml = workspace.root / "perfbook.toml"
    toml.write_text(toml.read_text() + "\n[publish]\nsmall_below = 45\n", encoding="utf-8")
    first = json.loads(_publish(workspace, "--release", "--json").output)
    assert first["released"] and first["review"]["small"] > 0
    toml.write_text(toml.read_text().replace("45", "5"), encoding="utf-8")
    later = json.loads(_publish(workspace, "--json").output)
    # What the first copy hid is no small number any more, and stays hidden.
    assert later["review"]["before"] == first["review"]["small"]
    toml.write_text(toml.read_text().replace("small_below = 5", "small_below = 100"), encoding="utf-8")
    stricter = _publish(workspace, "--json")
    assert stricter.exit_code == 1
    answer = json.loads(stricter.output)
    assert answer["review"]["exposed"] > 0 and {"small", "exposed"} <= {e["kind"] for e in answer["to_review"]}
    assert len(open_workspace(workspace.root).archive.events("released")) == 1


def test_the_record_of_a_release_holds_no_hidden_number(workspace: Workspace) -> None:
    toml = workspace.root / "perfbook.toml"
    toml.write_text(toml.read_text() + "\n[publish]\nsmall_below = 45\n", encoding="utf-8")
    _publish(workspace, "--release")
    [event] = workspace.archive.events("released")
    kept = json.loads(workspace.archive.load(event.data["snapshot"]))
    assert kept["hidden"] and all(Decimal(value) >= 45 for _, value in kept["shown"] if value)
    assert workspace.verify_archive().is_sound


def test_the_list_for_review_names_what_is_hidden_and_never_says_safe(workspace: Workspace) -> None:
    toml = workspace.root / "perfbook.toml"
    toml.write_text(toml.read_text() + "\n[publish]\nsmall_below = 45\n", encoding="utf-8")
    said = _publish(workspace)
    assert said.exit_code == 0, said.output
    assert "Hidden: small" in said.output and "for a person to judge" in " ".join(said.output.split())
    [path] = (workspace.root / "outputs").rglob("*public copy review.xlsx")
    text = _all_text(path.read_bytes())
    assert "Not for publication" in text and "It is below 45." in text
    assert "safe" not in (text + said.output).replace("unsafe", "").lower()


def test_an_unknown_code_among_those_that_count_people_is_named(workspace: Workspace) -> None:
    toml = workspace.root / "perfbook.toml"
    toml.write_text(toml.read_text() + '\n[publish]\npeople = ["PI.999"]\n', encoding="utf-8")
    done = CliRunner().invoke(cli, ["publish", "-w", str(workspace.root)])
    assert "PI.999" in str(done.exception) and "no code or key" in str(done.exception)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('zeros = "maybe"', 'must be "hide" or "show"'),
        ("people = 3", "must be a list of codes"),
        ("totals = [1]", "must be a list like"),
        ("small_below = -1", "must be a whole number from 0"),
    ],
)
def test_wrong_settings_are_refused_with_what_to_write(tmp_path: Path, line: str, said: str) -> None:
    toml = tmp_path / "perfbook.toml"
    toml.write_text(f'council = "Elmbridge Vale"\nperiod = "2031-32 Q3"\n[publish]\n{line}\n', encoding="utf-8")
    with pytest.raises(WorkspaceError, match=re.escape(said)):
        read_settings(toml)


def test_measures_that_add_up_to_another_are_hidden_with_it(workspace: Workspace) -> None:
    quarter = workspace.recall(as_at=AFTER_DUE)
    by_key = {o.measure: o for o in quarter.observations}
    whole, part, other = "d01-m01", "d01-m02", "d02-m01"
    values = {whole: Decimal(33), part: Decimal(2), other: Decimal(31)}
    changed = tuple(
        replace(o, actual=values.get(o.measure, o.actual)) if o.period == PERIOD else o for o in quarter.observations
    )
    assert by_key.keys() >= values.keys()
    made = make(replace(quarter, observations=changed), PublishRules(totals=((whole, (part, other)),)))
    hidden = {key[1]: why for key, why in made.protection.hidden.items()}
    assert hidden[part] == "small" and hidden[other] == "protects"
    apart = make(replace(quarter, observations=changed), PublishRules())
    assert {key[1] for key in apart.protection.hidden} == {part}


def test_the_ods_says_the_same(workspace: Workspace, tmp_path: Path) -> None:
    done = workspace.publish(as_at=AFTER_DUE)
    one, other = (CalamineWorkbook.from_path(done.outputs[name]) for name in ("public copy", "ods"))
    assert one.sheet_names == other.sheet_names
    for name in one.sheet_names:
        assert one.get_sheet_by_name(name).to_python() == other.get_sheet_by_name(name).to_python()
    with zipfile.ZipFile(done.outputs["ods"]) as package:
        content, meta = package.read("content.xml").decode(), package.read("meta.xml").decode()
    assert len(re.findall(r"<table:database-range ", content)) == len(one.sheet_names) - 1
    assert "en-GB" in meta and "Heading_20_1" in content + package_styles(done.outputs["ods"])


def package_styles(path: Path) -> str:
    """The styles of an .ods."""
    with zipfile.ZipFile(path) as package:
        return package.read("styles.xml").decode()


def test_without_libreoffice_the_workbook_alone_is_written_and_that_is_said(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_office, "find_soffice", lambda: None)
    done = workspace.publish(as_at=AFTER_DUE)
    assert "ods" not in done.outputs and done.outputs["public copy"].is_file()
    assert "An ODS needs LibreOffice" in done.sentences[0]


def test_the_cover_tells_what_was_done_to_small_numbers(workspace: Workspace) -> None:
    quarter = workspace.recall(as_at=AFTER_DUE)
    made = make(quarter, PublishRules(round_to=5))
    said = " ".join(line for _, lines in cover_texts(made.copy.source, made.rule, AFTER_DUE) for line in lines)
    assert "Counts of people below 5, zeros among them, are hidden" in said and "nearest 5" in said
    assert all(row[5].value % 5 == 0 for row in made.copy.tables[1].rows if not isinstance(row[5], str))
    assert counts_of(made.copy.source, PublishRules(people=()), Earlier()).cells == ()


def _shown(table: Table) -> dict[tuple[str, str, str], Decimal | None]:
    """The last column of a table of a grid by service, group and line; None where it is hidden."""
    names = [column.header for column in table.columns]
    found = {}
    for row in table.rows:
        where = tuple(str(row[names.index(head)]) for head in ("Service", "Group", "Line"))
        found[where] = row[-1].value if isinstance(row[-1], Number) else None
    return found  # type: ignore[return-value]


@pytest.mark.parametrize("below", [5, 20, 45, 70])
def test_percentages_beside_counts_tell_no_hidden_count(below: int, quarters: Samples) -> None:
    # Of a published table, whose parts do not add up to the headcount that stands above them.
    made = make(quarters["dudley"], PublishRules(people=("Workforce", "Workforce in percent"), small_below=below))
    tables = {table.title: _shown(table) for table in made.copy.tables if table.title.startswith("Workforce")}
    counts, shares = tables["Workforce"], tables["Workforce in percent"]
    groups: dict[tuple[str, str], list[str]] = {}
    for service, group, line in counts:
        if group != "None":
            groups.setdefault((service, group), []).append(line)
    hidden = 0
    for (service, group), lines in groups.items():
        known = {line: counts[service, group, line] for line in lines}
        part = {line: shares[service, group, line] for line in lines}
        out = [line for line, count in known.items() if count is None]
        hidden += len(out)
        # A hidden count has no percentage, and is never the only one that a reader would have to add.
        assert all(part[line] is None for line in out)
        assert len(out) != 1
    assert (hidden > 0) == (below > 5)
    plain = make(quarters["dudley"], PublishRules(people=("Workforce",), small_below=below))
    assert len(plain.protection.hidden) <= len(made.protection.hidden)


COMPLAINTS = ("April", "May", "June", "July")


def _complaints(quarter: Quarter, numbers: dict[str, list[int]]) -> Quarter:
    """The quarter of Walsall's children's services with other complaints of stage 1: of each month, as returned in each
    period, and their sum."""
    [grid] = [grid for grid in quarter.framework.grids if grid.title == "Complaints"]
    lines = {line.label: line.key for line in grid.lines}
    column = column_key("Year to date")
    figures = []
    for label, values in numbers.items():
        period = parse(label)
        named = [(lines[f"In {month}"], value) for month, value in zip(COMPLAINTS, values, strict=False)]
        for key, value in [*named, (lines["Stage 1"], sum(values))]:
            figures.append(GridFigure(key, column, "social-care", period, Decimal(value)))
    return replace(quarter, grids=tuple(figures))


@pytest.mark.parametrize("july", [2, 12])
def test_this_copy_less_the_one_before_tells_no_small_number(july: int, quarters: Samples, tmp_path: Path) -> None:
    rules = PublishRules(people=("Complaints",))
    numbers = {"Jun 2013": [8, 9, 3], "Jul 2013": [8, 9, 3, july]}
    whole = _complaints(quarters["walsall-children"], numbers)
    june = make(
        replace(whole, period=parse("Jun 2013"), grids=tuple(g for g in whole.grids if g.period.index == 3)), rules
    )
    archive = Archive(tmp_path / "archive")
    record_release(archive, june, whole.as_at)
    made = make(whole, rules, earlier=earlier_copies(archive))
    against = attacker(made.counts.cells, made.counts.relations, made.protection.hidden)
    small = [cell for cell in made.counts.cells if cell.people and not cell.known and cell.value < 5]
    assert small and not made.protection.exposed
    assert all(against.spread(cell.key, 5) for cell in small)
    # By itself the copy of July would have done with less: it is the copy of June that a reader subtracts.
    alone = make(whole, rules)
    naive = attacker(made.counts.cells, made.counts.relations, alone.protection.hidden)
    if july == 2:
        assert not all(naive.spread(cell.key, 5) for cell in small)
