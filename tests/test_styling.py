"""The house style of a council: its contrasts, and that every output wears it."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from perfbook.doctor import examine
from perfbook.errors import StyleError, WorkspaceError
from perfbook.settings import read_settings
from perfbook.styling import StyleSettings, for_the_public, house_of, nearest, pairs, tint
from perfbook.workbook.furniture import joined, parts, read_logo
from perfbook.workbook.palette import STANDARD, contrast
from perfbook.workspace import Workspace, open_workspace
from tests.conftest import Audit
from tests.unattended.council import AFTER_DUE, PERIOD, make_workspace

BRAND = "#7A1F5C"
STYLE = """
[style]
brand = "#7A1F5C"
font = "Arial"
logo = "logo.png"
logo_text = "Three hills"
header = "Performance & policy"
footer = "Draft for members"
orientation = "portrait"
"""
COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")


def _read(folder: Path, *lines: str) -> StyleSettings:
    path = folder / "perfbook.toml"
    text = "\n".join(('council = "Elmbridge Vale"', 'period = "2031-32 Q3"', "[style]", *lines))
    path.write_text(text, encoding="utf-8")
    return read_settings(path).style


@pytest.fixture(scope="module")
def styled(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A council in a style of its own, its returns written, filled, collected."""
    root = tmp_path_factory.mktemp("styled") / "council"
    root.mkdir()
    picture = io.BytesIO()
    Image.new("RGB", (300, 100), BRAND).save(picture, "PNG")
    (root / "logo.png").write_bytes(picture.getvalue())
    made = make_workspace(root, directorates=2, more=STYLE)
    made.collect(as_at=AFTER_DUE)
    return made


def test_where_no_style_is_set_the_usual_one_holds_to_the_byte(tmp_path: Path) -> None:
    assert house_of(_read(tmp_path), tmp_path) is STANDARD
    assert STANDARD.furniture is None


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            ('brand = "#FFD200"',),
            "style.brand is #FFD200: a column head on its text (#FFFFFF) has a contrast of 1.45 : 1",
        ),
        (('heading_text = "#4A5560"',), "style.heading_text is #4A5560: text on column heads (#1B3A5C)"),
        (('title = "#999999"',), "style.title is #999999: a title on white (#FFFFFF) has a contrast of 2.84 : 1"),
        (('band = "#204060"',), "style.band is #204060: a band on its text (#1B3A5C)"),
        (('link = "#7FB2FF"',), "style.link is #7FB2FF: a link on locked cells (#F3F5F7)"),
    ],
)
def test_a_contrast_that_falls_short_names_the_pair_the_ratio_and_the_nearest_colour(
    lines: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    with pytest.raises(StyleError) as refused:
        _read(tmp_path, *lines)
    message = str(refused.value)
    assert said in message and "needs 4.5 : 1 (WCAG 2.2 AA)" in message
    better = re.findall(r"nearest that passes is (#[0-9A-F]{6})", message)
    # What the message proposes is taken.
    name, _, colour = lines[0].partition(" = ")
    assert better and _read(tmp_path, lines[0].replace(colour.strip('"'), better[-1]), *_others(name))


def _others(name: str) -> tuple[str, ...]:
    return ('heading = "#1B3A5C"', 'title = "#1B3A5C"') if name == "brand" else ()


def test_a_pale_brand_can_be_kept_where_the_parts_have_colours_of_their_own(tmp_path: Path) -> None:
    found = _read(tmp_path, 'brand = "#B37B00"', 'heading_text = "#000000"', 'title = "#5C3D00"')
    house = house_of(found, tmp_path)
    assert (house.heading_fill, house.heading_text, house.title_text) == ("#B37B00", "#000000", "#5C3D00")


@given(COLOURS, COLOURS, st.sampled_from([3.0, 4.5]))
@settings(max_examples=80)
def test_the_nearest_colour_passes_and_none_on_the_way_to_it_does(colour: str, ground: str, need: float) -> None:
    better = nearest(colour, ground, need)
    if max(contrast("#000000", ground), contrast("#FFFFFF", ground)) >= need:
        assert contrast(better, ground) >= need
    if contrast(colour, ground) >= need:
        assert better == colour


@given(COLOURS)
@settings(max_examples=80)
def test_titles_can_be_read_on_the_tint_of_any_brand_that_is_taken(brand: str) -> None:
    chosen = StyleSettings(brand=brand)
    if not any(pair.falls_short for pair in pairs(chosen)):
        assert contrast(brand, tint(brand)) >= 4.5 or tint(brand) in ("#FFFFFF", "#FEFEFE", "#FDFDFD")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('brand = "purple"', 'must be a colour like "#1B3A5C"'),
        ("brand = 7", "must be a text"),
        ('orientation = "sideways"', 'must be "landscape" or "portrait"'),
        ('colour = "#000000"', "is not a setting"),
        (f'footer = "{"x" * 101}"', "has 101 characters"),
    ],
)
def test_wrong_settings_are_refused_with_what_to_write(line: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=re.escape(said)):
        _read(tmp_path, line)


