"""The sheets of framework.xlsx for what a report printed: figures, counts and statements, to be compared with ours."""

from __future__ import annotations

from perfbook.framework.layout import OF_MEASURE, Column, Layout

PUBLISHED = Layout(
    "Published",
    "What a published report printed, measure by measure, to be compared with ours. Leave it empty if there is none.",
    (
        *OF_MEASURE,
        Column(
            "period", "Period", 13, "The period that the figure is about, such as 2020-21 Q2.", "period", required=True
        ),
        Column("actual", "Actual as printed", 26, "The figure exactly as it was printed.", "figure"),
        Column(
            "score",
            "Score",
            20,
            "The band key of the score that was printed; or missing, not due, delayed, not available.",
            "choice",
            "list_bands",
        ),
        Column("trend", "Trend", 13, "improved, consistent or worse, as printed.", "choice", "list_movements"),
        Column(
            "annual",
            "Annual",
            13,
            "improved, consistent or worse against last year, as printed.",
            "choice",
            "list_movements",
        ),
    ),
    needed=False,
)
PUBLISHED_TOTALS = Layout(
    "Published totals",
    "The headline counts that a published report printed. Leave it empty if there is none.",
    (
        Column("period", "Period", 13, "The reporting period, such as 2020-21 Q2.", "period", required=True),
        Column(
            "group",
            "Group",
            14,
            "What was counted: measures, score, trend, annual, actions or rating.",
            "choice",
            "list_groups",
            required=True,
        ),
        Column(
            "outcome",
            "Outcome",
            24,
            "A band key for score and rating; improved, consistent, worse for trend and annual; total, due, delayed "
            "for measures; placements, distinct for actions.",
            required=True,
        ),
        Column("count", "Count", 9, "The number that was printed.", "whole", required=True),
    ),
    needed=False,
)

PUBLISHED_STATEMENTS = Layout(
    "Published statements",
    "Numbers that a published report says of itself, and what they are worked out from.",
    (
        Column("period", "Period", 13, "The reporting period, such as 2020-21 Q2.", "period", required=True),
        Column("where", "Where", 28, "Where the report says it."),
        Column("said", "What is said", 34, "What the number is, in a few words: share on track.", required=True),
        Column("printed", "Printed", 12, "The number as it was printed: 54%.", required=True),
        Column(
            "counts",
            "Counts",
            46,
            "What it counts, parted by semicolons: `score green; rating green`. Or one figure: `actual m-001`.",
            "long text",
            required=True,
        ),
        Column("out_of", "Out of", 46, "For a share, what it is a share of, in the same way.", "long text"),
        Column(
            "reading",
            "Reading",
            40,
            "Where it can be read in several ways, each in a row of its own: what this one counts, in words.",
            "long text",
        ),
    ),
    needed=False,
    rare=True,
)
