"""What `perfbook publish` says on the screen."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from perfbook.publishing.publish import Published, figures_word
from perfbook.publishing.review import WHATS, counted

_LISTED = ("exposed", "published", "settings")


def lines(done: Published) -> Iterator[RenderableType]:
    """Which figures, how many of each thing for review, those that want a decision, the files."""
    made = done.made
    source = made.copy.source
    count = len(made.copy.tables)
    yield f"{source.period.label}, {figures_word(source)}: {count} table{'' if count == 1 else 's'}."
    table = Table(title="For review", title_justify="left")
    table.add_column("What")
    table.add_column("How many", justify="right")
    for kind, number in counted(made.review).items():
        if number:
            table.add_row(WHATS[kind], str(number))
    if table.row_count:
        yield table
    for each in made.review:
        if each.kind in _LISTED:
            yield Text(" ".join(f"{WHATS[each.kind]}: {each.what} {each.period}. {each.why} {each.todo}".split()))
    for sentence in done.sentences:
        yield Text(sentence)
    for name, path in done.outputs.items():
        yield f"{'ODS' if name == 'ods' else name.capitalize()}: {path}"
    if done.released:
        yield "Recorded as released: later copies do not tell what this one hides."
