"""Rules as data: expressions that are written once and run in two engines.

An expression is a tree of `Lit`, `Var` and `Call`. `evaluate` computes it in Python with exact decimals; `to_excel`
writes it as a formula of Excel 2010's functions. Tests drive both over thousands of cases and find no difference.

Values are Decimal (numbers), str, bool, or None for an empty cell. Sums and products are exact; a quotient has 60
digits, so that no rounding to a shown place can tell it from the exact one. The few places where a spreadsheet is
peculiar are kept: an empty cell equals the empty text, text is never a number, `ROUND` goes half away from zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_UP, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal, cast

from perfbook.scoring.rounding import as_decimal15, round_half_away, rounded_to

Value = Decimal | str | bool | None
Cell = float | int | Decimal | Fraction | str | bool | None


@dataclass(frozen=True)
class Lit:
    """A constant: a number, a text or a truth value."""

    value: Decimal | int | str | bool


@dataclass(frozen=True)
class Var:
    """A named input: a cell in Excel, a value in Python."""

    name: str


@dataclass(frozen=True)
class Call:
    """An operation on expressions; the operations are those of `_source` and `_EXCEL`."""

    name: str
    args: tuple[Expr, ...]


Expr = Lit | Var | Call
Loose = Expr | Decimal | int | str | bool


def lift(value: Loose) -> Expr:
    """An expression from an expression or a constant."""
    return value if isinstance(value, Lit | Var | Call) else Lit(value)


def call(name: str, *args: Loose) -> Call:
    """A call with constants lifted."""
    return Call(name, tuple(lift(arg) for arg in args))


def if_(condition: Loose, then: Loose, otherwise: Loose) -> Call:
    """`then` where the condition holds, else `otherwise`; only the branch that is taken is computed."""
    return call("if", condition, then, otherwise)


def all_(*conditions: Loose) -> Call:
    """Every condition holds. Excel computes all of them, Python up to the first that does not: guard with `if_`."""
    return call("and", *conditions)


def any_(*conditions: Loose) -> Call:
    """At least one condition holds. Excel computes all of them, Python up to the first that does."""
    return call("or", *conditions)


def text(value: Loose, number_format: str) -> Call:
    """A number as text in an Excel number format."""
    return call("text", value, number_format)


def join(*parts: Loose) -> Call:
    """Texts one after another."""
    return call("join", *parts)


def is_number(value: Loose) -> Call:
    """Whether the value is a number; text that looks like one is not."""
    return call("is_number", value)


def choose(number: Loose, *choices: Loose) -> Call:
    """The choice of a number from 1; only that one is computed."""
    return call("choose", number, *choices)


def is_blank(value: Loose) -> Call:
    """Whether the cell is empty or holds nothing but spaces."""
    return call("is_blank", value)


def to_value(cell: Cell) -> Value:
    """A cell's value as expressions see it: floats on 15 significant digits, decimals exactly."""
    if cell is None or isinstance(cell, str | Decimal | bool):
        return cell
    if isinstance(cell, float):
        return as_decimal15(cell)
    if isinstance(cell, int):
        return Decimal(cell)
    return _EXACT.divide(Decimal(cell.numerator), Decimal(cell.denominator))


def evaluate(expression: Expr, values: Mapping[str, Cell]) -> Value:
    """The value of an expression. Raises KeyError for a missing input, ZeroDivisionError where Excel says #DIV/0!."""
    return function_of(expression)(values)


def steps_of(expression: Expr, numbers: frozenset[str] = frozenset()) -> Callable[[Mapping[str, Value]], Value]:
    """The expression as a function of values that `to_value` has seen already: for many rules over one row.

    `numbers` are the inputs that are numbers in every row.
    """
    return _step(expression, numbers)


# Kinds of cells that `to_value` leaves as they are.
_AS_THEY_ARE = frozenset({Decimal, str, bool})


@lru_cache(maxsize=8192)
def function_of(expression: Expr) -> Callable[[Mapping[str, Cell]], Value]:
    """The expression as a function of its inputs, put together once: for rules that run over many figures."""
    names, step = tuple(variables(expression)), _step(expression)

    def found(values: Mapping[str, Cell]) -> Value:
        inputs: dict[str, Value] = {}
        for name in names:
            value = values[name]
            kept = value is None or value.__class__ in _AS_THEY_ARE
            inputs[name] = value if kept else to_value(value)  # type: ignore[assignment]
        return step(inputs)

    return found