@pytest.mark.parametrize(
    ("data", "said"),
    [(None, "cannot be read"), (b"GIF89a", "neither PNG nor JPEG"), (b"\x89PNG\r\n\x1a\nrubbish", "is broken")],
)
def test_a_logo_that_cannot_be_used_is_said_with_what_to_do(data: bytes | None, said: str, tmp_path: Path) -> None:
    if data is not None:
        (tmp_path / "logo.png").write_bytes(data)
    with pytest.raises(StyleError, match=re.escape(said)):
        house_of(StyleSettings(logo="logo.png"), tmp_path)


def test_a_header_is_taken_apart_and_put_together_again() -> None:
    for text in ("&LThis && that&CPage &P of &N&R&A", "&R&9Page &P of &N", '&L&"Calibri,Bold"&14 Title'):
        assert joined(parts(text)) == text
    assert parts("plain")["C"] == "plain"


def test_the_blank_return_wears_the_style_and_is_read_as_any_other(styled: Workspace, audit: Audit) -> None:
    [blank, *_] = styled.generate(directorate="Service 01", as_at=AFTER_DUE, period="2031-32 Q4").written
    data = blank.read_bytes()
    assert audit(data) == []
    book = openpyxl.load_workbook(io.BytesIO(data))
    start = book["Start"]
    assert start["B2"].font.name == "Arial" and start["B2"].font.color.rgb == f"FF{BRAND[1:]}"
    assert len(start._images) == 1 and start.page_setup.orientation == "portrait"
    assert "Draft for members" in start.oddFooter.left.text
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        drawing = package.read("xl/drawings/drawing1.xml").decode()
    assert 'descr="Three hills"' in drawing
    # What came back of the styled returns was read without a finding on their looks.
    quarter = styled.recall(as_at=AFTER_DUE)
    assert {record.state for record in quarter.returns} == {"certified"}
    assert not [finding for finding in quarter.findings if finding.code.startswith("R")]


def test_the_scorecard_wears_it(styled: Workspace, audit: Audit) -> None:
    path = styled.consolidate(as_at=AFTER_DUE).outputs["scorecard"]
    assert audit(path) == []
    with zipfile.ZipFile(path) as package:
        names = package.namelist()
        styles = package.read("xl/styles.xml").decode()
        sheets = [package.read(name).decode() for name in names if name.startswith("xl/worksheets/sheet")]
    assert f"FF{BRAND[1:]}" in styles and f"FF{STANDARD.heading_fill[1:]}" not in styles
    assert 'name val="Arial"' in styles and 'name val="Calibri"' not in styles
    assert any(name.startswith("xl/media/image") for name in names)
    heads = [head for text in sheets for head in re.findall(r"<oddHeader>(.*?)</oddHeader>", text, re.DOTALL)]
    assert heads and all("Performance &amp;&amp; policy" in head for head in heads)


def test_the_reports_wear_it(styled: Workspace) -> None:
    outputs = styled.report(as_at=AFTER_DUE).outputs
    data = outputs["report"].read_bytes()
    document = Document(io.BytesIO(data))
    header = document.sections[0].header
    assert "Performance & policy" in [paragraph.text for paragraph in header.paragraphs]
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        text = "".join(
            package.read(name).decode() for name in package.namelist() if re.match(r"word/(charts/)?[^/]*\.xml", name)
        )
    assert f'"{BRAND[1:]}"' in text and f'"{STANDARD.title_text[1:]}"' not in text
    assert 'descr="Three hills"' in text and '"Calibri"' not in text
    page = outputs["digest"].read_text("utf-8")
    assert f"--accent: {BRAND}" in page and STANDARD.title_text.lower() not in page.lower()
    assert 'alt="Three hills"' in page and "img-src data:" in page and "Draft for members" in page
    again = styled.report(as_at=AFTER_DUE).outputs["report"].read_bytes()
    assert again == data, "the same inputs give the same bytes"


def test_the_public_copy_takes_font_and_no_furniture(styled: Workspace) -> None:
    path = styled.publish(as_at=AFTER_DUE, ods=False).outputs["public copy"]
    with zipfile.ZipFile(path) as package:
        assert not [name for name in package.namelist() if "media" in name]
        assert 'name val="Arial"' in package.read("xl/styles.xml").decode()


def test_the_public_copy_has_no_serifs() -> None:
    house, said = for_the_public(replace(STANDARD, font="Times New Roman"))
    assert house.font == "Arial" and "serifs" in said
    assert for_the_public(replace(STANDARD, font="Open Sans")) == (replace(STANDARD, font="Open Sans"), "")


def test_doctor_names_bands_whose_colour_is_too_pale(styled: Workspace) -> None:
    lines = [line for line in examine(styled.root) if line.what in ("House style", "Colours of bands")]
    assert lines[0].verdict == "ok" and "Arial" in lines[0].found
    framework = open_workspace(styled.root).framework
    assert framework.schemes and PERIOD.label == "2031-32 Q3"


def test_a_logo_keeps_its_proportions() -> None:
    picture = io.BytesIO()
    Image.new("RGB", (1200, 100), "white").save(picture, "JPEG")
    logo = read_logo(picture.getvalue(), "Wide")
    assert (logo.width, logo.height) == (1200, 100)
    assert logo.shown() == (0.25, 300)
