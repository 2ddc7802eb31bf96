"""Numbers and dates shown by a section of a number format."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from perfbook.workbook._numfmt_parse import DateSection, NumberSection

__all__ = ["exponent_of", "show_date", "show_number", "strip_zeros"]

_MONTH_NAMES = "January February March April May June July August September October November December"
_MONTHS = _MONTH_NAMES.split()
_DAY_NAMES = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_DAYS = _DAY_NAMES.split()


def exponent_of(number: Decimal) -> int:
    """The power of ten of the first significant digit."""
    return number.adjusted()


def strip_zeros(text: str) -> str:
    """Without the noughts behind the point, and without the point if nothing follows it."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def show_number(number: Decimal, section: NumberSection) -> str:
    """A number that is not negative."""
    if section.exponent:
        return section.before + _scientific(number, section) + section.after
    scaled = number.scaleb(section.scale)
    rounded = _round(scaled, len(section.decimals))
    whole, _, decimals = f"{rounded:f}".partition(".")
    shown = _whole(whole, section.whole, section.grouped)
    if section.decimals:
        shown += "." + _decimals(decimals, section.decimals)
    return section.before + shown + section.after


def _round(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _whole(digits: str, code: str, grouped: bool) -> str:
    digits = digits.lstrip("0")
    missing = code[: len(code) - len(digits)] if len(code) > len(digits) else ""
    # From the first place that insists on a digit, noughts; a question mark keeps the space.
    padding = "".join("0" if place == "0" else " " if place == "?" else "" for place in missing)
    if not grouped:
        return padding + digits
    spaces, noughts = padding.rpartition(" ")[0::2] if " " in padding else ("", padding)
    all_digits = noughts + digits
    groups: list[str] = []
    while len(all_digits) > 3:
        groups.insert(0, all_digits[-3:])
        all_digits = all_digits[:-3]
    return " " * (len(padding) - len(noughts)) + ",".join([all_digits, *groups]) if all_digits or groups else spaces


def _decimals(digits: str, code: str) -> str:
    shown = list(digits)
    for index in range(len(code) - 1, -1, -1):
        if code[index] == "0" or shown[index] != "0":
            break
        shown[index] = " " if code[index] == "?" else ""
    return "".join(shown)


def _scientific(number: Decimal, section: NumberSection) -> str:
    step = max(len(section.whole), 1)
    exponent = 0 if number == 0 else exponent_of(number)
    # With one place the mantissa is 1 to 10; with more, Excel keeps the exponent a multiple of their number.
    exponent = exponent // step * step
    mantissa = _round(number.scaleb(-exponent), len(section.decimals))
    if mantissa >= Decimal(10) ** step:
        exponent += step
        mantissa = _round(number.scaleb(-exponent), len(section.decimals))
    whole, _, decimals = f"{mantissa:f}".partition(".")
    shown = _whole(whole, section.whole if step == 1 else section.whole[-1:], grouped=False)
    if section.decimals:
        shown += "." + _decimals(decimals, section.decimals)
    sign = "-" if exponent < 0 else "+" if section.plus else ""
    return f"{shown}E{sign}{_whole(str(abs(exponent)), section.exponent, grouped=False)}"


def show_date(serial: Decimal, section: DateSection) -> str:
    """A serial number of the 1900 system, not negative, as date and time.

    Minutes are cut off, not rounded; seconds are rounded, as Excel does.
    """
    codes = [code for kind, code in section.parts if kind == "code"]
    exact = serial * 86_400
    # Serial numbers of 15 digits miss a full second by less than this.
    exact = exact.quantize(Decimal("0.001"), ROUND_HALF_UP)
    rounding = ROUND_HALF_UP if any(code.startswith("s") for code in codes) else ROUND_FLOOR
    seconds = int(exact.quantize(Decimal(1), rounding))
    days, seconds = divmod(seconds, 86_400)
    hour, minute, second = seconds // 3600, seconds // 60 % 60, seconds % 60
    clock = any(code in {"am/pm", "a/p"} for code in codes)
    year, month, day, weekday = _calendar(days)
    shown_hour = (hour % 12 or 12) if clock else hour
    values = {
        "yyyy": f"{year:04d}", "yyy": f"{year:04d}", "yy": f"{year % 100:02d}", "y": f"{year % 100:02d}",
        "mmmmm": _MONTHS[month - 1][0], "mmmm": _MONTHS[month - 1], "mmm": _MONTHS[month - 1][:3],
        "mm": f"{month:02d}", "m": str(month),
        "dddd": _DAYS[weekday], "ddd": _DAYS[weekday][:3], "dd": f"{day:02d}", "d": str(day),
        "hh": f"{shown_hour:02d}", "h": str(shown_hour), "nn": f"{minute:02d}", "n": str(minute),
        "ss": f"{second:02d}", "s": str(second),
        "am/pm": "AM" if hour < 12 else "PM", "a/p": "A" if hour < 12 else "P",
    }  # fmt: skip
    return "".join(values[text] if kind == "code" else text for kind, text in section.parts)


def _calendar(days: int) -> tuple[int, int, int, int]:
    """Year, month, day and weekday (Monday 0) of a serial day, with Excel's 0 and 29 February 1900."""
    weekday = (days + 5) % 7
    if days == 0:
        return 1900, 1, 0, weekday
    if days == 60:
        return 1900, 2, 29, weekday
    moment = date(1899, 12, 31) + timedelta(days=days if days < 60 else days - 1)
    return moment.year, moment.month, moment.day, weekday
