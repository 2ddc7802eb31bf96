"""What a person has to look at before a public copy goes out; as data, as sentences and as a workbook for officers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from perfbook.publishing.cells import Counts, Earlier
from perfbook.publishing.protect import Key, Protection, Rule
from perfbook.publishing.rules import PublishRules
from perfbook.publishing.source import Source
from perfbook.workbook.palette import STANDARD, HouseStyle
from perfbook.workbook.writer import Book

SHEET = "Review"
NEVER_SAFE = (
    "This list comes from arithmetic on what is shown here and in the copies that were recorded as released. It does "
    "not know what else is published or known locally: that no number of it can be worked out is for a person to judge."
)
WHATS = {
    "exposed": "Can still be worked out",
    "published": "Shown before",
    "small": "Hidden: small",
    "protects": "Hidden: protects another",
    "before": "Hidden: as before",
    "rest": "The rest is small",
    "no numerator": "Numerator not known",
    "sums": "Does not add up",
    "settings": "Settings",
}


@dataclass(frozen=True)
class Review:
    """One thing to look at. `kind` is a key of WHATS; `period` may be empty. No hidden number stands in it."""

    kind: str
    what: str
    period: str
    why: str
    todo: str


def review(
    source: Source, counts: Counts, protection: Protection, rule: Rule, rules: PublishRules, earlier: Earlier
) -> tuple[Review, ...]:
    """Everything to look at, what is worst first."""
    found = [
        *_exposed(counts, protection),
        *_published(counts, protection, earlier),
        *_settings(rules, counts),
        *_hidden(counts, protection, rule),
        *_rest(counts, protection, rule),
        *_sums(counts, protection),
        *_unknown(counts),
    ]
    if source.since and source.as_published:
        number = f"{source.since} thing{'' if source.since == 1 else 's'}"
        found.append(
            Review(
                "settings",
                source.period.label,
                "",
                f"{number} changed since it was published.",
                "Write a revised copy with --revised, or leave it.",
            )
        )
    order = list(WHATS)
    return tuple(sorted(found, key=lambda each: order.index(each.kind)))


def _named(counts: Counts, key: Key) -> tuple[str, str]:
    return counts.names.get(key, (key[1], key[2]))


def _exposed(counts: Counts, protection: Protection) -> Iterator[Review]:
    for key, span in protection.exposed.items():
        why = "It can be worked out from what is shown." if _is_exact(span) else (
            "What is shown leaves it too narrow a range.")  # fmt: skip
        yield Review("exposed", *_named(counts, key), why, "Leave the table out, or hide more by hand.")


def _is_exact(span: tuple[Fraction, Fraction | None]) -> bool:
    return span[0] == span[1]


def _published(counts: Counts, protection: Protection, earlier: Earlier) -> Iterator[Review]:
    for figure, parts in counts.fractions.items():
        if figure in earlier.shown and any(part in protection.hidden for part in parts):
            name = _named(counts, parts[0])[0].rpartition(":")[0]
            why = "An earlier copy showed the percentage, which is hidden now."
            yield Review("published", name, figure[2], why, "What is out cannot be called back: judge what it tells.")


def _settings(rules: PublishRules, counts: Counts) -> Iterator[Review]:
    if rules.people is None and counts.cells:
        yield Review(
            "settings", "perfbook.toml", "", "It does not say which measures count people, so every count is treated "
            "as one.", 'Write publish.people = ["code of a measure", "title of a grid"].',
        )  # fmt: skip


def _hidden(counts: Counts, protection: Protection, rule: Rule) -> Iterator[Review]:
    for key, why in protection.hidden.items():
        name = _named(counts, key)
        if why == "small":
            yield Review("small", *name, f"It is below {rule.threshold}.", "Nothing, if you agree.")
        elif why == "protects":
            yield Review("protects", *name, "It would tell a small number.", "Nothing, if you agree.")
        else:
            yield Review(
                "before", *name, "An earlier copy hid it.", "Nothing: shown now, it would tell what was hidden."
            )


def _rest(counts: Counts, protection: Protection, rule: Rule) -> Iterator[Review]:
    values = {cell.key: cell.value for cell in counts.cells}
    for top, base in counts.fractions.values():
        rest = values[base] - values[top]
        if top not in protection.hidden and base not in protection.hidden and rest >= 0 and rule.is_small(rest):
            name, period = _named(counts, top)
            yield Review("rest", name.rpartition(":")[0], period, f"All but fewer than {rule.threshold} are counted.",
                         "Judge whether those who are not counted could be known.")  # fmt: skip


def _sums(counts: Counts, protection: Protection) -> Iterator[Review]:
    values = {cell.key: cell.value for cell in counts.cells}
    for each in counts.relations:
        if len(each.parts) < 2 or not all(key in values for key in each.keys):
            continue
        if sum(values[key] for key in each.parts) != values[each.total] and any(
            key in protection.hidden for key in each.keys
        ):
            yield Review("sums", *_named(counts, each.total), "Its parts do not add up to it, and one is hidden.",
                         "See whether the difference tells the hidden number.")  # fmt: skip


def _unknown(counts: Counts) -> Iterator[Review]:
    for name in counts.unknown:
        yield Review("no numerator", name, "", "A percentage or rate whose numerator nobody gave.",
                     "See that not too few people stand behind it.")  # fmt: skip


def counted(found: Sequence[Review]) -> Mapping[str, int]:
    """How many of each kind, in the order of WHATS."""
    return {kind: sum(each.kind == kind for each in found) for kind in WHATS}


def review_book(
    found: Sequence[Review], title: str, created: datetime, council: str, house: HouseStyle = STANDARD
) -> bytes:
    """The list as a workbook for officers, never for the public."""
    book = Book(created=created, title=f"{title}, for review", subject="Not for publication", company=council,
                house=house)  # fmt: skip
    sheet = book.sheet(SHEET)
    columns = (("What", 28), ("Which", 60), ("Period", 16), ("Why", 56), ("What to do", 56))
    for number, (_, width) in enumerate(columns):
        sheet.raw.set_column(number, number, width)
    sheet.text(0, 0, f"{title}: to be looked at before it goes out", book.style(**house.title()))
    sheet.text(1, 0, "Not for publication. " + NEVER_SAFE, book.style(**house.subtitle()))
    sheet.table(3, 0, max(4, 3 + len(found)), len(columns) - 1, {
        "name": "review", "autofilter": True, "style": None,
        "columns": [{"header": head, "header_format": book.style(**house.heading())} for head, _ in columns],
    })  # fmt: skip
    wrapped = book.style(**house.wrapped())
    for row, each in enumerate(found, start=4):
        for col, words in enumerate((WHATS[each.kind], each.what, each.period, each.why, each.todo)):
            sheet.text(row, col, words, wrapped)
        longest = max(
            -(-len(words) // (width - 4))
            for words, (_, width) in zip(
                (each.what, each.why, each.todo), (columns[1], columns[3], columns[4]), strict=True
            )
        )
        sheet.raw.set_row(row, 16.0 * max(longest, 1))
    if not found:
        sheet.text(4, 0, "Nothing", wrapped)
    sheet.raw.freeze_panes(4, 0)
    sheet.raw.set_landscape()
    sheet.raw.set_paper(9)
    sheet.raw.fit_to_pages(1, 0)
    sheet.raw.repeat_rows(3)
    sheet.raw.set_footer("&L&F&RPage &P of &N")
    return book.close()
