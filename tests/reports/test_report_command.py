"""`perfbook report` and `perfbook templates`: what they write, keep and say."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from docx import Document

from perfbook.cli import main
from perfbook.creating import create_workspace


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out, printed.err


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return create_workspace(tmp_path / "council", example="dudley").root


def test_report_writes_word_and_pdf_and_says_where(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "report", "-w", str(root), "--as-at", "2020-10-30", "--pdf", "--json")
    answer = json.loads(out)
    assert code == 0
    assert answer["score"] == {"exceeds_target": 17, "upper_tolerance": 3, "below_target": 13, "not_scored": 0}
    word, pdf = Path(answer["outputs"]["report"]), Path(answer["outputs"]["pdf"])
    assert word.name == "Dudley 2020-21 Q2 report.docx"
    # An example comes with a template in its own house style.
    assert "Dudley: corporate performance report" in [
        p.text for p in Document(io.BytesIO(word.read_bytes())).paragraphs
    ]
    assert pdf.read_bytes().startswith(b"%PDF")


def test_without_libreoffice_a_pdf_is_refused_in_one_line_and_the_word_report_is_there(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perfbook._office.find_soffice", lambda: None)
    code, _, err = run(capsys, "report", "-w", str(root), "--as-at", "2020-10-30", "--pdf")
    assert code == 2
    assert "needs LibreOffice" in err
    assert list((root / "outputs" / "2020-21 Q2").glob("*.docx"))


def test_a_broken_template_leaves_the_old_report(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "report", "-w", str(root), "--as-at", "2020-10-30")
    (written,) = (root / "outputs" / "2020-21 Q2").glob("*.docx")
    before = written.read_bytes()
    (root / "templates" / "report.docx").write_bytes(b"not a document")
    code, _, err = run(capsys, "report", "-w", str(root), "--as-at", "2020-10-31")
    assert code == 2
    assert "is not a Word document" in err
    assert len(err.strip().splitlines()) == 1
    assert written.read_bytes() == before


def test_templates_are_copied_and_those_that_are_there_are_kept(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = root / "templates" / "report.docx"
    before = own.read_bytes()
    code, out, _ = run(capsys, "templates", "-w", str(root))
    assert code == 0
    assert "kept     templates" in out
    assert own.read_bytes() == before
    own.unlink()
    code, out, _ = run(capsys, "templates", "-w", str(root), "--json")
    assert str(own) in json.loads(out)["written"]
    assert own.read_bytes() != before
