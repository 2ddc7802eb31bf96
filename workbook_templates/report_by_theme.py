"""The report with a chapter for each theme, after the structure of Kirklees's. Used by make_reports.py."""

from __future__ import annotations

from report_maker import Maker


class ByTheme(Maker):
    """A report with a chapter for each theme: its key actions, then its measures beside the years before."""

    def make(self) -> bytes:
        """The template as a .docx file."""
        self._cover()
        self._together()
        self.turn(landscape=True)
        self._themes()
        self._changes()
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
        self.tag("if not report.by_rating.is_empty")
        self.text("{{ chart(report.by_rating, 170, 24 + 15 * report.by_rating.categories|length) }}")
        self.tag("endif")
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