def to_excel(expression: Expr, names: Mapping[str, str]) -> str:
    """The expression as Excel formula text, without the leading `=`. `names` maps inputs to references."""
    if isinstance(expression, Lit):
        return _literal(expression.value)
    if isinstance(expression, Var):
        return names[expression.name]
    args = [to_excel(arg, names) for arg in expression.args]
    if expression.name in _INFIX:
        return "(" + _INFIX[expression.name].join(args) + ")"
    return _EXCEL[expression.name](args)


def variables(expression: Expr) -> frozenset[str]:
    """The names of the inputs that an expression reads."""
    if isinstance(expression, Var):
        return frozenset({expression.name})
    if isinstance(expression, Call):
        return frozenset().union(*(variables(arg) for arg in expression.args))
    return frozenset()


# --- Python -------------------------------------------------------------------------------------------------------

_COMPARED = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN, Emin=-99_999, Emax=99_999)
_ZERO, _ONE = Decimal(0), Decimal(1)
_Inputs = Mapping[str, Value]
_Step = Callable[[_Inputs], Value]
# What an expression gives, where that is known before it is computed.
_Kind = Literal["number", "truth", "text", "any"]
_Names = frozenset[str]
_NO_NAMES: _Names = frozenset()


def _step(expression: Expr, numbers: _Names = _NO_NAMES) -> _Step:
    """The expression as one function, written in Python and compiled: what a rule costs is what it computes."""
    writer = _Writer()
    source, _ = writer.source(expression, numbers)
    # The source is put together here, from operators and numbered names alone.
    return cast(_Step, eval(f"lambda inputs: {source}", writer.names))


def which_of(
    conditions: Sequence[Expr], numbers: frozenset[str] = frozenset()
) -> Callable[[_Inputs, Sequence[bool]], list[int]]:
    """The conditions as one function of values that `to_value` has seen already, and of which of them are asked.

    It gives the places of those that are asked and hold. What is not asked is not computed, and what several of them
    read is read once. `numbers` are the inputs that are numbers in every row.
    """
    writer = _Writer(is_local=True)
    tests = [writer.truth(condition, numbers) for condition in conditions]
    lines = ["def found(inputs, asked):"]
    lines += [f"    v_{name} = inputs[{name!r}]" for name in sorted(writer.read)]
    lines += [f"    n_{name} = isinstance(v_{name}, Decimal)" for name in sorted(writer.tested)]
    lines += [
        f"    l_{name} = v_{name}.lower() if isinstance(v_{name}, str) else None" for name in sorted(writer.words)
    ]
    lines += ["    held = []"]
    lines += [f"    if asked[{place}] and {test}: held.append({place})" for place, test in enumerate(tests)]
    lines += ["    return held"]
    exec("\n".join(lines), writer.names)  # as above: operators and numbered names alone
    return cast(Callable[[_Inputs, Sequence[bool]], list[int]], writer.names["found"])


