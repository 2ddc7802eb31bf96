"""BAD_INPUTS.md, "Values": what is typed, pasted or calculated into the cells of a good return."""

from __future__ import annotations

from perfbook.returns import layout
from tests.collecting.bad_inputs.case import Case, spoilt
from tests.collecting.bad_inputs.draft import COUNT, DAYS, MEASURES, POUNDS, SHARE, Draft, inline

_TEXTS: tuple[tuple[str, str, str], ...] = (
    ("number as text", COUNT, "131"),
    ("number with NBSP", COUNT, "1\u00a0310\u00a0"),
    ("thousands separator", COUNT, "1,310"),
    ("currency", POUNDS, "£1,310,000"),
    ("suffix k", POUNDS, "£1310k"),
    ("suffix m", POUNDS, "£1.31m"),
    ("12%", SHARE, "12%"),
    ("12% of a count", COUNT, "12%"),
    ("text 0.12 of a share", SHARE, "0.12"),
    ("text 12 of a share", SHARE, "12"),
    ("decimal comma", DAYS, "22,4"),
    ("Unicode minus", DAYS, "\u22122.5"),
    ("bracketed negative", DAYS, "(2.5)"),
    ("share with fraction", SHARE, "76.8% (113/147)"),
    ("cumulative in brackets", COUNT, "60 (122 cum)"),
    ("millions with cumulative", POUNDS, "£.03m (£2m cum)"),
    ("unit typed", DAYS, "5.89 Days"),
    ("value in brackets", SHARE, "1.54% (V=£1,339,112)"),
    ("quarter in brackets", SHARE, "11.6% (Q4 fig)"),
    ("not available", COUNT, "n/a"),
    ("hyphen", COUNT, "-"),
    ("tba", COUNT, "tba"),
    ("TBC", COUNT, "TBC"),
    ("dots", COUNT, ".."),
    ("New Measure", COUNT, "New Measure"),
    ("Delay with data", COUNT, "Delay with data"),
    ("No target", COUNT, "No target"),
    ("impossible date", COUNT, "31/06/2013"),
    ("US date", COUNT, "10/31/2031"),
    ("x000D", COUNT, "131_x000D_\n"),
    ("zero-width", COUNT, "1\u200b31"),
    ("Cyrillic digits look-alike", COUNT, "1З1"),
    ("leading zeros", COUNT, "00131"),
    ("digits beyond 15", POUNDS, "1310000.1234567890123"),
    ("NaN as text", COUNT, "NaN"),
    ("infinity as text", COUNT, "Infinity"),
    ("boolean as text", COUNT, "TRUE"),
    ("blank as spaces", COUNT, "   "),
)
_NUMBERS: tuple[tuple[str, str, str], ...] = (
    ("0.12", SHARE, "0.12"),
    ("12", SHARE, "12"),
    ("zero", COUNT, "0"),
    ("more than 15 digits", POUNDS, "1310000.12345678901234567"),
    ("NaN", COUNT, "NaN"),
    ("infinity", COUNT, "INF"),
    ("beyond any number", COUNT, "1e400"),
    ("underscores", COUNT, "1_310"),
    ("hexadecimal", COUNT, "0x83"),
    ("huge", COUNT, "1e300"),
    ("serial 60", COUNT, "60"),
)
_COMMENTARIES: tuple[tuple[str, str], ...] = (
    ("equals", "=1+1 is what we did"),
    ("plus", "+44 20 7946 0000 is the number to ring"),
    ("minus", "- fewer lettings"),
    ("at", "@housing please see"),
    ("tab", "\tbegins with a tab"),
    ("formula that calls", '=HYPERLINK("http://example.invalid","click")'),
    ("markup", "<script>alert(1)</script> & <b>bold</b> {{ 7*7 }}"),
    ("control characters", "before_x0007_after _x001B_[31m"),
    ("right to left", "safe \u202etxt.exe"),
    ("path", "..\\..\\secret.txt"),
)


