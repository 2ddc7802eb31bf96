"""One conversation about one return, step by step, with LibreOffice where a person types."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from perfbook.creating import create_workspace
from perfbook.records import Quarter, ReturnRecord
from perfbook.settings import ZONE
from perfbook.workspace import Workspace
from tests.returns.places import Places
from tests.support.office import Book, Office

# Of the directorate Housing: what each measure is called here.
SATISFACTION, ARREARS, FORMER, REPAIRS, LOST = "dud-008", "dud-009", "dud-010", "dud-011", "dud-012"
NAME = "Dudley 2020-21 Q2 Housing.xlsx"
REPLY = "The survey firm rounded down; the numbers of tenants are right."
COMMENTARY = "Two of the five case officers were away in August, so 34 of 147 cases ran late."
ACTION = "A temporary officer started on 1 September; back on target by December."


@dataclass
class Story:
    """The workspace, and the books and quarters of each step by name."""

    workspace: Workspace
    office: Office
    books: dict[str, Path] = field(default_factory=dict)
    quarters: dict[str, Quarter] = field(default_factory=dict)

    @property
    def returned(self) -> Path:
        """The return in the shared folder."""
        return self.workspace.returns_folder(self.workspace.settings.period) / NAME

    @property
    def feedback(self) -> Path:
        """The book that goes back."""
        return self.workspace.feedback_folder(self.workspace.settings.period) / NAME

    def keep(self, step: str, path: Path) -> None:
        """Keep a copy of a book as it is now."""
        target = self.workspace.root / "steps" / f"{step}.xlsx"
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, target)
        self.books[step] = target

    def collect(self, step: str, day: int) -> Quarter:
        """Collect on the evening of a day of October 2020."""
        evening = datetime(2020, 10, day, 20, 0, tzinfo=ZONE)
        quarter = self.workspace.collect(as_at=evening)
        self.quarters[step] = quarter
        return quarter

    def record(self, step: str) -> ReturnRecord:
        """The return of Housing at a step."""
        return next(r for r in self.quarters[step].returns if r.directorate == "housing")

    def asked(self, step: str) -> set[tuple[str, str, str]]:
        """Measure, code and severity of what the checks have to say about it at a step."""
        found = self.quarters[step].findings
        return {(f.measure, f.code, f.severity) for f in found if f.file == NAME}

    def save_over(self, book: Book, day: int) -> None:
        """Save a book over the return, in the morning of a day of October 2020."""
        book.save_as(self.returned)
        self.arrive(day)

    def arrive(self, day: int) -> None:
        """Give the return the time at which it was saved."""
        stamp = datetime(2020, 10, day, 10, 0, tzinfo=ZONE).timestamp()
        os.utime(self.returned, (stamp, stamp))


def tell(folder: Path, office: Office) -> Story:
    """The whole conversation."""
    story = Story(create_workspace(folder / "council", example="dudley", blank=True), office)
    _blank(story)
    _half_filled(story)
    _signed_with_errors(story)
    _sent_back_unedited(story)
    _answered(story)
    _changed_after(story)
    return story


def _blank(story: Story) -> None:
    story.workspace.generate(as_at=datetime(2020, 10, 1, 9, 0, tzinfo=ZONE))
    for path in story.returned.parent.iterdir():
        if path != story.returned:
            path.unlink()
    story.arrive(1)
    story.keep("blank", story.returned)
    story.collect("blank", 2)


def _half_filled(story: Story) -> None:
    places = Places(story.returned.read_bytes())
    with story.office.open(story.returned) as book:
        book.type_cell("Measures", places.measure(SATISFACTION, "numerator"), "113")
        book.type_cell("Measures", places.measure(SATISFACTION, "denominator"), "147")
        book.type_cell("Measures", places.measure(ARREARS, "actual"), "1.54%")
        story.save_over(book, 5)
    story.keep("half-filled", story.returned)
    story.collect("half-filled", 5)


def _signed_with_errors(story: Story) -> None:
    places = Places(story.returned.read_bytes())
    with story.office.open(story.returned) as book:
        book.type_cell("Measures", places.measure(SATISFACTION, "actual"), "76.8%")
        book.set_cell("Measures", places.measure(SATISFACTION, "commentary"), COMMENTARY)
        book.set_cell("Measures", places.measure(SATISFACTION, "action"), ACTION)
        # Pasted, where typing would have been stopped: 1.93 for 1.93%.
        book.set_cell("Measures", places.measure(FORMER, "actual"), 1.93)
        book.type_cell("Measures", places.measure(REPAIRS, "numerator"), "162")
        book.type_cell("Measures", places.measure(REPAIRS, "denominator"), "170")
        book.type_cell("Measures", places.measure(LOST, "actual"), "1.89%")
        sign(book, places, "Provisional", "12/10/2020")
        story.save_over(book, 12)
    story.keep("signed with errors", story.returned)
    story.collect("signed with errors", 12)
    story.keep("feedback", story.feedback)


def _sent_back_unedited(story: Story) -> None:
    shutil.copyfile(story.feedback, story.returned)
    story.arrive(13)
    story.collect("unedited", 13)


def _answered(story: Story) -> None:
    places = Places(story.feedback.read_bytes())
    with story.office.open(story.feedback) as book:
        book.type_cell("Measures", places.measure(FORMER, "actual"), "1.93%")
        book.set_cell("Measures", places.measure(SATISFACTION, "reply"), REPLY)
        book.set_cell("Measures", places.measure(LOST, "commentary"), "Nine homes stood empty for major works.")
        sign(book, places, "Certified", "14/10/2020")
        story.save_over(book, 14)
    story.keep("answered and certified", story.returned)
    story.collect("answered and certified", 14)
    # A second evening finds nothing new.
    story.collect("certified still", 15)


def _changed_after(story: Story) -> None:
    places = Places(story.returned.read_bytes())
    with story.office.open(story.returned) as book:
        book.type_cell("Measures", places.measure(ARREARS, "actual"), "1.94%")
        story.save_over(book, 16)
    story.keep("changed after", story.returned)
    story.collect("changed after", 16)
    story.keep("second feedback", story.feedback)


def sign(book: Book, places: Places, state: str, day: str) -> None:
    """Fill the sign-off."""
    for key, text in (("state", state), ("role", "Head of Housing"), ("date", day)):
        book.type_cell("Start", places.start(f"sign_off.{key}"), text)