class _Writer:
    """Writes expressions as Python text; `names` takes up what the text refers to.

    `known` are the variables of which a condition around has found already that they are numbers. Where the text is of
    one function over many expressions (`is_local`), `read` takes up the variables that it reads, `tested` those
    of which it asks whether they are numbers, and `words` those that it compares with a word.
    """

    def __init__(self, *, is_local: bool = False) -> None:
        self.names: dict[str, object] = {"number": _number, "Decimal": Decimal}
        self.is_local = is_local
        self.read: set[str] = set()
        self.tested: set[str] = set()
        self.words: set[str] = set()

    def source(self, expression: Expr, known: _Names = _NO_NAMES) -> tuple[str, _Kind]:
        """The expression as Python text, and what it gives."""
        if isinstance(expression, Lit):
            return self._literal(to_value(expression.value))
        if isinstance(expression, Var):
            return self._variable(expression.name), "number" if expression.name in known else "any"
        name, args = expression.name, expression.args
        if name == "if":
            then, kind = self.source(args[1], known | _numbers_of(args[0]))
            otherwise, other = self.source(args[2], known)
            return f"({then} if {self.truth(args[0], known)} else {otherwise})", kind if kind == other else "any"
        if name == "choose":
            steps = ", ".join(f"lambda: {self.source(choice, known)[0]}" for choice in args[1:])
            return f"({steps},)[int({self._number(args[0], known)}) - 1]()", "any"
        if name in ("and", "or"):
            return f"(True if {self.truth(expression, known)} else False)", "truth"
        if name in _TESTS or name in _COMPARED:
            return self.truth(expression, known), "truth"
        return self._called(name, args, known)

    def truth(self, expression: Expr, known: _Names = _NO_NAMES) -> str:
        """The expression where only its truth counts."""
        if not isinstance(expression, Call):
            return self.source(expression, known)[0]
        name, args = expression.name, expression.args
        if name == "and":
            parts = []
            for arg in args:
                parts.append(self.truth(arg, known))
                known |= _numbers_of(arg)
            return f"({' and '.join(parts)})"
        if name == "or":
            return f"({' or '.join(self.truth(arg, known) for arg in args)})"
        if name == "not":
            return f"(not {self.truth(args[0], known)})"
        if name == "if":
            then = self.truth(args[1], known | _numbers_of(args[0]))
            condition, otherwise = self.truth(args[0], known), self.truth(args[2], known)
            if otherwise == "False":
                return f"({condition} and {then})"
            return f"({then} if {condition} else {otherwise})"
        if name in _COMPARED:
            left, right = (self._number(arg, known) for arg in args)
            return f"({left} {_COMPARED[name]} {right})"
        if name in ("is_number", "is_text", "is_blank"):
            return self._test(name, args[0], known)
        return self.source(expression, known)[0]

    def _test(self, name: str, arg: Expr, known: _Names) -> str:
        source, kind = self.source(arg, known)
        if name == "is_blank":
            self.names["is_blank"] = _blank
            return f"is_blank({source})"
        if name == "is_text":
            return f"isinstance({source}, str)"
        if kind == "number":
            return "True"
        if self.is_local and isinstance(arg, Var):
            self.tested.add(arg.name)
            return f"n_{arg.name}"
        return f"isinstance({source}, Decimal)"

    def _called(self, name: str, args: tuple[Expr, ...], known: _Names) -> tuple[str, _Kind]:
        if name in ("eq", "ne"):
            (left, one), (right, other) = (self.source(arg, known) for arg in args)
            if self.is_local and isinstance(args[0], Var) and isinstance(args[1], Lit) and _is_word(args[1].value):
                self.words.add(args[0].name)
                word, _ = self._literal(str(args[1].value).lower())
                return f"(l_{args[0].name} {'==' if name == 'eq' else '!='} {word})", "truth"
            if one == other == "number":
                return f"({left} {'==' if name == 'eq' else '!='} {right})", "truth"
            self.names["equal"] = _equal
            return f"({'not ' if name == 'ne' else ''}equal({left}, {right}))", "truth"
        if name == "round" and isinstance(args[1], Lit):
            places = to_value(args[1].value)
            if isinstance(places, Decimal) and places >= 0:
                self.names["rounded"] = rounded_to
                quantum, _ = self._literal(Decimal((0, (1,), -int(places))))
                return f"rounded({self._number(args[0], known)}, {quantum})", "number"
        self.names[f"f_{name}"] = _PYTHON[name]
        if name in _OF_NUMBERS:
            return f"f_{name}({', '.join(self._number(arg, known) for arg in args)})", "number"
        kind: _Kind = "number" if name == "length" else "truth" if name == "among" else "text"
        return f"f_{name}({', '.join(self.source(arg, known)[0] for arg in args)})", kind

    def _number(self, expression: Expr, known: _Names) -> str:
        source, kind = self.source(expression, known)
        return source if kind == "number" else f"number({source})"

    def _variable(self, name: str) -> str:
        self.read.add(name)
        return f"v_{name}" if self.is_local else f"inputs[{name!r}]"

    def _literal(self, value: Value) -> tuple[str, _Kind]:
        if value is None or isinstance(value, bool):
            return str(value), "any" if value is None else "truth"
        name = f"c_{len(self.names)}"
        self.names[name] = value
        return name, "text" if isinstance(value, str) else "number"


def _is_word(value: object) -> bool:
    """Whether a constant is a text to which no empty cell is equal."""
    return isinstance(value, str) and value != ""


_TESTS = frozenset({"not", "is_number", "is_text", "is_blank"})


def _numbers_of(condition: Expr) -> _Names:
    """The variables that are numbers wherever a condition holds."""
    if not isinstance(condition, Call):
        return _NO_NAMES
    if condition.name == "is_number" and isinstance(condition.args[0], Var):
        return frozenset({condition.args[0].name})
    if condition.name == "and":
        return frozenset().union(*map(_numbers_of, condition.args))
    if condition.name == "if" and condition.args[2] == Lit(False):
        return _numbers_of(condition.args[0]) | _numbers_of(condition.args[1])
    return _NO_NAMES


