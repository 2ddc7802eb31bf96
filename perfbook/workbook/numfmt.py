"""What Excel shows for a value in a number format, for the formats that occur in returns (English, UK).

Numbers are taken with 15 significant digits and rounded half away from zero, as Excel shows them. A format that is not
understood here (fractions, elapsed hours, conditions, other calendars) is never guessed at: the value is shown as in
General.

Tried instead and not fit: the package ssf 0.2.2 (2020), which fails with a current Babel and brings seven further
packages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import lru_cache
from typing import Literal

from perfbook.scoring.rounding import as_decimal15, rounded_to, significant
from perfbook.workbook._numfmt_parse import DateSection, Format, NumberSection, parse
from perfbook.workbook._numfmt_show import exponent_of, show_date, show_number, strip_zeros

__all__ = ["display", "unit_format"]

_Value = int | float | Decimal | str | bool | datetime | date | time
Shown = _Value | None

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 (a cell knows no zone)
_LONGEST_FORMAT = 255  # Excel has none that is longer
_LAST_SERIAL = 2_958_466  # the day after 31 December 9999


def display(value: Shown, number_format: str = "General") -> str:
    """What a cell with this value and number format shows, in a column that is wide enough.

    Dates may be given as such or as Excel's serial number (1900 system).
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Decimal):
        plain = _plain_of(number_format)
        return _plainly(value, plain) if plain and value.is_finite() else _shown(value, number_format)
    if isinstance(value, float) and value and len(number_format) <= _LONGEST_FORMAT:
        return _float_shown(value, number_format)
    return _shown(value, number_format)


@dataclass(frozen=True)
class _Plain:
    """A format of one section with so many decimals and at least one digit before them, as nearly all are."""

    before: str
    after: str
    scale: int
    quantum: Decimal
    spec: str


@lru_cache(maxsize=1024)
def _plain_of(number_format: str) -> _Plain | None:
    """A number format, if it is plain."""
    parsed = _parsed(number_format)
    if parsed is None or len(parsed.numbers) > 1:
        return None
    section = parsed.numbers[0]
    if not isinstance(section, NumberSection) or section.general or section.exponent:
        return None
    if section.whole.strip("#") != "0" or section.decimals.strip("0"):
        return None
    quantum = Decimal((0, (1,), -len(section.decimals)))
    return _Plain(section.before, section.after, section.scale, quantum, ",f" if section.grouped else "f")


def _plainly(value: Decimal, plain: _Plain) -> str:
    """As `_shown`, in a plain format."""
    number = significant(value)
    shown = format(rounded_to(number.copy_abs().scaleb(plain.scale), plain.quantum), plain.spec)
    return f"{'-' if number < 0 else ''}{plain.before}{shown}{plain.after}"


def _shown(value: _Value, number_format: str) -> str:
    parsed = _parsed(number_format)
    if isinstance(value, str):
        return value if parsed is None or parsed.text is None else value.join(parsed.text)
    try:
        number = _serial(value) if isinstance(value, datetime | date | time) else as_decimal15(value)
    except ValueError:
        return str(value)
    # Excel's largest number has 309 digits before the point.
    with localcontext(Context(prec=700)):
        shown = _display_number(number, parsed)
        return _general(number) if shown is None else shown


@lru_cache(maxsize=4096)
def _float_shown(value: float, number_format: str) -> str:
    return _shown(value, number_format)


def unit_format(decimals: int, kind: Literal["percent", "number", "currency"], suffix: str = "") -> str:
    """Our own number format: `0.0%`, `#,##0.00" days"`, `"£"#,##0`.

    `decimals` are those shown (of the percentage, for percent); `suffix` follows as it stands, with its own space if it
    wants one. ValueError: decimals below 0 or above 15, or an unknown kind.
    """
    if not 0 <= decimals <= 15:
        raise ValueError(f"{decimals} decimals; a number format takes 0 to 15")
    places = "." + "0" * decimals if decimals else ""
    bodies = {"percent": f"0{places}%", "number": f"#,##0{places}", "currency": f'"£"#,##0{places}'}
    if kind not in bodies:
        raise ValueError(f"{kind!r} is not percent, number or currency")
    # A quotation mark cannot stand within quotation marks; a backslash shows the one character after it.
    quoted = '\\"'.join(f'"{piece}"' if piece else "" for piece in suffix.split('"'))
    return bodies[kind] + quoted


@lru_cache(maxsize=1024)
def _parsed(number_format: str) -> Format | None:
    return parse(number_format)


def _serial(value: datetime | date | time) -> Decimal:
    """Excel's serial number of a moment; days from 1 January 1900, with the 29 February 1900 that never was."""
    if isinstance(value, time):
        moment = datetime.combine(_EPOCH.date(), value.replace(tzinfo=None))
    elif isinstance(value, datetime):
        moment = value.replace(tzinfo=None)
    else:
        moment = datetime.combine(value, time())
    span = moment - _EPOCH
    days = span.days - 1 if 0 < span.days <= 60 else span.days
    seconds = Decimal(span.seconds) + Decimal(span.microseconds) / 1_000_000
    return days + (seconds / 86_400).quantize(Decimal(1).scaleb(-12))


def _display_number(number: Decimal, parsed: Format | None) -> str | None:
    """None: in General."""
    if parsed is None:
        return None
    section, signed = parsed.choose(number)
    if isinstance(section, NumberSection):
        sign = "-" if signed and number < 0 else ""
        if section.general:
            return section.before + sign + _general(abs(number)) + section.after
        # Excel shows the minus of a negative number even if nothing but noughts is left of it.
        return sign + show_number(abs(number), section)
    if isinstance(section, DateSection):
        return show_date(number, section) if 0 <= number < _LAST_SERIAL else None
    return section


def _general(number: Decimal) -> str:
    """The format General in a wide column: up to 11 characters, the sign not counted."""
    if number == 0:
        return "0"
    sign, size = ("-" if number < 0 else ""), abs(number)
    exponent = exponent_of(size)
    if -4 <= exponent <= 10:
        # 11 characters: the nought or the whole part, the point, and what remains.
        whole = max(exponent, 0) + 1
        places = max(11 - whole - 1, 0)
        rounded = size.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        if exponent_of(rounded) <= 10:
            return sign + strip_zeros(f"{rounded:f}")
    elif exponent < -4 and exponent >= -9:
        exact = f"{size.normalize():f}"
        if len(exact) <= 11:
            return sign + exact
    scaled = size.scaleb(-exponent).quantize(Decimal("0.00001"), ROUND_HALF_UP)
    if scaled >= 10:
        scaled, exponent = scaled / 10, exponent + 1
    return f"{sign}{strip_zeros(f'{scaled:f}')}E{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
