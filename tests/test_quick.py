"""Frozen dataclasses that are made quickly are what they would be otherwise."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, field, replace

import pytest

from perfbook._quick import quick


@quick
@dataclass(frozen=True)
class _Spot:
    sheet: str
    cell: str = "A1"
    shown: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shown", f"{self.sheet}!{self.cell}")


def test_it_is_made_compared_changed_and_refused_as_any_other() -> None:
    spot = _Spot("Measures", cell="B2")
    assert (spot.shown, _Spot("Measures").cell) == ("Measures!B2", "A1")
    assert spot == _Spot("Measures", "B2") and hash(spot) == hash(_Spot("Measures", "B2")) and spot != _Spot("Measures")
    assert replace(spot, cell="C3").shown == "Measures!C3"
    with pytest.raises(FrozenInstanceError):
        spot.cell = "C3"  # type: ignore[misc]
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'sheet'"):
        _Spot()  # type: ignore[call-arg]


def test_a_field_that_is_made_anew_is_made_anew_for_each() -> None:
    @quick
    @dataclass(frozen=True)
    class Row:
        cells: list[str] = field(default_factory=list)

    one, other = Row(), Row()
    one.cells.append("A1")
    assert (one.cells, other.cells, Row(["B2"]).cells) == (["A1"], [], ["B2"])
