"""Makes the Word templates of reports: ordinary documents with Jinja tags, to be restyled in Word.

    python workbook_templates/make_reports.py

writes default/report.docx, which any council gets, and the example councils' own. The tags stand in the texts; what
they may name is in docs/officers.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

from report_pieces import Look, Pieces  # noqa: E402

from perfbook.reports.tables import MOST_COLUMNS  # noqa: E402

LOOKS = {
    "default": Look("Performance report"),
    "dudley": Look(
        "Corporate performance report",
        accent="3B2A6B",
        pale="E6E2F1",
        scorecards="Council plan scorecards",
        exceptions="Measures below target",
        summaries="Directorate service summaries",
    ),
    "sandwell": Look(
        "Business plan monitoring report",
        accent="005A5B",
        pale="DCECEC",
        summaries="From the directorates",
        actions="Progress on business plan actions",
    ),
    "walsall-children": Look(
        "Children's services improvement scorecard",
        accent="7A1F5C",
        pale="F3E1EC",
        scorecards="Outcomes, outputs, processes, input",
        exceptions="Minimum standards not met",
        summaries="From the services",
        tables="Tables",
    ),
    "walsall-plan": Look(
        "Corporate plan: markers of success",
        accent="0B5345",
        pale="DDEFEA",
        summaries="From the directorates",
        actions="Markers of success",
    ),
    "kirklees": Look(
        "Corporate performance report",
        accent="5B2434",
        pale="F0E4E7",
        exceptions="Performance by exception",
        actions="Key actions",
        themes=True,
    ),
}


# Beside the figure of the period, of measures whose figures add up.
TO_DATE = "{% if line.to_date %}{{ '\\n' }}{{ line.to_date }} to date{% endif %}"


class Maker(Pieces):
    """Writes one template."""

    def make(self) -> bytes:
        """The template as a .docx file."""
        self._cover()
        self._summary()
        self.turn(landscape=True)
        self.tag("if report.lines")
        self._scorecards()
        self._annual()
        self._year_end()
        self.tag("endif")
        self._tables()
        self._actions()
        self._markers()
        self.turn(landscape=False)
        self.tag("if report.lines")
        self._exceptions()
        self.new_page()
        self.tag("endif")
        self._directorates()
        self._returns()
        self._notes()
        return self.save()

    # --- The report -----------------------------------------------------------------------------------------------

    def _cover(self) -> None:
        self.text("{{ report.council }}: " + self.look.title[0].lower() + self.look.title[1:], "Title")
        self.text("{{ report.period }}, as at {{ report.as_at }}", "Subtitle")
        self.tag("if report.notice")
        self.text("{{ report.notice }}", "Notice")
        self.tag("endif")

    def _summary(self) -> None:
        self.text("Summary", "Heading 1")
        self.tag("for sentence in report.headlines")
        self.text("{{ sentence }}", "List Bullet")
        self.tag("endfor")
        self.tag("if report.lines")
        self.text("Scores by priority", "Heading 2")
        self.text("{{ chart(report.by_priority, 170, 24 + 15 * report.by_priority.categories|length) }}")
        self.table(
            ("Priority", "Due", "Reported", "Scores", "Improved", "Worse"),
            (58, 14, 18, 46, 18, 16),
            (
                "{{ group.name }}",
                "{{ group.measures.due }}",
                "{{ group.measures.reported }}",
                "{% for each in group.scores if each.number %}{{ each.number }} {{ each.label }}"
                "{% if not loop.last %}{{ '\\n' }}{% endif %}{% endfor %}",
                "{{ group.trends[0].number }}",
                "{{ group.trends[2].number }}",
            ),
            each="group in report.priorities",
            title="Counts of measures by priority; improved and worse since the previous period",
            right=(1, 2, 4, 5),
        )
        self.tag("if report.by_period.categories|length > 1")
        self.text("Scores by reporting period", "Heading 2")
        self.text("{{ chart(report.by_period, 170, 65) }}")
        self.tag("endif")
        self.text("Headline counts", "Heading 2")
        self._counts("report.measures", "Measures by state", "Counts of measures by state")
        self._counts("report.scores", "Measures reported, by score", "Counts of reported measures by score")
        self.table(
            ("Measures reported, by movement", "Since the previous period", "Against last year"),
            (66, 42, 42),
            ("{{ each.label }}", "{{ each.number }}", "{{ report.annuals[loop.index0].number }}"),
            each="each in report.trends",
            title="Counts of reported measures by trend and by annual comparison",
            right=(1, 2),
        )
        self.text("How scores are made", "Heading 2")
        self.tag("for scheme in report.schemes")
        self.text("**{{ scheme.about }}.** {{ scheme.text }}")
        self.tag("endfor")
        self.text(
            "Arrows show whether performance is better or worse, not whether the figure went up or down. Figures are "
            "compared as they are shown.",
            "Small print",
        )
        self.tag("endif")
        self.tag("if report.plan")
        self.text("Actions by priority", "Heading 2")
        self.text("{{ chart(report.by_rating, 170, 24 + 15 * report.by_rating.categories|length) }}")
        self.table(
            ("Rating", "Actions"),
            (108, 42),
            ("{{ each.label }}", "{{ each.number }}"),
            each="each in report.ratings",
            title="Counts of actions by rating, each action counted in every place where it stands",
            right=(1,),
        )
        self.tag("endif")

    def _counts(self, source: str, head: str, title: str) -> None:
        cells = ("{{ each.label }}", "{{ each.number }}")
        self.table((head, "Measures"), (108, 42), cells, each=f"each in {source}", title=title, right=(1,))

    def _scorecards(self) -> None:
        self.text(self.look.scorecards, "Heading 1")
        self.tag("for group in report.priorities")
        self.text("{{ group.name }}", "Heading 2")
        self.text("{{ group.sentence }}", keep=True)
        self.table(
            ("Code", "Measure", "Last year", "Previous", "Actual", "Target", "Score", "Trend", "Against last year"),
            (17, 74, 21, 21, 22, 22, 30, 24, 26),
            (
                "{{ line.code }}",
                "{{ line.title }}{% if line.about %} ({{ line.about }}){% endif %}",
                "{{ line.last_year }}",
                "{{ line.previous }}",
                "{{ line.actual }}" + TO_DATE,
                "{{ line.target }}",
                "{{ line.score }}",
                "{{ line.trend }}",
                "{{ line.annual }}",
            ),
            each="line in group.lines",
            title="Scorecard: a row for each measure of this priority",
            right=(2, 3, 4, 5),
            fills={6: "line.fill"},
        )
        self.tag("endfor")

    def _annual(self) -> None:
        self.tag("if report.lines|selectattr('annual_key')|list")
        self.text("Annual comparison", "Heading 1")
        self.text(
            "Each measure against the same period last year; measures without a figure then are left out.", keep=True
        )
        self.table(
            ("Code", "Measure", "Last year", "Now", "Against last year", "Benchmark"),
            (17, 100, 26, 26, 34, 54),
            (
                "{{ line.code }}",
                "{{ line.title }}",
                "{{ line.last_year }}",
                "{{ line.actual }}",
                "{{ line.annual }}",
                "{{ line.benchmark }}",
            ),
            each="line in report.lines if line.annual_key",
            title="Annual comparison: a row for each measure that can be compared",
            right=(2, 3),
        )
        self.tag("endif")

    def _year_end(self) -> None:
        self.tag("if report.year_ends")
        self.text("Where the year will end", "Heading 1")
        self.text("Forecasts for the year beside the targets, and what the rest of the year may hold.", keep=True)
        self.table(
            ("Code", "Measure", "So far", "Forecast", "Target", "Gap", "Score if it comes so", "The rest of the year"),
            (17, 64, 22, 26, 22, 20, 34, 52),
            (
                "{{ each.code }}",
                "{{ each.title }}",
                "{{ each.so_far }}",
                "{{ each.forecast }} ({{ each.how | lower }})",
                "{{ each.target }}",
                "{{ each.gap }}",
                "{{ each.score }}",
                "{{ each.hold }}",
            ),
            each="each in report.year_ends",
            title="Where the year will end: a row for each measure with a forecast or a target for the year",
            right=(2, 4, 5),
            fills={6: "each.fill"},
        )
        self.tag("endif")

    def _tables(self) -> None:
        self.tag("if report.tables")
        self.text(self.look.tables, "Heading 1")
        self.tag("for table in report.tables")
        self.text("{{ table.title }}: {{ table.directorate }}", "Heading 2")
        self.table(
            ("Line", *(f"{{{{ table.heads[{place}] }}}}" for place in range(MOST_COLUMNS))),
            (85, *([42] * MOST_COLUMNS)),
            (
                "{{ row.label }}",
                *(f"{{{{ row.cells[{place}] }}}}" for place in range(MOST_COLUMNS)),
            ),
            each="row in table.rows",
            title="A table that a service fills: a row for each line",
            right=range(1, MOST_COLUMNS + 1),
        )
        self.tag("endfor")
        self.tag("endif")

    def _markers(self) -> None:
        """Actions that are told in words: baseline, update, the figures of both, the evidence."""
        self.tag("if report.is_told")
        self.text(self.look.actions, "Heading 1")
        self.tag("for group in report.plan")
        self.text("{{ group.name }}", "Heading 2")
        self.tag("for deed in group.deeds")
        self.text("{{ deed.code }} {{ deed.title }}", "Heading 3")
        self.text("{% if deed.deliverable %}{{ deed.deliverable }}. {% endif %}{{ deed.directorate }}.", "Small print")
        for name, text in (
            ("Baseline", "deed.baseline"),
            ("Update", "deed.update"),
            ("Target", "deed.target"),
            ("Evidence", "deed.evidence"),
        ):
            self.tag(f"if {text}")
            self.text(f"**{name}:** {{{{ {text} }}}}")
            self.tag("endif")
        self.tag("if deed.facts")
        self.table(
            ("Figure in the texts", "Period", "As it stands", "Since baseline", "Since last time"),
            (105, 32, 48, 34, 34),
            (
                "{{ fact.label }}",
                "{{ fact.when }}",
                "{{ fact.number }}",
                "{{ fact.since_baseline }}",
                "{{ fact.since_last }}",
            ),
            each="fact in deed.facts",
            title="The figures of baseline and update: a row for each",
        )
        self.tag("endif")
        self.tag("endfor")
        self.tag("endfor")
        self.tag("endif")

    def _actions(self) -> None:
        self.tag("if report.plan and not report.is_told")
        self.text(self.look.actions, "Heading 1")
        self.tag("for group in report.plan")
        self.text("{{ group.name }}", "Heading 2")
        self.text(
            "{% for each in group.ratings if each.number %}{{ each.number }} {{ each.label }}"
            "{% if not loop.last %}, {% endif %}{% endfor %}.",
            keep=True,
        )
        self.table(
            ("Reference", "Action", "Directorate", "Due", "Rating", "Before", "Update"),
            (18, 58, 32, 22, 29, 26, 72),
            (
                "{{ deed.code }}",
                "{{ deed.title }}{% if deed.deliverable %}{{ '\\n' }}{{ deed.deliverable }}{% endif %}",
                "{{ deed.directorate }}",
                "{{ deed.revised or deed.due }}",
                "{{ deed.rating }}",
                "{{ deed.previous }}",
                "{{ deed.update }}",
            ),
            each="deed in group.deeds",
            title="Actions: a row for each action of this priority, in each place where it stands",
            fills={4: "deed.fill"},
            whole=False,
        )
        self.tag("endfor")
        self.tag("endif")

    def _exceptions(self) -> None:
        self.text(self.look.exceptions, "Heading 1")
        self.tag("if not report.exceptions")
        self.text("No measure needs an explanation in this period.")
        self.tag("endif")
        self.tag("for each in report.exceptions")
        self.text("{{ each.line.name }}", "Heading 2")
        self.text(
            "{{ each.line.priority }}. Returned by {{ each.line.directorate }}"
            "{% if each.line.owner %} ({{ each.line.owner }}){% endif %}."
            "{% if each.line.about %} The figure is for {{ each.line.about }}.{% endif %}",
            "Small print",
            keep=True,
        )
        self.facts(
            (
                ("Actual", "{{ each.line.actual }}" + TO_DATE.replace("line.", "each.line.")),
                ("Target", "{{ each.line.target }}"),
                ("Score", "{{ each.line.score }}"),
                ("Previous", "{{ each.line.previous }}"),
                ("Trend", "{{ each.line.trend }}"),
                ("Last year", "{{ each.line.last_year }}"),
                ("Against last year", "{{ each.line.annual }}"),
            ),
            (20, 20, 32, 20, 25, 22, 31),
            "Figures of this measure",
            {"Score": "each.line.fill"},
        )
        self.text("{{ chart(each.plot, 165, 44) }}", keep=True)
        self.text("Why", "Heading 3")
        self.text("{{ each.line.commentary }}")
        self.text("What is being done", "Heading 3")
        self.text("{{ each.line.action }}")
        self.tag("if each.line.benchmark")
        self.text("Benchmark: {{ each.line.benchmark }}", "Small print")
        self.tag("endif")
        self.tag("endfor")

    def _directorates(self) -> None:
        self.tag("if report.directorates")
        self.text(self.look.summaries, "Heading 1")
        self.tag("for group in report.directorates")
        self.text("{{ group.name }}", "Heading 2")
        self.tag("if group.lines")
        self.text("{{ group.sentence }}")
        self.text(
            "Since the previous period {{ group.trends[0].number }} improved, {{ group.trends[1].number }} stayed the "
            "same and {{ group.trends[2].number }} got worse; against last year {{ group.annuals[0].number }} improved "
            "and {{ group.annuals[2].number }} got worse."
        )
        self.tag("if group.exceptions")
        self.text(
            "**To be explained:** {% for line in group.exceptions %}{{ line.name }}{% if not loop.last %}; {% endif %}"
            "{% endfor %}."
        )
        self.tag("endif")
        self.tag("endif")
        self.tag("for note in group.said")
        self.text("{{ note.about }}", "Heading 3")
        self.text("{{ note.text }}")
        self.tag("endfor")
        self.tag("endfor")
        self.tag("endif")

    def _returns(self) -> None:
        self.text("Returns", "Heading 1")
        self.text(
            "{{ report.returns.received }} of {{ report.returns.expected }} returns were received: "
            "{{ report.returns.certified }} certified and {{ report.returns.provisional }} provisional. "
            "{{ report.returns.in_progress }} are in progress, {{ report.returns.not_started }} not started and "
            "{{ report.returns.unreadable }} unreadable.",
            keep=True,
        )
        self.table(
            ("Directorate", "State", "Due", "Received", "Late", "Answered", "Signed by"),
            (40, 20, 24, 26, 20, 20, 20),
            (
                "{{ each.directorate }}",
                "{{ each.state }}",
                "{{ each.due }}",
                "{{ each.received }}",
                "{{ each.late }}",
                "{{ each.answered }} of {{ each.measures }}",
                "{{ each.signed }}",
            ),
            each="each in report.sent",
            title="Returns: a row for each directorate",
            fills={1: "each.fill"},
        )

    def _notes(self) -> None:
        self.text("Notes on the data", "Heading 1")
        self.tag("if report.notes")
        self.table(
            ("About", "Note"),
            (60, 110),
            ("{{ note.about }}", "{{ note.text }}"),
            each="note in report.notes",
            title="Notes on the data",
        )
        self.tag("else")
        self.text("There is nothing to note.")
        self.tag("endif")


class ByTheme(Maker):
    """A report with a chapter for each theme: its key actions, then its measures beside the years before."""

    def make(self) -> bytes:
        """The template as a .docx file."""
        self._cover()
        self._together()
        self.turn(landscape=True)
        self._themes()
        self.turn(landscape=False)
        self.tag("if report.lines")
        self._exceptions()
        self.new_page()
        self.tag("endif")
        self._returns()
        self._notes()
        return self.save()

    def _together(self) -> None:
        self.text("Executive summary", "Heading 1")
        self.tag("for sentence in report.headlines")
        self.text("{{ sentence }}", "List Bullet")
        self.tag("endfor")
        self.text("Measures and actions by status", "Heading 2")
        self.table(
            ("Status", "Measures", "Actions", "Together", "Share of all"),
            (58, 28, 28, 28, 28),
            ("{{ each.label }}", "{{ each.measures }}", "{{ each.actions }}", "{{ each.number }}", "{{ each.share }}"),
            each="each in report.statuses",
            title="Counts of measures and actions by status, and the share of each status in all of them",
            right=(1, 2, 3, 4),
            fills={0: "each.fill"},
        )
        self.tag("if report.lines")
        self.text("Measures by theme", "Heading 2")
        self.text("{{ chart(report.by_priority, 170, 24 + 15 * report.by_priority.categories|length) }}")
        self.tag("endif")
        self.tag("if report.plan")
        self.text("Actions by theme", "Heading 2")
        self.text("{{ chart(report.by_rating, 170, 24 + 15 * report.by_rating.categories|length) }}")
        self.tag("endif")
        self.tag("if report.schemes")
        self.text("How a status is given", "Heading 2")
        self.tag("for scheme in report.schemes")
        self.text("**{{ scheme.about }}.** {{ scheme.text }}")
        self.tag("endfor")
        self.text(
            "Where a measure has no target its service chooses the status; actions are rated by their services. What "
            "was set by hand is marked, and listed among the notes on the data.",
            "Small print",
        )
        self.tag("endif")

    def _themes(self) -> None:
        self.tag("for theme in report.themes")
        self.text("{{ theme.name }}", "Heading 1")
        self.tag("if theme.actions")
        self.text(self.look.actions, "Heading 2")
        self.table(
            ("Reference", "Action", "Directorate", "Status", "Update"),
            (20, 70, 46, 30, 91),
            (
                "{{ deed.code }}",
                "{{ deed.title }}",
                "{{ deed.directorate }}",
                "{{ deed.rating }}",
                "{{ deed.update }}",
            ),
            each="deed in theme.actions.deeds",
            title="Key actions: a row for each action of this theme",
            fills={3: "deed.fill"},
            whole=False,
        )
        self.tag("endif")
        self.tag("if theme.group")
        self.text("Measures", "Heading 2")
        self.text("{{ theme.group.sentence }}", keep=True)
        years = tuple(f"{{{{ report.years[{place}] }}}}" for place in range(3))
        self.table(
            ("Code", "Measure", *years, "Target", "Previous", "Now", "To date", "Status", "Trend"),
            (18, 54, 17, 17, 17, 25, 19, 22, 19, 25, 24),
            (
                "{{ line.code }}",
                "{{ line.title }} ({{ line.unit }}){% if line.about %} {{ line.about }}{% endif %}",
                *(f"{{{{ line.years[{place}] }}}}" for place in range(3)),
                "{{ line.year_target or line.target }}"
                "{% if line.year_target %}{{ '\\n' }}({{ line.target }} by now){% endif %}",
                "{{ line.previous }}",
                "{{ line.actual }}",
                "{{ line.to_date }}",
                "{{ line.score }}",
                "{{ line.trend }}",
            ),
            each="line in theme.group.lines",
            title="Measures: a row for each measure of this theme, with the years before",
            right=(2, 3, 4, 5, 6, 7, 8),
            fills={9: "line.fill"},
        )
        self.tag("endif")
        self.tag("endfor")


def maker_of(look: Look) -> Maker:
    """The maker of the kind of report that a council writes."""
    return ByTheme(look) if look.themes else Maker(look)


def main() -> None:
    """Writes every template."""
    for name, look in LOOKS.items():
        path = HERE / name / "report.docx"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(maker_of(look).make())
        print(path)


if __name__ == "__main__":
    main()
