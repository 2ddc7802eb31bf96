"""What single cells say: which way is good, how often, in which unit, which score. Pure, no I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable

from perfbook.framework.model import Calculation, Frequency, Polarity, Scheme

_POLARITY: tuple[tuple[Polarity, str], ...] = (
    ("range", r".*\b(?:range|between|within limits)\b.*|[\d.]+ ?%? ?(?:-|\u2013|to) ?[\d.]+ ?%?.*"),
    (
        "none",
        r"none|neither|n/?a|not applicable|context(?:ual)?|information(?: only)?|monitor(?:ing)?(?: only)?"
        r"|neutral|no polarity",
    ),
    (
        "higher",
        r"(?:high|higher|bigger|larger|more|up|increas\w*|maximi[sz]e|positive|h|b|bb|bib|hib|\+|\u2191"
        r"|\u25b2|\u2b06)(?: is)?(?: (?:better|good))?|bigger is better|the (?:higher|more"
        r"|bigger) the better|aim(?: to)? (?:increase|maximi[sz]e)",
    ),
    (
        "lower",
        r"(?:low|lower|smaller|less|fewer|down|decreas\w*|reduc\w*|minimi[sz]e|negative|l|s|sb|sib|lib|-"
        r"|\u2193|\u25bc|\u2b07)(?: is)?(?: (?:better|good))?|smaller is better|the (?:lower|less|fewer"
        r"|smaller) the better|aim(?: to)? (?:decrease|reduce|minimi[sz]e)",
    ),
)
_FREQUENCIES: tuple[tuple[Frequency, str], ...] = (
    ("monthly", r"month(?:ly)?|m|every month|12"),
    ("quarterly", r"quarter(?:ly)?|q|qtrly|every quarter|4"),
    ("termly", r"term(?:ly)?|every term|school term"),
    ("half-yearly", r"(?:half|bi|semi)[ -]?(?:year|annual)(?:ly)?|six[ -]monthly|6 monthly|twice a year"),
    ("yearly", r"annual(?:ly)?|year(?:ly)?|a|y|once a year|every year|academic year(?:ly)?"),
)
_CALCULATIONS: tuple[tuple[Calculation, str], ...] = (
    ("cumulative", r"cum(?:ulative)?\.?|y(?:es)?|ytd|year to date|.*\bcumulative\b.*"),
    ("rolling", r".*\brolling\b.*|.*\b12 months?\b.*"),
    (
        "snapshot",
        r"snapshot|no?|non-cumulative|in (?:period|quarter|month)|point in time|discrete|period only|quarterly figure",
    ),
)
_UNITS: tuple[tuple[str, str], ...] = (
    ("percent", r"%|percent(?:age)?s?(?: \(%\))?|per ?cent|pct|proportion|% ?age|number \(%\)|ratio \(%\)"),
    ("count", r"(?:no|num)s?\.?|number|numbers|count|#|whole number|integer|volume|n|total"),
    ("\u00a3m", r"\u00a3 ?(?:m|mn|millions?)|million pounds|\u00a3 ?\(?millions?\)?"),
    ("\u00a3k", r"\u00a3 ?(?:k|000s?|thousands?|'000s?)|thousand pounds"),
    ("\u00a3", r"\u00a3|gbp|pounds?|currency|money|financial|cost|\u00a3s|cash"),
    ("days", r"(?:no\.? of |number of |working |calendar )?days?|avg\.? days|average days"),
)
_SCORES = {
    "green": ("g", "green", "on target", "achieved", "met", "on track", "target met", "\u2713", "\u2714"),
    "amber": ("a", "amber", "yellow", "y", "within tolerance", "slightly below target", "near target"),
    "red": ("r", "red", "off target", "below target", "not met", "missed", "target missed", "not achieved"),
}
_TREND_WORDS = {
    "improved": r"improv\w*|better|getting better|positive",
    "consistent": r"same|static|stable|steady|no change|unchanged|consistent|maintained|level",
    "worse": r"wors\w*|declin\w*|deteriorat\w*|getting worse|negative",
}
_PER = re.compile(r"(?:rate )?(?:per|/) ?([\d,]+k?)(?: .*)?", re.IGNORECASE)


def _first(table: Iterable[tuple[str, str]], text: str) -> str:
    words = " ".join(text.casefold().split()).strip(" .:") if len(text) < 60 else ""
    bare = words or text.strip()
    return next((value for value, pattern in table if re.fullmatch(pattern, bare)), "") if bare else ""


def polarity_of(text: str) -> str:
    """The polarity that a cell names; empty where it names none."""
    return _first(_POLARITY, text) or _first(_POLARITY, re.sub(r"\([^()]*\)", " ", text))


def frequency_of(text: str) -> str:
    """The frequency that a cell names; empty where it names none."""
    return _first(_FREQUENCIES, text)


def calculation_of(text: str) -> str:
    """The way of calculating that a cell names; empty where it names none."""
    return _first(_CALCULATIONS, text)


def unit_of(text: str) -> str:
    """The unit that a cell names, as frameworks write it; any other words are a unit as they stand."""
    words = " ".join(text.split()).strip()
    per = _PER.fullmatch(words)
    if per and words.casefold().startswith(("per", "/", "rate")):
        number = int(per[1].lower().replace(",", "").replace("k", "000"))
        return f"rate per {number:,}"
    return _first(_UNITS, words) or words


def score_of(text: str, scheme: Scheme) -> str:
    """The key of the band that a cell names: by key, word or symbol, or as a light where the scheme has lights."""
    words = " ".join(text.casefold().split()).strip(" .:")
    for band in scheme.bands:
        if words in {
            band.key.casefold(),
            band.word.casefold(),
            band.symbol.casefold(),
            band.key.casefold().replace("_", " "),
        }:
            return band.key
    keys = {band.key for band in scheme.bands}
    return next((key for key, also in _SCORES.items() if words in also and key in keys), "")


def light_of(text: str) -> str:
    """`red`, `amber` or `green` for what plainly stands for one of them, in letters or words."""
    words = " ".join(text.casefold().split()).strip(" .:")
    return next((key for key, also in _SCORES.items() if words in also), "")


def trend_of(text: str) -> str:
    """`improved`, `consistent` or `worse` for words that say so; an arrow says only where the figure went."""
    return _first(((word, pattern) for word, pattern in _TREND_WORDS.items()), text)