def cases() -> list[Case]:
    """Every case about values."""
    found = [_text(name, measure, words) for name, measure, words in _TEXTS]
    found += [_number(name, measure, value) for name, measure, value in _NUMBERS]
    found += [_commentary(name, words) for name, words in _COMMENTARIES]
    errors = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA", "#SPILL!")
    found += [spoilt(f"value: error {e.strip('#!?').replace('/', '-')}.xlsx", _error(e)) for e in errors]
    return [
        *found,
        spoilt("value: empty text.xlsx", lambda d: d.put(COUNT, layout.ACTUAL, "<v></v>", "str")),
        spoilt("value: blank.xlsx", _blank_one),
        spoilt("value: blank with a status.xlsx", _blank_with_status),
        spoilt("value: boolean.xlsx", lambda d: d.put(COUNT, layout.ACTUAL, "<v>1</v>", "b")),
        spoilt("value: date cell.xlsx", lambda d: d.put(COUNT, layout.ACTUAL, "<v>2031-10-31T00:00:00</v>", "d")),
        spoilt("value: date format.xlsx", _date_format),
        spoilt("value: serial 60 as a date.xlsx", lambda d: _date_format(d, "60")),
        spoilt("value: 1904 date system.xlsx", _date_1904),
        spoilt("value: percentage format lost.xlsx", _percentage_lost),
        spoilt("value: formula without cached value.xlsx", _formula("<f>100+31</f>")),
        spoilt("value: formula with a stale value.xlsx", _formula("<f>100+31</f><v>7</v>")),
        spoilt("value: formula in place of an input.xlsx", _formula("<f>SUM(100,31)</f><v>131</v>")),
        spoilt("value: formula from another file.xlsx", _formula("<f>[1]Sheet1!$A$1</f><v>131</v>")),
        spoilt("value: formula from a named file.xlsx", _formula("<f>'C:\\x\\[other.xlsx]Sheet1'!A1</f><v>131</v>")),
        spoilt("value: formula of DDE.xlsx", _formula("<f>cmd|'/c calc'!A0</f><v>0</v>")),
        spoilt("value: formula that is an error.xlsx", lambda d: _with(d, "<f>1/0</f><v>#DIV/0!</v>", "e")),
        spoilt("value: formula that gives empty text.xlsx", lambda d: _with(d, '<f>""</f><v></v>', "str")),
        spoilt("value: shared formula.xlsx", _formula('<f t="shared" si="0"/><v>131</v>')),
        spoilt("value: array formula.xlsx", _array),
        spoilt("value: shared string that is missing.xlsx", lambda d: _with(d, "<v>99999</v>", "s")),
        spoilt("value: shared string of minus one.xlsx", lambda d: _with(d, "<v>-1</v>", "s")),
        spoilt("value: rich text.xlsx", lambda d: _with(d, "<is><r><t>13</t></r><r><t>1</t></r></is>", "inlineStr")),
        spoilt("value: phonetic text.xlsx", _phonetic),
        spoilt("value: unknown type of cell.xlsx", lambda d: _with(d, "<v>131</v>", "zz")),
        spoilt("value: two values in a cell.xlsx", lambda d: _with(d, "<v>130</v><v>131</v>", "")),
        spoilt("value: the same cell twice.xlsx", _twice),
        spoilt("value: Cyrillic letter in a key.xlsx", _cyrillic_key),
        spoilt("value: text beyond 32767 characters.xlsx", lambda d: d.say(COUNT, layout.COMMENTARY, "long " * 8_000)),
        spoilt("value: comment instead of a value.xlsx", _comment),
        spoilt("value: picture instead of a value.xlsx", _picture),
        spoilt("value: whole return blank.xlsx", _all_blank),
        spoilt("value: whole return blank but signed.xlsx", _blank_signed),
        spoilt("value: status that is none.xlsx", lambda d: d.say(COUNT, layout.STATUS, "gone fishing")),
        spoilt("value: numerator beyond denominator.xlsx", lambda d: d.put(SHARE, layout.NUMERATOR, "<v>247</v>")),
        spoilt("value: denominator of nought.xlsx", lambda d: d.put(SHARE, layout.DENOMINATOR, "<v>0</v>")),
        spoilt("value: error in the numerator.xlsx", lambda d: d.put(SHARE, layout.NUMERATOR, "<v>#REF!</v>", "e")),
    ]


def _text(name: str, measure: str, words: str) -> Case:
    def spoil(draft: Draft) -> None:
        if measure == SHARE:
            _clear_fraction(draft)
        draft.say(measure, layout.ACTUAL, words)

    return spoilt(f"value: {name}.xlsx", spoil)


def _number(name: str, measure: str, value: str) -> Case:
    def spoil(draft: Draft) -> None:
        if measure == SHARE:
            _clear_fraction(draft)
        draft.put(measure, layout.ACTUAL, f"<v>{value}</v>")

    return spoilt(f"value: the number {name}.xlsx", spoil)


def _commentary(name: str, words: str) -> Case:
    return spoilt(f"value: commentary, {name}.xlsx", lambda draft: draft.say(COUNT, layout.COMMENTARY, words))


def _clear_fraction(draft: Draft) -> None:
    draft.put(SHARE, layout.NUMERATOR, "")
    draft.put(SHARE, layout.DENOMINATOR, "")


def _with(draft: Draft, content: str, kind: str) -> None:
    draft.put(COUNT, layout.ACTUAL, content, kind)


