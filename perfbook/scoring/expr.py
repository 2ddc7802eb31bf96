"""Rules as data: expressions that are written once and run in two engines.

An expression is a tree of `Lit`, `Var` and `Call`. `evaluate` computes it in Python with exact decimals; `to_excel`
writes it as a formula of Excel 2010's functions. Tests drive both over thousands of cases and find no difference.

Values are Decimal (numbers), str, bool, or None for an empty cell. Sums and products are exact; a quotient has 60
digits, so that no rounding to a shown place can tell it from the exact one. The few places where a spreadsheet is
peculiar are kept: an empty cell equals the empty text, text is never a number, `ROUND` goes half away from zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_UP, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import cast

from perfbook.scoring.rounding import as_decimal15, round_half_away

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
    if cell is None or isinstance(cell, bool | str):
        return cell
    if isinstance(cell, Decimal):
        return cell
    if isinstance(cell, Fraction):
        return _EXACT.divide(Decimal(cell.numerator), Decimal(cell.denominator))
    return as_decimal15(cell) if isinstance(cell, float) else Decimal(cell)


def evaluate(expression: Expr, values: Mapping[str, Cell]) -> Value:
    """The value of an expression. Raises KeyError for a missing input, ZeroDivisionError where Excel says #DIV/0!."""
    return function_of(expression)(values)


def steps_of(expression: Expr) -> Callable[[Mapping[str, Value]], Value]:
    """The expression as a function of values that `to_value` has seen already: for many rules over one row."""
    return _step(expression)


@lru_cache(maxsize=8192)
def function_of(expression: Expr) -> Callable[[Mapping[str, Cell]], Value]:
    """The expression as a function of its inputs, put together once: for rules that run over many figures."""
    names, step = tuple(variables(expression)), _step(expression)
    return lambda values: step({name: to_value(values[name]) for name in names})


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


def _step(expression: Expr) -> _Step:
    """The expression as one function, written in Python and compiled: what a rule costs is what it computes."""
    names: dict[str, object] = {"number": _number, "Decimal": Decimal}
    source = _source(expression, names)
    # The source is put together here, from operators and numbered names alone.
    return cast(_Step, eval(f"lambda inputs: {source}", names))


def _source(expression: Expr, names: dict[str, object]) -> str:
    """The expression as Python text; `names` takes up what it refers to."""
    if isinstance(expression, Lit):
        return _named(to_value(expression.value), names)
    if isinstance(expression, Var):
        return f"inputs[{expression.name!r}]"
    name = expression.name
    if name == "if":
        condition, then, otherwise = (_source(arg, names) for arg in expression.args)
        return f"({then} if {condition} else {otherwise})"
    if name == "choose":
        number, *choices = (_source(arg, names) for arg in expression.args)
        steps = ", ".join(f"lambda: {choice}" for choice in choices)
        return f"({steps},)[int(number({number})) - 1]()"
    if name in _COMPARED:
        left, right = (_as_number(arg, names) for arg in expression.args)
        return f"({left} {_COMPARED[name]} {right})"
    args = [_source(arg, names) for arg in expression.args]
    if name in ("and", "or"):
        return f"(True if {f' {name} '.join(args)} else False)"
    if name == "not":
        return f"(not {args[0]})"
    if name == "is_number":
        return f"isinstance({args[0]}, Decimal)"
    names[f"f_{name}"] = _PYTHON[name]
    return f"f_{name}({', '.join(args)})"


def _as_number(expression: Expr, names: dict[str, object]) -> str:
    source = _source(expression, names)
    is_known = isinstance(expression, Lit) and isinstance(to_value(expression.value), Decimal)
    return source if is_known else f"number({source})"


def _named(value: Value, names: dict[str, object]) -> str:
    if value is None or isinstance(value, bool):
        return str(value)
    name = f"c_{len(names)}"
    names[name] = value
    return name


def _number(value: Value) -> Decimal:
    if value is None:
        return _ZERO
    if isinstance(value, bool):
        return Decimal(int(value))
    if isinstance(value, str):
        raise TypeError(f"{value!r} is text; Excel would answer #VALUE!")
    return value


def _blank(value: Value) -> bool:
    return value is None or (isinstance(value, str) and not value.strip(" "))


def _equal(left: Value, right: Value) -> bool:
    if left is None or right is None:
        other = right if left is None else left
        return other is None or other in ("", 0)
    if isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    return type(left) is type(right) and left == right


def _divided(left: Value, right: Value) -> Decimal:
    divisor = _number(right)
    if not divisor:
        raise ZeroDivisionError("Excel would answer #DIV/0!")
    return _EXACT.divide(_number(left), divisor)


def _towards(value: Value, places: Value, rounding: str) -> Decimal:
    """Towards nought or away from it, as a spreadsheet does."""
    found = _number(value).quantize(Decimal((0, (1,), -int(_number(places)))), rounding=rounding, context=_EXACT)
    return found or abs(found)


def _shown(value: Value, number_format: Value) -> str:
    from perfbook.workbook.numfmt import display  # scoring must load without the workbook room

    return display(as_decimal15(_number(value)), str(number_format))


def _text_of(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    return value if isinstance(value, str) else format(as_decimal15(value).normalize(), "f")


def _trimmed(value: Value) -> str:
    return " ".join(part for part in _text_of(value).split(" ") if part)


def _bare(value: Value) -> str:
    """A text without what does not matter: capitals, full stops, question marks, spaces beyond one."""
    bare = _text_of(value).lower().replace(".", "").replace("?", "")
    return _trimmed(bare)


_PYTHON: dict[str, Callable[..., Value]] = {
    "add": lambda left, right: _EXACT.add(_number(left), _number(right)),
    "sub": lambda left, right: _EXACT.subtract(_number(left), _number(right)),
    "mul": lambda left, right: _EXACT.multiply(_number(left), _number(right)),
    "div": _divided,
    "eq": _equal,
    "ne": lambda left, right: not _equal(left, right),
    "abs": lambda value: _number(value).copy_abs(),
    "max": lambda *args: max(_number(arg) for arg in args),
    "min": lambda *args: min(_number(arg) for arg in args),
    "sign": lambda value: _ONE.copy_sign(_number(value)) if _number(value) else _ZERO,
    "round": lambda value, places: round_half_away(_number(value), int(_number(places))),
    "round_down": lambda value, places: _towards(value, places, ROUND_DOWN),
    "round_up": lambda value, places: _towards(value, places, ROUND_UP),
    "is_text": lambda value: isinstance(value, str),
    "is_blank": _blank,
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
