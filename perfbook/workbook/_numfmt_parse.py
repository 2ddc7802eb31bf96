"""Number formats read into sections (ECMA-376 Part 1, 18.8.31). What is not understood gives None."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

__all__ = ["DateSection", "Format", "NumberSection", "parse"]

_TOKEN = re.compile(
    r"""
    "(?P<quoted>[^"]*)" | \\(?P<escaped>.) | _(?P<space>.) | \*(?P<fill>.) | \[(?P<bracket>[^\]]*)\]
    | (?P<general>General) | (?P<meridiem>AM/PM|A/P) | (?P<exponent>E[+-]) | (?P<date>y+|m+|d+|h+|s+)
    | (?P<digit>[0\#?]) | (?P<point>\.) | (?P<comma>,) | (?P<percent>%) | (?P<text>@) | (?P<other>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_COLOURS = re.compile(r"(?i)black|blue|cyan|green|magenta|red|white|yellow|color\s*\d+")
_PLAIN = set("$-+/():!^&'~{}<>= £€")


@dataclass(frozen=True)
class NumberSection:
    """Digits with what stands before and behind them."""

    before: str = ""
    after: str = ""
    whole: str = ""
    decimals: str = ""
    exponent: str = ""
    plus: bool = False
    grouped: bool = False
    scale: int = 0  # the power of ten by which the number is multiplied before it is shown
    general: bool = False


@dataclass(frozen=True)
class DateSection:
    """Date and time codes and literals in their order; `m` after an hour or before a second is `n` (minutes)."""

    parts: tuple[tuple[str, str], ...]


Section = NumberSection | DateSection | str


@dataclass(frozen=True)
class Format:
    """The sections for numbers, and what stands around a text (one piece: instead of it; None: the text as it is)."""

    numbers: tuple[Section, ...]
    text: tuple[str, ...] | None = None

    def choose(self, number: Decimal) -> tuple[Section, bool]:
        """The section for a number, and whether that section needs the minus sign to be added."""
        count = len(self.numbers)
        if count >= 3 and number == 0:
            return self.numbers[2], False
        if count >= 2 and number < 0:
            return self.numbers[1], False
        return self.numbers[0], True


def parse(number_format: str) -> Format | None:
    """The sections of a number format, or None if something in it is not understood."""
    sections = _split(number_format)
    if len(sections) > 4:
        return None
    numbers: list[Section] = []
    text: list[str] | None = None
    for index, source in enumerate(sections):
        tokens = list(_TOKEN.finditer(source))
        if any(token.lastgroup == "text" for token in tokens):
            # A section with @ is for text; only the last can be.
            around = _around(tokens)
            if around is None or index != len(sections) - 1:
                return None
            text = around
            continue
        section = _section(tokens)
        if section is None or (index == 3 and not isinstance(section, str)):
            return None
        if index == 3:
            text = [str(section)]
            continue
        numbers.append(section)
    if not numbers:
        numbers.append(NumberSection(general=True))
    return Format(tuple(numbers), None if text is None else tuple(text))


def _split(number_format: str) -> list[str]:
    """The sections between the semicolons that stand outside quotation marks, brackets and escapes."""
    sections, current = [], ""
    for token in _TOKEN.finditer(number_format):
        if token.lastgroup == "other" and token.group() == ";":
            sections.append(current)
            current = ""
        else:
            current += token.group()
    return [*sections, current]


def _literal(token: re.Match[str]) -> str | None:
    """What a token shows as it stands; None if it is a code, or something that is not understood."""
    match token.lastgroup:
        case "quoted" | "escaped":
            return token.group(token.lastgroup)
        case "space":
            return " "
        case "fill":
            return ""
        case "bracket":
            content = token.group("bracket")
            if content.startswith("$"):
                return content[1:].partition("-")[0]
            return "" if _COLOURS.fullmatch(content) else None
        case "other":
            return token.group() if token.group() in _PLAIN or ord(token.group()) > 0x7F else None
        case _:
            return None


def _around(tokens: list[re.Match[str]]) -> list[str] | None:
    parts = [""]
    for token in tokens:
        if token.lastgroup == "text":
            parts.append("")
            continue
        shown = _literal(token)
        if shown is None:
            return None
        parts[-1] += shown
    return parts if len(parts) == 2 else None


def _section(tokens: list[re.Match[str]]) -> Section | None:
    kinds = {token.lastgroup for token in tokens}
    if "date" in kinds or "meridiem" in kinds:
        return None if kinds & {"digit", "percent", "general", "exponent"} else _date_section(tokens)
    if kinds & {"digit", "general"}:
        return _number_section(tokens)
    if kinds & {"point", "comma", "percent", "exponent"}:
        return None
    shown = [_literal(token) for token in tokens]
    return None if None in shown else "".join(piece or "" for piece in shown)


def _number_section(tokens: list[re.Match[str]]) -> NumberSection | None:
    codes = {"digit", "general", "point", "comma", "exponent"}
    places = [index for index, token in enumerate(tokens) if token.lastgroup in codes]
    first, last = places[0], places[-1]
    before = after = ""
    percents = 0
    for index, token in enumerate(tokens):
        if first <= index <= last:
            # Literals between digits (telephone numbers and the like) are not understood.
            if token.lastgroup not in codes:
                return None
            continue
        percents += token.lastgroup == "percent"
        shown = "%" if token.lastgroup == "percent" else _literal(token)
        if shown is None:
            return None
        before, after = (before + shown, after) if index < first else (before, after + shown)
    code = "".join(token.group() for token in tokens[first : last + 1])
    if code.lower() == "general":
        return None if percents else NumberSection(before, after, general=True)
    match = re.fullmatch(r"([0#?,]*)(?:\.([0#?]*)(,*))?(?:[Ee]([+-])([0#?]+))?", code)
    if match is None:
        return None
    whole, decimals, late_commas, plus, exponent = match.groups(default="")
    digits = whole.rstrip(",")
    thousands = len(whole) - len(digits) + len(late_commas)
    if digits.startswith(",") or (exponent and ("," in whole or percents)):
        return None
    return NumberSection(
        before=before,
        after=after,
        whole=digits.replace(",", ""),
        decimals=decimals,
        exponent=exponent,
        plus=plus == "+",
        grouped="," in digits,
        scale=2 * percents - 3 * thousands,
    )


def _date_section(tokens: list[re.Match[str]]) -> DateSection | None:
    parts: list[tuple[str, str]] = []
    for token in tokens:
        if token.lastgroup in {"date", "meridiem"}:
            code = token.group().lower()
            if token.lastgroup == "date" and len(code) > {"y": 4, "m": 5, "d": 4, "h": 2, "s": 2}[code[0]]:
                return None
            parts.append(("code", code))
            continue
        # In a date the point and the comma stand for themselves.
        shown = token.group() if token.lastgroup in {"point", "comma"} else _literal(token)
        if shown is None:
            return None
        parts.append(("literal", shown))
    return DateSection(tuple(_minutes(parts)))


def _minutes(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """`m` and `mm` next to hours or seconds are minutes."""
    codes = [index for index, part in enumerate(parts) if part[0] == "code" and part[1] not in {"am/pm", "a/p"}]
    result = list(parts)
    for place, index in enumerate(codes):
        code = parts[index][1]
        if code in {"m", "mm"}:
            previous = parts[codes[place - 1]][1] if place else ""
            following = parts[codes[place + 1]][1] if place + 1 < len(codes) else ""
            if previous.startswith("h") or following.startswith("s"):
                result[index] = ("code", code.replace("m", "n"))
    return result
