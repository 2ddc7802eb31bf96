"""The report that any council gets: a summary, scorecards by priority, actions, exceptions, what directorates say.

Used by make_reports.py.
"""

from __future__ import annotations

from report_pieces import Pieces

from perfbook.reports.plot import BREAK
from perfbook.reports.tables import MOST_COLUMNS

# Beside the figure of the period, of measures whose figures add up.
TO_DATE = "{% if line.running %}{{ '\\n' }}{{ line.running }}{% endif %}"


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
        self._changes()
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
        self.tag("if not report.by_rating.is_empty")
        self.text("{{ chart(report.by_rating, 170, 24 + 15 * report.by_rating.categories|length) }}")
        self.tag("endif")
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
        self.tag("if table.plot")
        self.text("{{ chart(table.plot, 240, 62) }}")
        self.tag("if table.plot.is_broken")
        self.text(f"{BREAK} behind a line: its figures are not counted in one way.", "Small print")
        self.tag("endif")
        self.tag("endif")
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
        self.tag("if each.plot.is_broken")
        self.text(f"{BREAK}: figures before and after it are not counted in one way.", "Small print", keep=True)
        self.tag("endif")
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

    def _changes(self) -> None:
        """What the sheet Changes lists: since the close and the last consolidation, and what was set by hand."""
        self.text("What has changed", "Heading 1")
        self.tag("if report.changes")
        self.tag("for section in report.changes")
        self.text("{{ section.name }}", "Heading 2")
        self.table(
            ("Code", "Measure or action", "Figure for", "What", "Before", "Now", "It was so on", "Why"),
            (17, 58, 22, 26, 36, 36, 22, 40),
            (
                "{{ each.code }}",
                "{{ each.title }}",
                "{{ each.about }}",
                "{{ each.what }}",
                "{{ each.before }}",
                "{{ each.now }}",
                "{{ each.was }}",
                "{{ each.why }}{% if each.why and each.by %}{{ '\\n' }}{% endif %}{{ each.by }}",
            ),
            each="each in section.rows",
            title="What has changed: a row for each change, with what it was before and what it is now",
            whole=False,
        )
        self.tag("endfor")
        self.tag("else")
        self.text("Nothing has changed since the last consolidation, and nothing was adjusted or restated.")
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
