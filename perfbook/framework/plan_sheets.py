"""The sheets of framework.xlsx for the council plan: deliverables, and the actions that stand under them."""

from __future__ import annotations

from perfbook.framework.layout import EVIDENCE, OF_MEASURE_CODE, OF_MEASURE_TITLE, Column, Layout

DELIVERABLES = Layout(
    "Deliverables",
    "What the council plan promises, in the order of the plan. Leave it empty if you report measures only.",
    (
        Column(
            "key",
            "Key",
            12,
            "Permanent and unique: letters, digits, hyphens. Ratings are kept under it: never change or re-use it.",
            "key",
            required=True,
        ),
        Column("code", "Reference", 11, "What the plan calls it, such as B1. It may change."),
        Column("title", "Title", 60, "The deliverable, as reports show it.", "long text", required=True),
        Column(
            "priority",
            "Priority",
            44,
            "The priority or theme that it belongs to, from the sheet Priorities.",
            "choice",
            "list_priorities",
            required=True,
        ),
        Column("theme", "Theme", 34, "A heading within the priority, where the plan has one."),
    ),
    needed=False,
)
ACTIONS = Layout(
    "Actions",
    "What services do, rated in each return. An action may stand under several deliverables: it is entered once.",
    (
        Column(
            "key",
            "Key",
            12,
            "Permanent and unique: letters, digits, hyphens. Ratings are kept under it: never change or re-use it.",
            "key",
            required=True,
        ),
        Column("code", "Reference", 11, "What the council calls the action, such as CH9. It may change or be blank."),
        Column("title", "Title", 56, "The action, as reports show it.", "long text", required=True),
        Column(
            "deliverables",
            "Deliverables",
            18,
            "The references or keys of the deliverables that it stands under, with semicolons: B5; E8. Blank: it "
            "stands under its priority.",
        ),
        Column(
            "priority",
            "Priority",
            30,
            "Only for an action without a deliverable: its priority. Others have that of their deliverables.",
            "choice",
            "list_priorities",
        ),
        Column(
            "directorate",
            "Directorate",
            32,
            "Who reports on it, from the sheet Directorates.",
            "choice",
            "list_directorates",
            required=True,
        ),
        Column("owner", "Owner", 22, "The role that answers for it. A role, not a person's name."),
        Column("due", "Due", 16, "When it is to be done: a date, or words such as Ongoing.", "day"),
        Column(
            "scheme",
            "Rating scheme",
            18,
            "From the sheet Schemes, without limits, so that a person chooses. Blank: the first such scheme.",
            "choice",
            "list_schemes",
        ),
        Column(
            "first",
            "First period",
            12,
            "The first period in which it is reported, such as 2023-24 Q1. Blank: always.",
            "period",
        ),
        Column(
            "last",
            "Last period",
            12,
            "The last period in which it is reported; how an action is retired. Blank: still in force.",
            "period",
        ),
        Column("note", "Note", 46, "Anything officers should know. It is not shown to managers.", "long text"),
        EVIDENCE,
        Column(
            "baseline",
            "Baseline",
            46,
            "What was so before, in words. Figures inside are picked out, with those of the updates.",
            "long text",
            spare=True,
            rare=True,
        ),
        Column(
            "direction",
            "Target direction",
            34,
            "Which way its figures are to go: to increase, to decrease, to maintain. Where they differ, with their "
            "label: NEET: to decrease; good schools: to increase.",
            "long text",
            spare=True,
            rare=True,
        ),
    ),
    needed=False,
)
SECTIONS = Layout(
    "Sections",
    "Headings under which services write about the period. Leave it empty if you want figures and ratings only.",
    (
        Column(
            "key",
            "Key",
            16,
            "Permanent and unique: letters, digits, hyphens. Texts are kept under it.",
            "key",
            required=True,
        ),
        Column("title", "Title", 44, "The heading, as returns and reports show it.", required=True),
        Column(
            "hint", "What to write", 60, "What a manager reads beside it: what belongs here, how long.", "long text"
        ),
        Column(
            "directorates",
            "Directorates",
            40,
            "Who writes it: names or keys of the sheet Directorates, with semicolons. Blank: all that send a return.",
            "long text",
        ),
        Column(
            "needed", "Needed", 9, "yes: a signed return without it is queried. Blank: no.", "choice", "list_yes_no"
        ),
        Column("first", "First period", 12, "The first period in which it is asked for. Blank: always.", "period"),
        Column("last", "Last period", 12, "The last period in which it is asked for. Blank: still.", "period"),
    ),
    needed=False,
)
GRIDS = Layout(
    "Grids",
    "Small fixed tables that services fill, such as their workforce: one row a line. Leave it empty if there is none.",
    (
        Column(
            "key", "Key", 16, "Permanent and unique over all grids. Figures are kept under it.", "key", required=True
        ),
        Column("grid", "Grid", 16, "A short key; the same for each line of the grid.", required=True),
        Column(
            "title", "Grid title", 30, "As the return and the scorecard name it; in the grid's first line or in each."
        ),
        Column("label", "Line", 36, "What the line counts.", "long text", required=True),
        Column("group", "Group", 18, "Lines that belong together, such as Gender. Blank: none."),
        Column("adds_to", "Adds up to", 16, "The key of the line that the group adds up to. Blank: none."),
        Column("decimals", "Decimals", 9.5, "How many decimals are shown, 0 to 6. Blank: 0.", "whole"),
        Column(
            "columns",
            "Columns",
            34,
            "The grid's columns with semicolons: Staff; Full-time posts. A name may be a period (Mar 2013), or this "
            "period, period before, 2 periods before. In the grid's first line or in each.",
            "long text",
        ),
        Column(
            "directorates",
            "Directorates",
            36,
            "Who fills it: names or keys, with semicolons; in the first line or in each. Blank: all with a return.",
            "long text",
        ),
        Column(
            "percent",
            "Percent",
            9,
            "yes: the line is in percent. Blank: plain numbers.",
            "choice",
            "list_yes_no",
            spare=True,
            rare=True,
        ),
    ),
    needed=False,
)
PUBLISHED_RATINGS = Layout(
    "Published ratings",
    "The ratings of actions that a published report printed, place by place, to be compared with ours.",
    (
        Column(
            "key",
            "Key",
            16,
            "The action's key on the sheet Actions; code and title follow.",
            "choice",
            "list_rows",
            required=True,
        ),
        OF_MEASURE_CODE,
        OF_MEASURE_TITLE,
        Column("deliverable", "Under", 12, "The deliverable, by reference or key. Blank where the action has none."),
        Column("period", "Period", 13, "The reporting period, such as 2020-21 Q2.", "period", required=True),
        Column(
            "rating",
            "Rating",
            24,
            "The band key or word of the rating that was printed; none where the report prints no rating.",
            required=True,
        ),
    ),
    needed=False,
    rare=True,
)
