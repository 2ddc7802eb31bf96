"""The house styles of the example councils, invented, in the colours of their reports' templates; and which of their
measures and grids count people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """Colours, font and words of one council, the three shapes of its logo, and what counts people."""

    brand: str
    band: str
    font: str
    footer: str
    shapes: tuple[str, str, str]
    people: tuple[str, ...] = ()

    def toml(self) -> str:
        """The sections [style] and, where measures count people, [publish] of perfbook.toml."""
        named = ", ".join(f'"{name}"' for name in self.people)
        return self._style() + (_PUBLISH.format(named=named) if self.people else "")

    def _style(self) -> str:
        return f"""
# The look of workbooks and reports; contrasts are checked. An invented logo, not the council's own.
[style]
brand = "{self.brand}"
band = "{self.band}"
font = "{self.font}"
logo = "logo.png"
logo_text = "Three shapes: an invented logo"
footer = "{self.footer}"
"""


_PUBLISH = """
# The public copy: which measures and grids count people, so that small numbers of them are hidden.
[publish]
people = [{named}]
small_below = 5
"""
STYLES = {
    "dudley": Style(
        "#3B2A6B",
        "#E6E2F1",
        "Calibri",
        "Example data",
        ("circle", "circle", "triangle"),
        people=(
            "PI1466",
            "PI432",
            "PI433",
            "PI426",
            "PI2129",
            "PI501",
            "PI2132",
            "PI2133",
            "PI2134",
            "PI1798",
            "PI120",
            "PI1705",
            "Workforce",
            "Workforce in percent",
            "Positions by contract",
        ),
    ),
    "kirklees": Style(
        "#5B2434",
        "#F0E4E7",
        "Arial",
        "Example data",
        ("square", "wave", "square"),
        people=(
            "kir-024",
            "kir-039",
            "kir-041",
            "kir-042",
            "kir-043",
            "kir-044",
            "KI 556",
            "KI 439",
            "KI 462",
            "KI 535",
            "KI 544",
            "KI 545",
            "KI442a",
            "KI501",
        ),
    ),
    "sandwell": Style("#005A5B", "#DCECEC", "Calibri", "Example data", ("triangle", "square", "circle")),
    "walsall-children": Style(
        "#7A1F5C",
        "#F3E1EC",
        "Calibri",
        "Example data",
        ("circle", "triangle", "circle"),
        people=(
            "1.1",
            "1.2",
            "1.3",
            "1.4",
            "2.1",
            "3.1",
            "3.2",
            "3.3",
            "4.1",
            "4.3",
            "4.4",
            "Child protection plans",
            "Section 47 and conferences",
            "Source of referral",
            "Complaints",
            "Early help",
        ),
    ),
    "walsall-plan": Style("#0B5345", "#DDEFEA", "Arial", "Example data", ("wave", "circle", "wave")),
}
