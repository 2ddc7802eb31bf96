"""Facts about the text of a formula that decide whether Excel will take it. Pure, shared by the writer and the gate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError
from openpyxl.utils import FORMULAE

from perfbook.workbook.text import utf16_length

__all__ = ["FormulaFacts", "facts", "shape_of"]

# Functions that came with Excel 2010 and are stored with a prefix; without it Excel shows #NAME?
# (Microsoft: "Issue: An _xlfn. prefix is displayed in front of a formula"; [MS-XLSX] 2.2.2, future functions).
_NEW_IN_2010 = """
    AGGREGATE BETA.DIST BETA.INV BINOM.DIST BINOM.INV CEILING.PRECISE CHISQ.DIST CHISQ.DIST.RT CHISQ.INV
    CHISQ.INV.RT CHISQ.TEST CONFIDENCE.NORM CONFIDENCE.T COVARIANCE.P COVARIANCE.S ERF.PRECISE ERFC.PRECISE
    EXPON.DIST F.DIST F.DIST.RT F.INV F.INV.RT F.TEST FLOOR.PRECISE GAMMA.DIST GAMMA.INV GAMMALN.PRECISE
    HYPGEOM.DIST LOGNORM.DIST LOGNORM.INV MODE.MULT MODE.SNGL NEGBINOM.DIST NORM.DIST NORM.INV NORM.S.DIST
    NORM.S.INV PERCENTILE.EXC PERCENTILE.INC PERCENTRANK.EXC PERCENTRANK.INC POISSON.DIST QUARTILE.EXC
    QUARTILE.INC RANK.AVG RANK.EQ STDEV.P STDEV.S T.DIST T.DIST.2T T.DIST.RT T.INV T.INV.2T T.TEST VAR.P VAR.S
    WEIBULL.DIST Z.TEST
"""
_PREFIXED_2010 = frozenset(_NEW_IN_2010.split())
# openpyxl's list is that of Excel 2007, in the spelling of the file format; these of 2010 are stored without prefix.
_PLAIN = (frozenset(FORMULAE) | {"NETWORKDAYS.INTL", "WORKDAY.INTL", "ISO.CEILING"}) - _PREFIXED_2010

# Rows differ between the cells of a column, and so do whole numbers; the shape of their formula does not. LOG10( keeps
# its digits.
_NUMBERS = re.compile(r"(?<![\d_.])\d+(?![\w.(])")


@dataclass(frozen=True)
class FormulaFacts:
    """What counts for the limits. Lengths are in UTF-16 units, without the leading equals sign.

    Of a formula of up to 255 characters `length` may fall short by some digits: it cannot be too long.
    """

    length: int
    longest_text: int
    depth: int
    most_arguments: int
    unknown_functions: tuple[str, ...]
    unprefixed_functions: tuple[str, ...]
    longest_link: int
    errors: tuple[str, ...]
    external: bool
    readable: bool = True


def facts(formula: str) -> FormulaFacts:
    """The facts of one formula, with or without its leading equals sign."""
    return _shape_facts(shape_of(formula))


@lru_cache(maxsize=4096)
def shape_of(formula: str) -> str:
    """The formula with its row numbers and its whole numbers made alike; it breaks the same limits.

    A formula of up to 255 UTF-16 units is too short to hold a text that is too long; in longer ones each number keeps
    its digits' count, and with it every length.
    """
    body = formula.removeprefix("=")
    return _NUMBERS.sub("0" if utf16_length(body) <= 255 else _noughts, body)


def _noughts(number: re.Match[str]) -> str:
    return "0" * len(number[0])


@lru_cache(maxsize=4096)
def _shape_facts(body: str) -> FormulaFacts:
    try:
        tokens: list[Token] = Tokenizer("=" + body).items
    except (TokenizerError, IndexError, ValueError):
        return FormulaFacts(len(body), 0, 0, 0, (), (), 0, (), False, readable=False)
    scan = _Scan()
    for token in tokens:
        scan.take(token)
    return FormulaFacts(
        length=utf16_length(body),
        longest_text=scan.longest_text,
        depth=scan.deepest,
        most_arguments=scan.most_arguments,
        unknown_functions=tuple(sorted(scan.unknown)),
        unprefixed_functions=tuple(sorted(scan.unprefixed)),
        longest_link=scan.longest_link,
        errors=tuple(sorted(scan.errors)),
        external=scan.external,
        readable=not scan.open,
    )


@dataclass
class _Frame:
    """An open function (or, without a name, bracket or array)."""

    name: str
    arguments: int = 1
    empty: bool = True


class _Scan:
    """Walks the tokens of one formula."""

    def __init__(self) -> None:
        self.open: list[_Frame] = []
        self.longest_text = self.deepest = self.most_arguments = self.longest_link = 0
        self.joined = 0  # length of the texts joined by & up to here
        self.unknown: set[str] = set()
        self.unprefixed: set[str] = set()
        self.errors: set[str] = set()
        self.external = False

    def take(self, token: Token) -> None:
        if token.type == Token.WSPACE:
            return
        if token.subtype == Token.CLOSE:
            self._end()
            return
        if self.open:
            self.open[-1].empty = False
        if token.subtype == Token.OPEN:
            self._begin(token)
        elif token.type == Token.SEP:
            self.joined = 0
            if self.open:
                self.open[-1].arguments += 1
        elif token.type == Token.OPERAND:
            self._operand(token)
        elif token.value != "&":
            self.joined = 0

    def _begin(self, token: Token) -> None:
        self.joined = 0
        name = token.value[:-1].upper() if token.type == Token.FUNC else ""
        self.open.append(_Frame(name))
        if not name:
            return
        self.deepest = max(self.deepest, sum(1 for frame in self.open if frame.name))
        plain = name.removeprefix("_XLFN.").removeprefix("_XLWS.")
        if plain in _PREFIXED_2010:
            if plain == name:
                self.unprefixed.add(name)
        elif name not in _PLAIN:
            self.unknown.add(plain)

    def _end(self) -> None:
        self.joined = 0
        if self.open:
            frame = self.open.pop()
            if frame.name and not frame.empty:
                self.most_arguments = max(self.most_arguments, frame.arguments)

    def _operand(self, token: Token) -> None:
        if token.subtype == Token.TEXT:
            length = utf16_length(token.value[1:-1].replace('""', '"'))
            self.longest_text = max(self.longest_text, length)
            self.joined += length
            if self.open and self.open[-1].name == "HYPERLINK":
                self.longest_link = max(self.longest_link, self.joined)
        elif token.subtype == Token.ERROR:
            self.errors.add(token.value)
        elif token.subtype == Token.RANGE:
            # A sheet name never holds brackets, so brackets before the exclamation mark name another workbook.
            book = token.value.rpartition("!")[0]
            self.external = self.external or ("[" in book and "]" in book)
            if "#REF!" in token.value.upper():
                self.errors.add("#REF!")
