"""What the rules between directorates see of one of them, as hashes: enough to tell whether they would say the same."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b

from perfbook.checks.across.copy_rules import LONG_ENOUGH
from perfbook.checks.across.findings import Part
from perfbook.checks.across.of_quarter import reported_rows, spot_of
from perfbook.checks.said import alike
from perfbook.framework.model import Framework
from perfbook.framework.periods import Period

_SIZE = 8
Row = tuple[int, int, int]


@dataclass(frozen=True)
class Shown:
    """One directorate: `fixed` is a hash of its rows without their texts, of what it said of actions, and of sections.

    `rows` hold three numbers of eight bytes for each row, update and section: a hash of its texts and where they stand,
    and one of each text as it is compared with others; 0 where there is none, or it is too short to be.
    """

    fixed: str
    rows: bytes

    @property
    def numbers(self) -> array[int]:
        """The numbers of all rows, one after the other."""
        return array("q", self.rows)

    def each_row(self) -> Iterator[Row]:
        """The rows, each with its three numbers."""
        numbers = iter(self.numbers)
        return zip(numbers, numbers, numbers, strict=True)


def shown_of(framework: Framework, period: Period, part: Part) -> Shown:
    """What one directorate shows of a period."""
    fixed, numbers = blake2b(digest_size=32), array("q")
    keys = sorted({each.measure for each in part.figures}, key=framework.places.__getitem__)
    summed = {key for whole, parts in framework.sums.items() for key in (whole, *parts)}
    for measure, about, now in reported_rows(period, part.figures, [framework.by_key[key] for key in keys]):
        fixed.update(_bytes(spot_of(now.source, measure.key, about), now if measure.key in summed else ""))
        whole = _number(_bytes(measure.key, now.commentary, now.commentary_at, now.action, now.action_at))
        numbers.extend((whole, _text(now.commentary), _text(now.action)))
    for report in part.actions:
        said = _bytes(report.action, report.deliverable, report.rating, report.update, report.update_at)
        said += _bytes(report.is_blank)
        fixed.update(said + _bytes(spot_of(report.source, report.action, report.period)))
        numbers.extend((_number(said), _text(report.update), 0))
    for text in part.sections:
        said = _bytes(text.section, text.text, spot_of(text.source, text.section, text.period))
        fixed.update(said)
        numbers.extend((_number(said), _text(text.text), 0))
    return Shown(fixed.hexdigest(), numbers.tobytes())


def is_alike(before: Mapping[str, Shown], after: Mapping[str, Shown], others: Iterable[Shown]) -> bool:
    """Whether the rules between directorates are certain to find the same of `after` as of `before`, by directorate,
    beside the `others`: the same rows are reported, and no text that came or went stands anywhere else."""
    if before.keys() != after.keys() or any(before[key].fixed != after[key].fixed for key in before):
        return False
    then = Counter(row for each in before.values() for row in each.each_row())
    now = Counter(row for each in after.values() for row in each.each_row())
    gone, come, stayed = then - now, now - then, then & now
    changed: set[int] = set()
    for rows in (gone, come):
        texts = Counter(text for row in rows.elements() for text in row[1:] if text)
        if any(number > 1 for number in texts.values()):
            return False
        changed |= texts.keys()
    if any(text in changed for row in stayed for text in row[1:]):
        return False
    return all(changed.isdisjoint(each.numbers) for each in others)


def _text(text: str) -> int:
    plain = alike(text)  # which is longer than the text, where that has an ß
    return _number(plain.encode("utf-8", "surrogatepass")) if len(plain) >= LONG_ENOUGH else 0


def _number(data: bytes) -> int:
    return int.from_bytes(blake2b(data, digest_size=_SIZE).digest(), "big", signed=True)


def _bytes(*values: object) -> bytes:
    return "\x1f".join(map(repr, values)).encode("utf-8", "surrogatepass")