def _number(value: Value) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if value is None:
        return _ZERO
    if isinstance(value, bool):
        return Decimal(int(value))
    raise TypeError(f"{value!r} is text; Excel would answer #VALUE!")


def _blank(value: Value) -> bool:
    return value is None or (isinstance(value, str) and not value.strip(" "))


def _equal(left: Value, right: Value) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    if left is None or right is None:
        other = right if left is None else left
        return other is None or other in ("", 0)
    return type(left) is type(right) and left == right


def _divided(left: Decimal, right: Decimal) -> Decimal:
    if not right:
        raise ZeroDivisionError("Excel would answer #DIV/0!")
    return _EXACT.divide(left, right)


def _towards(value: Decimal, places: Decimal, rounding: str) -> Decimal:
    """Towards nought or away from it, as a spreadsheet does."""
    found = value.quantize(Decimal((0, (1,), -int(places))), rounding=rounding, context=_EXACT)
    return found or abs(found)


def _rounded(value: Decimal, places: Decimal) -> Decimal:
    count = int(places)
    return rounded_to(value, _QUANTA[count]) if 0 <= count < len(_QUANTA) else round_half_away(value, count)


_QUANTA = tuple(Decimal((0, (1,), -places)) for places in range(32))


def _shown(value: Value, number_format: Value) -> str:
    from perfbook.workbook.numfmt import display  # scoring must load without the workbook room

    return display(as_decimal15(_number(value)), str(number_format))


def _text_of(value: Value) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    return format(as_decimal15(value).normalize(), "f")


def _trimmed(value: Value) -> str:
    text = _text_of(value)
    return " ".join([part for part in text.split(" ") if part]) if "  " in text else text.strip(" ")


def _bare(value: Value) -> str:
    """A text without what does not matter: capitals, full stops, question marks, spaces beyond one."""
    bare = _text_of(value).lower().replace(".", "").replace("?", "")
    return _trimmed(bare)


# Those of numbers are given numbers.
_OF_NUMBERS = frozenset({"add", "sub", "mul", "div", "abs", "max", "min", "sign", "round", "round_down", "round_up"})
_PYTHON: dict[str, Callable[..., Value]] = {
    "add": _EXACT.add,
    "sub": _EXACT.subtract,
    "mul": _EXACT.multiply,
    "div": _divided,
    "abs": Decimal.copy_abs,
    "max": lambda *args: max(args),
    "min": lambda *args: min(args),
    "sign": lambda value: _ONE.copy_sign(value) if value else _ZERO,
    "round": _rounded,
    "round_down": lambda value, places: _towards(value, places, ROUND_DOWN),
    "round_up": lambda value, places: _towards(value, places, ROUND_UP),
    "length": lambda value: Decimal(len(_trimmed(value))),
    "trim": _trimmed,
    "left": lambda value, count: _text_of(value)[: int(_number(count))],
    "among": lambda value, words: f"|{_bare(value)}|" in str(words),
    "text": _shown,
    "join": lambda *args: "".join(_text_of(arg) for arg in args),
}

# --- Excel --------------------------------------------------------------------------------------------------------

_INFIX = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "div": "/",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "eq": "=",
    "ne": "<>",
    "join": "&",
}


def _function(name: str) -> Callable[[list[str]], str]:
    return lambda args: f"{name}({','.join(args)})"


_EXCEL: dict[str, Callable[[list[str]], str]] = {
    "if": _function("IF"),
    "and": _function("AND"),
    "or": _function("OR"),
    "not": _function("NOT"),
    "abs": _function("ABS"),
    "max": _function("MAX"),
    "min": _function("MIN"),
    "sign": _function("SIGN"),
    "round": _function("ROUND"),
    "round_down": _function("ROUNDDOWN"),
    "round_up": _function("ROUNDUP"),
    "is_number": _function("ISNUMBER"),
    "is_text": _function("ISTEXT"),
    "is_blank": lambda args: f'(TRIM({args[0]})="")',
    "length": lambda args: f"LEN(TRIM({args[0]}))",
    "trim": _function("TRIM"),
    "left": _function("LEFT"),
    "choose": _function("CHOOSE"),
    "among": lambda args: (
        f'ISNUMBER(FIND("|"&LOWER(TRIM(SUBSTITUTE(SUBSTITUTE({args[0]},".",""),"?","")))&"|",{args[1]}))'
    ),
    "text": _function("TEXT"),
}


@lru_cache(maxsize=4096, typed=True)
def _literal(value: Decimal | int | str | bool) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    number = format(as_decimal15(value), "f")
    return f"({number})" if number.startswith("-") else number