def _error(error: str):  # type: ignore[no-untyped-def]
    return lambda draft: draft.put(COUNT, layout.ACTUAL, f"<v>{error}</v>", "e")


def _formula(content: str):  # type: ignore[no-untyped-def]
    return lambda draft: draft.put(COUNT, layout.ACTUAL, content)


def _array(draft: Draft) -> None:
    at = draft.at(MEASURES, COUNT, layout.ACTUAL)
    draft.put(COUNT, layout.ACTUAL, f'<f t="array" ref="{at}">SUM(1)</f><v>131</v>')


def _phonetic(draft: Draft) -> None:
    _with(draft, '<is><t>131</t><rPh sb="0" eb="1"><t>999</t></rPh></is>', "inlineStr")


def _blank_one(draft: Draft) -> None:
    draft.put(COUNT, layout.ACTUAL, "")


def _blank_with_status(draft: Draft) -> None:
    draft.put(COUNT, layout.ACTUAL, "")
    draft.say(COUNT, layout.STATUS, "Not available")


def _all_blank(draft: Draft) -> None:
    blank = Draft.good(blank=True)
    draft.parts.update(blank.parts)


def _blank_signed(draft: Draft) -> None:
    _all_blank(draft)
    draft.sign("Certified")


def _style_with(draft: Draft, number_format: str) -> str:
    """The number of a style that shows numbers so."""
    styles = draft.parts["xl/styles.xml"]
    count = styles.partition(b"<cellXfs")[2].partition(b"</cellXfs>")[0].count(b"<xf ")
    draft.change("xl/styles.xml", "</cellXfs>", f'<xf numFmtId="{number_format}" xfId="0"/></cellXfs>')
    return str(count)


def _date_format(draft: Draft, serial: str = "48153") -> None:
    style = _style_with(draft, "14")
    draft.cell(MEASURES, draft.at(MEASURES, COUNT, layout.ACTUAL), ("", f"<v>{serial}</v>"), style)


def _date_1904(draft: Draft) -> None:
    draft.change("xl/workbook.xml", "<workbookPr ", '<workbookPr date1904="1" ')
    _date_format(draft, "131")


def _percentage_lost(draft: Draft) -> None:
    _clear_fraction(draft)
    style = _style_with(draft, "0")
    draft.cell(MEASURES, draft.at(MEASURES, SHARE, layout.ACTUAL), ("", "<v>76.8</v>"), style)


def _twice(draft: Draft) -> None:
    at = draft.at(MEASURES, COUNT, layout.ACTUAL)
    draft.change(draft.sheet(MEASURES), f'<c r="{at}"', f'<c r="{at}"><v>7</v></c><c r="{at}"')


def _cyrillic_key(draft: Draft) -> None:
    row = draft.at(MEASURES, COUNT, layout.ACTUAL).lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    draft.cell(MEASURES, f"A{row}", inline("dir000-\u0441ount"))


def _comment(draft: Draft) -> None:
    draft.put(COUNT, layout.ACTUAL, "")
    at = draft.at(MEASURES, COUNT, layout.ACTUAL)
    draft.parts["xl/comments9.xml"] = (
        '<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><authors><author/></authors>'
        f'<commentList><comment ref="{at}" authorId="0"><text><t>it was 131</t></text></comment></commentList>'
        "</comments>"
    ).encode()
    _relate(draft, "comments", "../comments9.xml")


def _picture(draft: Draft) -> None:
    draft.put(COUNT, layout.ACTUAL, "")
    at = draft.at(MEASURES, COUNT, layout.ACTUAL)
    letters = at.rstrip("0123456789")
    column = sum((ord(letter) - 64) * 26**power for power, letter in enumerate(reversed(letters))) - 1
    row = int(at[len(letters) :]) - 1
    space = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
    draft.parts["xl/drawings/drawing9.xml"] = (
        f'<xdr:wsDr xmlns:xdr="{space}"><xdr:oneCellAnchor><xdr:from><xdr:col>{column}</xdr:col><xdr:colOff>0'
        f"</xdr:colOff><xdr:row>{row}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:pic/></xdr:oneCellAnchor>"
        "</xdr:wsDr>"
    ).encode()
    _relate(draft, "drawing", "../drawings/drawing9.xml")


def _relate(draft: Draft, kind: str, target: str) -> None:
    folder, _, name = draft.sheet(MEASURES).rpartition("/")
    part = f"{folder}/_rels/{name}.rels"
    begin = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relation = f'<Relationship Id="rId99" Type="{office}/{kind}" Target="{target}"/>'
    if part in draft.parts:
        draft.change(part, "</Relationships>", f"{relation}</Relationships>")
    else:
        draft.parts[part] = f"{begin}{relation}</Relationships>".encode()
