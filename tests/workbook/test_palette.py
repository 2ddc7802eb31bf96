from __future__ import annotations

import pytest

from perfbook.workbook.palette import STANDARD, contrast

TEXT_STYLES = ["title", "subtitle", "heading", "subheading", "body", "wrapped", "input", "input_text", "locked", "note"]
TEXT_STYLES += ["link", "figure", "good", "middle", "bad"]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("#000000", "#FFFFFF", 21.0),
        ("#FFFFFF", "#FFFFFF", 1.0),
        ("#777777", "#FFFFFF", 4.48),
        ("#FF0000", "#FFFFFF", 4.0),
    ],
)
def test_contrast_is_that_of_wcag(first: str, second: str, expected: float) -> None:
    assert contrast(first, second) == pytest.approx(expected, abs=0.01)
    assert contrast(second, first) == contrast(first, second)


def test_what_is_no_colour_is_refused() -> None:
    with pytest.raises(ValueError, match="RRGGBB"):
        contrast("red", "#FFFFFF")


@pytest.mark.parametrize("name", TEXT_STYLES)
def test_every_style_can_be_read(name: str) -> None:
    style = getattr(STANDARD, name)()
    assert contrast(style["font_color"], style.get("bg_color", STANDARD.page)) >= 4.5


@pytest.mark.parametrize("colour", STANDARD.series)
def test_every_line_of_a_chart_can_be_seen(colour: str) -> None:
    assert contrast(colour, STANDARD.page) >= 3


def test_inputs_are_unlocked_and_stand_out_without_colour() -> None:
    style = STANDARD.input("0.0%")
    assert style["locked"] is False
    assert style["border"] == 1
    assert contrast(str(style["border_color"]), STANDARD.page) >= 3
    assert style["num_format"] == "0.0%"
    assert STANDARD.locked()["border"] != style["border"]
