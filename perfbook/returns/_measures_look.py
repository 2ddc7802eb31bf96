"""How Measures looks and prints: colours that follow the figures, heights, panes, filters, pages."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.utility import xl_col_to_name

from perfbook.framework.model import Framework
from perfbook.framework.periods import Period
from perfbook.returns import heights, layout, page
from perfbook.returns.lines import Line
from perfbook.returns.measures_place import FIRST_ROW, HEADER_ROW, SIZE
from perfbook.workbook.palette import Style as Properties
from perfbook.workbook.writer import Book, Sheet

_LEAST_LINES = 3  # what a check in words needs

Texts = Sequence[tuple[str, str, bool]]


class Look:
    """Measures once its cells are written."""

    def __init__(
        self,
        book: Book,
        sheet: Sheet,
        framework: Framework,
        columns: Sequence[layout.Column],
        lines: Sequence[Line],
        period: Period,
        name: str,
    ) -> None:
        self.book = book
        self.house = book.house
        self.sheet = sheet
        self.framework = framework
        self.columns = columns
        self.lines = lines
        self.period = period
        self.name = name
        self.at = {column.key: index for index, column in enumerate(columns, start=1)}

    def colours(self) -> None:
        """Conditional formats over all rows."""
        if not self.lines:
            return
        sheet, house = self.sheet, self.house
        first, last = FIRST_ROW, FIRST_ROW + len(self.lines) - 1

        def where(key: str, test: str) -> str:
            return f"=${xl_col_to_name(self.at[key])}{first + 1}{test}"

        def rule(key: str, formula: str, look: Properties) -> None:
            options = {"type": "formula", "criteria": formula, "format": self.book.difference(**look)}
            sheet.conditional(first, self.at[key], last, self.at[key], options)

        for scheme in {self.framework.scheme_of(line.measure).key for line in self.lines}:
            self._score_colours(scheme)
        for level, look in ((4, house.bad()), (3, house.middle()), (1, {"font_color": house.muted, "italic": True})):
            rule("check", where("level", f"={level}"), look | {"bold": level == 4})
        # The cells that wait for a figure: the fraction where there is one, else the actual.
        waiting = where("todo", "=1").removeprefix("=")
        parted = where(layout.NUMERATOR, f'="{layout.DASH}"').removeprefix("=")
        rule(layout.NUMERATOR, f"=AND({waiting},NOT({parted}))", {"bg_color": page.TODO_FILL})
        rule(layout.DENOMINATOR, f"=AND({waiting},NOT({parted}))", {"bg_color": page.TODO_FILL})
        rule(layout.ACTUAL, f"=AND({waiting},{parted})", {"bg_color": page.TODO_FILL})
        rule(layout.COMMENTARY, where("unexplained", "=1"), {"bg_color": house.bad_fill})
        rule("why", where("unexplained", "=1"), house.bad())
        icons: list[dict[str, object]] = [{"criteria": ">=", "type": "number", "value": value} for value in (1, 0)]
        arrows = {"type": "icon_set", "icon_style": "3_arrows", "icons_only": True, "icons": icons}
        sheet.conditional(first, self.at["trend"], last, self.at["trend"], arrows)

    def _score_colours(self, scheme_key: str) -> None:
        score = xl_col_to_name(self.at["score"])
        band = xl_col_to_name(self.at["band"])
        places = [
            row
            for row, line in enumerate(self.lines, start=FIRST_ROW)
            if self.framework.scheme_of(line.measure).key == scheme_key
        ]
        for position, outcome in enumerate(self.framework.schemes[scheme_key].bands, start=1):
            options: dict[str, object] = {
                "type": "formula",
                "criteria": f"=${band}{places[0] + 1}={position}",
                "format": self.book.difference(font_color=outcome.colour, bold=True),
            }
            runs = _runs(places)
            if len(runs) > 1:
                options["multi_range"] = " ".join(f"{score}{start + 1}:{score}{end + 1}" for start, end in runs)
            self.sheet.conditional(runs[0][0], self.at["score"], runs[-1][1], self.at["score"], options)

    def heights(self, texts: Sequence[Texts]) -> None:
        """Each row as high as the longest text in it, and free to grow."""
        for row, shown in enumerate(texts, start=FIRST_ROW):
            self.sheet.raw.set_row(row, self.height_of(self.columns, shown))
        heights.let_grow(self.sheet.raw)

    @staticmethod
    def height_of(columns: Sequence[layout.Column], texts: Texts) -> float:
        """The height of a row, in points; never so low that an explanation looks unwanted."""
        widths = {column.key: column.width for column in columns}
        needed = [heights.lines(text, widths[key], SIZE, bold=bold) for key, text, bold in texts]
        return heights.height(max([*needed, _LEAST_LINES]), SIZE)

    def set_up(self) -> None:
        """Widths, panes, filter, protection and pages."""
        last = max(FIRST_ROW, FIRST_ROW + len(self.lines) - 1)
        words = page.Page(
            title=f"{self.name}: measures, {self.period.label}",
            council=f"{self.framework.council} {self.period.label}",
        )
        page.wide_table(self.sheet.raw, self.house, self.columns, words, last=last, height=46, breaks=self._breaks())
        shown = [self.at[column.key] for column in self.columns if column.kind != "hidden"]
        start = f"{xl_col_to_name(1)}{HEADER_ROW + 1}"
        end = f"{xl_col_to_name(shown[-1])}{last + 1}"
        # A name for whoever moves about by names, such as the users of a screen reader.
        self.book.define_name("Measures_to_fill", f"={layout.MEASURES}!{_fixed(start)}:{_fixed(end)}")

    def _breaks(self) -> list[int]:
        first, with_queries = layout.NEW_PAGES
        # What is there to compare with has a page of its own where whole years or years to date are among it.
        wide = layout.year_key(1) in self.at or layout.TO_DATE in self.at
        known = [self.at[layout.NUMERATOR]] if wide else []
        return [*known, self.at[first], *([self.at[with_queries]] if layout.REPLY in self.at else [])]


def _fixed(address: str) -> str:
    letters = address.rstrip("0123456789")
    return f"${letters}${address[len(letters) :]}"


def _runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Ranges of consecutive rows."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs
