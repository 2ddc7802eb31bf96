"""Evidence: asked for in framework.xlsx, named in the return, looked for in the folder, merged, on the scorecard."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from perfbook.checks import evidence_rules
from perfbook.collecting import recorded
from perfbook.collecting.collect import collect
from perfbook.collecting.merge import merge
from perfbook.collecting.terms import Terms
from perfbook.collecting.versions import Version
from perfbook.feedback.book import filled_of
from perfbook.framework.model import Framework
from perfbook.framework.version import version_of, with_version
from perfbook.records import Evidence, Quarter, Source, Submission
from perfbook.returns import evidence_layout as layout
from perfbook.returns import evidence_sheet
from perfbook.returns.filled import Filled
from perfbook.returns.own import own_entries
from perfbook.returns.reader import read_return
from perfbook.returns.writer import build_return
from perfbook.scorecard import build_scorecard
from perfbook.workbook.limits import breaches
from perfbook.workbook.writer import Book as Made
from tests.collecting import council
from tests.collecting.council import PERIOD, Run, Share
from tests.conftest import Audit
from tests.framework.books import Q1, Q2, bare, problems, read, written
from tests.framework.test_plan import PLAN
from tests.returns.places import Places
from tests.support.office import Office, compare_cached

DUE = datetime(2020, 10, 19, 17, 0, tzinfo=UTC)
CREATED = datetime(2020, 10, 1, 9, 0, tzinfo=UTC)
CARE = PLAN.measures_of("care", Q2)[0]
FRAMEWORK = with_version(
    replace(
        PLAN,
        measures=tuple(replace(m, evidence=m is CARE) for m in PLAN.measures),
        actions=tuple(replace(a, evidence=a.key == "a-1") for a in PLAN.actions),
    )
)
ITEMS = evidence_rules.items_of(FRAMEWORK, "care", Q2)
LABEL = ITEMS[0].label


def blank(framework: Framework = FRAMEWORK, directorate: str = "care") -> bytes:
    return build_return(framework, directorate, Q2, {}, due=DUE, created=CREATED)


def cells(data: bytes) -> dict[tuple[str, str], str]:
    sheet = openpyxl.load_workbook(io.BytesIO(data))[layout.SHEET]
    columns = {str(cell.value): get_column_letter(cell.column) for cell in sheet[1] if cell.value}
    rows = {str(cell.value): cell.row for cell in sheet["A"] if cell.value}
    return {(key, column): f"{letter}{row}" for key, row in rows.items() for column, letter in columns.items()}


def typed(data: bytes, *rows: tuple[object, object, object], measures: dict[str, str] | None = None) -> bytes:
    at, book = cells(data), openpyxl.load_workbook(io.BytesIO(data))
    for key, row in zip(layout.ROW_KEYS, rows, strict=False):
        for column, value in zip(layout.INPUT_KEYS, row, strict=True):
            book[layout.SHEET][at[key, column]] = value
    for place, value in (measures or {}).items():
        book["Measures"][place] = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def submission(data: bytes, framework: Framework = FRAMEWORK) -> Submission:
    return read_return(data, file="care.xlsx", framework=framework)


def of_family(found: Submission) -> list[tuple[str, str]]:
    return [(f.code, f.cell) for f in found.findings if f.code.startswith("D")]


def test_evidence_is_asked_for_in_a_column_that_need_not_be_there(tmp_path: Path) -> None:
    path = tmp_path / "framework.xlsx"
    path.write_bytes(written(FRAMEWORK, Q2))
    assert replace(bare(read(path, FRAMEWORK)), remarks=()) == replace(bare(FRAMEWORK), remarks=())
    assert version_of(FRAMEWORK) != version_of(PLAN)
    # What returns were sent out under before a measure could ask for evidence.
    assert version_of(council.council()) == "2c32829ca83b"
    headers = [cell.value for cell in openpyxl.load_workbook(path)["Measures"][4]]
    assert headers[-1] == "Evidence"
    column = get_column_letter(len(headers))
    wrong = problems(
        path.read_bytes(),
        lambda book: book["Measures"].__setitem__(f"{column}5", "perhaps"),
        tmp_path / "f.xlsx",
        FRAMEWORK,
    )
    assert [problem.partition(":")[0] for problem in wrong] == [f"Measures!{column}5"]
    without = openpyxl.load_workbook(io.BytesIO(written(PLAN, Q2)))
    assert "Evidence" not in [cell.value for cell in without["Measures"][4]]


def test_a_blank_keeps_every_limit_and_lists_what_asks(tmp_path: Path, office: Office, audit: Audit) -> None:
    data = blank()
    assert not breaches(data)
    assert not audit(data)
    path = tmp_path / "care.xlsx"
    path.write_bytes(data)
    compared = compare_cached(path, office)
    assert (compared.mismatches, compared.errors) == ([], [])
    sheet = openpyxl.load_workbook(path)[layout.SHEET]
    at = cells(data)
    unlocked = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    assert unlocked == {at[key, column] for key in layout.ROW_KEYS for column in layout.INPUT_KEYS}
    assert [sheet[at[key, "asked"]].value for key in layout.ROW_KEYS[:3]] == [ITEMS[0].label, ITEMS[1].label, None]
    assert {ITEMS[0].key, ITEMS[1].key} == {CARE.key, "a-1"}
    assert submission(data).state == "not started"
    assert layout.SHEET not in openpyxl.load_workbook(io.BytesIO(blank(PLAN))).sheetnames
    assert blank(with_version(replace(FRAMEWORK, measures=PLAN.measures, actions=PLAN.actions))) == blank(PLAN)


CASES = list(
    product((None, LABEL, LABEL.upper(), "  CH9 ", "general", "Nobody's"), (None, "It shows."), (None, "a.pdf"))
)


def test_the_live_check_says_what_the_collector_says(tmp_path: Path, office: Office) -> None:
    for start in range(0, len(CASES), layout.ROWS):
        part = CASES[start : start + layout.ROWS]
        entries = {
            (key, column): value
            for key, case in zip(layout.ROW_KEYS, part, strict=False)
            for column, value in zip(layout.INPUT_KEYS, case, strict=True)
            if value
        }
        book = Made(created=CREATED, title="Cases")
        remains = evidence_sheet.write_evidence(book, FRAMEWORK, "care", Q2, Filled(entries=entries))
        data = book.close()
        path = tmp_path / f"{start}.xlsx"
        path.write_bytes(data)
        compared = compare_cached(path, office)
        assert (compared.mismatches, compared.errors) == ([], [])
        sheet, at = openpyxl.load_workbook(path, data_only=True)[layout.SHEET], cells(data)
        bad = 0
        for key, case in zip(layout.ROW_KEYS, part, strict=False):
            words = dict(zip(layout.INPUT_KEYS, case, strict=True))
            item = evidence_rules.meant(ITEMS, case[0] or "") if case[0] else None
            found = list(evidence_rules.row_findings({**words, "known": int(item is not None)}))
            live = sheet[at[key, "check"]].value or ""
            bad += bool(found)
            assert live == (f"{found[0][2]} {found[0][3]}" if found else "OK" if any(case) else "")
        assert remains is not None
        assert f"{bad} row" in remains.value


def test_what_is_named_is_read_and_what_is_missing_is_said() -> None:
    data = blank()
    at, places = cells(data), Places(data)
    figure = {places.measure(CARE.key, "actual"): 0.5 if CARE.unit.kind == "percent" else 5}
    none = submission(typed(data, measures=figure))  # type: ignore[arg-type]
    assert of_family(none) == [("D107", places.measure(CARE.key, "actual"))]
    given = typed(data, (LABEL, "The count", "https://example.org/a"), ("Parks", None, "x.pdf"), measures=figure)  # type: ignore[arg-type]
    found = submission(given)
    assert [(e.about, e.shows, e.where) for e in found.evidence] == [
        (CARE.key, "The count", "https://example.org/a"),
        ("", "", "x.pdf"),
    ]
    second = layout.ROW_KEYS[1]
    assert of_family(found) == [("D102", at[second, "shows"]), ("D103", at[second, "supports"])]
    assert found.state == "in progress"
    assert recorded.load(recorded.dump(found, FRAMEWORK), "care.xlsx") == found
    own = own_entries(given).entries
    assert own[layout.ROW_KEYS[0], "where"] == "https://example.org/a"


def test_copies_are_merged_row_by_row_and_go_back_together() -> None:
    data = blank()
    a, b = (LABEL, "A", "a.pdf"), ("General", "B", "b.pdf")
    first, second = submission(typed(data, a)), submission(typed(data, b, a))
    moment = datetime(2020, 10, 12, tzinfo=UTC)
    merged = merge(Version("a.xlsx", first.sha256, first, moment), [Version("b.xlsx", second.sha256, second, moment)])
    assert [row.where for row in merged.submission.evidence] == ["a.pdf", "b.pdf"]
    assert merged.conflicts == ()
    assert merged.added == {("b.xlsx", second.sha256): ("General",)}

    class Kept:
        def load(self, digest: str) -> bytes:
            return {first.sha256: typed(data, a), second.sha256: typed(data, b, a)}[digest]

    entries = filled_of(FRAMEWORK, merged.submission, (), Kept()).entries  # type: ignore[arg-type]
    assert [entries[key, "where"] for key in layout.ROW_KEYS[:2]] == ["a.pdf", "b.pdf"]


@pytest.mark.parametrize(
    ("where", "good"),
    [
        ("https://example.org", True),
        ("HTTP://example.org:8080/a?b#c", True),
        ("https://[2001:db8::1]/x", True),
        ("https://", False),
        ("https:///path", False),
        ("https://exa mple.org", False),
        ("https://user:secret@example.org", False),
        ("https://example.org:99999/", False),
        ("javascript:alert(1)", False),
        ("file:///c:/x.pdf", False),
        ("www.example.org", False),
    ],
)
def test_a_web_address_is_judged_by_its_form(where: str, good: bool) -> None:
    assert evidence_rules.is_web_address(where) is good


@pytest.fixture
def share(tmp_path: Path) -> Share:
    framework = council.council()
    asking = replace(framework, measures=tuple(replace(m, evidence=m.key == "p1") for m in framework.measures))
    made = Share(tmp_path, asking)
    made.folder.mkdir()
    return made


def parks(share: Share, *wheres: str) -> bytes:
    data = build_return(share.framework, "parks", PERIOD, {}, due=council.DUE, created=council.ISSUED)
    place = Places(data).measure("p1", "actual")
    return typed(data, *(("P1", "What it shows", where) for where in wheres), measures={place: 7})  # type: ignore[dict-item]


def evidence(run: Run) -> list[str]:
    return [row.found for row in run.collected.evidence]


def codes(run: Run) -> list[str]:
    return [f.code for f in run.collected.findings if f.code.startswith("D")]


def test_files_are_looked_for_by_name_and_nowhere_else(share: Share) -> None:
    outside = share.root / "secret.pdf"
    outside.write_bytes(b"%PDF-1.4")
    share.put("Zahlen\u0301 Q3.PDF", b"%PDF-1.4")
    share.put("evidence/Plan.docx", b"PK\x03\x04 no workbook PK\x05\x06")
    other = io.BytesIO()
    openpyxl.Workbook().save(other)
    share.put("Register.xlsx", other.getvalue())
    share.put("Locked.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 not whole")
    share.put("unnamed.pdf", b"%PDF-1.4")
    wheres = {
        "zahle\u0144 q3.pdf": ("yes", ""),
        ".\\Evidence\\plan.docx": ("yes", ""),
        "plan.docx": ("yes", ""),
        "register.xlsx": ("yes", ""),
        "locked.xlsx": ("yes", ""),
        "lost.pdf": ("no", "D105"),
        "../secret.pdf": ("", "D106"),
        str(outside): ("", "D106"),
        "S:\\Team\\x.pdf": ("", "D106"),
        "javascript:alert(1)": ("", "D104"),
        "https://example.org/x": ("", ""),
    }
    share.put("Parks.xlsx", parks(share, *wheres))
    run = share.collect()
    assert evidence(run) == [found for found, _ in wheres.values()]
    assert codes(run) == [code for _, code in wheres.values() if code]
    for name in ("Zahle\u0144 Q3.PDF", "evidence/Plan.docx", "Register.xlsx", "Locked.xlsx"):
        assert run.verdict(name) == ("ignored", "C331"), name
    assert run.verdict("unnamed.pdf") == ("ignored", "C303")
    assert "Parks.xlsx for P1 Measure p1" in run.file("Register.xlsx").reason
    kinds = share.kinds()
    again = share.collect()
    assert evidence(again) == evidence(run)
    assert share.kinds() == kinds


def test_from_the_record_alone_it_is_the_same(share: Share) -> None:
    share.put("a.pdf", b"%PDF-1.4")
    share.put("Parks.xlsx", parks(share, "a.pdf", "lost.pdf"))
    run = share.collect()
    alone = _alone(share)
    assert alone.collected.files == run.collected.files
    assert alone.collected.evidence == run.collected.evidence


def _alone(share: Share) -> Run:
    return Run(
        collect(
            framework=share.framework,
            period=PERIOD,
            folder=None,
            archive=share.archive,
            as_at=council.NOW,
            terms=Terms(council.DUE, 2),
        )
    )


def test_a_return_is_never_taken_for_evidence(share: Share) -> None:
    share.put("Parks.xlsx", parks(share, "Housing.xlsx", "Parks.xlsx"))
    share.put("Housing.xlsx", council.filled("housing", {"h1": 5}))
    run = share.collect()
    assert run.verdict("Housing.xlsx")[0] == "accepted"
    assert run.verdict("Parks.xlsx")[0] == "accepted"
    assert evidence(run) == ["yes", "yes"]


def test_the_scorecard_lists_it_as_text(tmp_path: Path, office: Office, audit: Audit) -> None:
    source = Source("care.xlsx", layout.SHEET, "D5", "x", "x")
    rows = (
        Evidence("", "care", Q2, "General", "All", "=1+1", "no", source),
        Evidence(CARE.key, "care", Q2, LABEL, "Count", "https://example.org/a", "", source),
        Evidence("a-1", "care", Q2, "CH9", "Places", "", "", source),
    )
    quarter = Quarter(FRAMEWORK, Q2, CREATED, (Q1, Q2), (), (), (), (), evidence=rows)
    for number, evidences in enumerate((rows, ())):
        data = build_scorecard(replace(quarter, evidence=evidences))
        assert not breaches(data)
        assert not audit(data)
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(data)
        compared = compare_cached(path, office)
        assert (compared.mismatches, compared.errors) == ([], [])
        sheet = openpyxl.load_workbook(path, data_only=True)["Evidence"]
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.hyperlink]
        if evidences:
            found = [(row[0].value, row[4].value, row[5].value) for row in sheet.iter_rows(min_row=5, max_row=7)]
            assert found == [
                (CARE.code, "https://example.org/a", "Not looked for"),
                ("CH9", "(blank)", "(blank)"),
                ("General", "=1+1", "No"),
            ]
        else:
            assert sheet["A3"].value == "No evidence was named."
    plain = build_scorecard(replace(quarter, framework=PLAN, evidence=()))
    assert "Evidence" not in openpyxl.load_workbook(io.BytesIO(plain)).sheetnames
