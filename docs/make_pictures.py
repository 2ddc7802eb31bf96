"""Make the pictures of the README and the pages: the real workbooks of the demonstration, printed by LibreOffice.

    python docs/make_pictures.py
    python docs/make_pictures.py --conversation
    python docs/make_pictures.py --publish

The second makes only those of a whole conversation about one return, typed into LibreOffice step by step; the third
only those of the public copy and of house styles.
Needs LibreOffice and pdftoppm. Each visible sheet's first page of a return and of the framework becomes
docs/pictures/<book>-<sheet>.png, and the first sheet of the scorecard with macros docs/pictures/scorecard-button.png.
The sheets of scorecards are made by make_gallery.py.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from PIL import Image, ImageChops

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from perfbook.creating import create_workspace  # noqa: E402
from perfbook.demo import run_demo  # noqa: E402
from perfbook.samples import read_sample  # noqa: E402
from tests.feedback.story import tell  # noqa: E402
from tests.support.office import Office  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
DOTS_PER_INCH = 110
MARGIN = 24


def main() -> None:
    """Make every picture anew."""
    with tempfile.TemporaryDirectory() as folder, Office() as office:
        done = run_demo("dudley", Path(folder) / "demo", None)
        books = {
            "return": next(p for p in done.generated.folder.iterdir() if "Housing" in p.name),
            "framework": done.workspace.root / "framework.xlsx",
        }
        PICTURES.mkdir(exist_ok=True)
        for old in PICTURES.glob("*.png"):
            if not old.name.startswith(("conversation-", "gallery-", "publish-", "style-")):
                old.unlink()
        for name, path in books.items():
            for sheet, page in first_pages(path, Path(folder), office):
                picture(page, PICTURES / f"{name}-{slug(sheet)}.png")
        as_at = done.consolidation.quarter.as_at
        with_macros = done.workspace.consolidate(as_at=as_at, xlsm=True).outputs["scorecard"]
        shown = with_printed_button(with_macros, Path(folder) / "button.xlsm")
        picture(first_pages(shown, Path(folder), office)[0][1], PICTURES / "scorecard-button.png")


# Of each step of the conversation its sheets, and how many of their pages are shown.
STEPS = {
    "blank": {"Start": 1, "Measures": 1},
    "half-filled": {"Start": 1, "Measures": 2},
    "signed with errors": {"Start": 1},
    "feedback": {"Queries": 1, "Measures": 2},
    "answered and certified": {"Start": 1},
    "changed after": {"Start": 1},
    "second feedback": {"Queries": 1},
}


def conversation() -> None:
    """Make the pictures of a conversation about one return anew."""
    with tempfile.TemporaryDirectory() as folder, Office() as office:
        story = tell(Path(folder), office)
        for old in PICTURES.glob("conversation-*.png"):
            old.unlink()
        for number, (step, sheets) in enumerate(STEPS.items(), start=1):
            copy = Path(folder) / f"step{number}.xlsx"
            copy.write_bytes(story.books[step].read_bytes())
            name = f"conversation-{number}-{slug(step)}"
            for sheet, pages in all_pages(copy, Path(folder), office).items():
                for page in range(min(sheets.get(sheet, 0), len(pages))):
                    more = f"-{page + 1}" if page else ""
                    picture(pages[page], PICTURES / f"{name}-{slug(sheet)}{more}.png")
        evening = story.quarters["changed after"].as_at
        scorecard = story.workspace.consolidate(as_at=evening).outputs["scorecard"]
        changes = dict(first_pages(scorecard, Path(folder), office))["Changes"]
        picture(changes, PICTURES / "conversation-8-scorecard-changes.png")


# The sheets of a public copy that are shown, by what stands in A1.
PUBLIC = {
    "cover": "Walsall Children's Services: performance",
    "contents": "Contents",
    "measures": "Table 2:",
    "complaints": "Table 8: Complaints",
}
STYLED = ("kirklees", "walsall-children")


def published() -> None:
    """Make the pictures of a public copy, as .xlsx and as .ods, of its list for review, and of house styles anew."""
    with tempfile.TemporaryDirectory() as name, Office() as office:
        folder = Path(name)
        for old in (*PICTURES.glob("publish-*.png"), *PICTURES.glob("style-*.png")):
            old.unlink()
        for council in STYLED:
            workspace = create_workspace(folder / council, example=council)
            as_at = read_sample(council).as_at
            scorecard = workspace.consolidate(as_at=as_at).outputs["scorecard"]
            picture(first_pages(scorecard, folder, office)[0][1], PICTURES / f"style-{council}-summary.png")
            [blank, *_] = workspace.generate(as_at=as_at, period=workspace.settings.period.shift(1)).written
            picture(first_pages(blank, folder, office)[0][1], PICTURES / f"style-{council}-return.png")
        done = workspace.publish(as_at=as_at)
        for kind, path in (("", done.outputs["public copy"]), ("-ods", done.outputs["ods"])):
            copy = folder / f"copy{kind}{path.suffix}"
            copy.write_bytes(path.read_bytes())
            for title, page in titled_pages(copy, folder, office).items():
                if not kind or title == "complaints":
                    picture(page, PICTURES / f"publish-{title}{kind}.png")
        listed = first_pages(done.outputs["public copy review"], folder, office)
        picture(listed[0][1], PICTURES / "publish-review.png")


def titled_pages(path: Path, folder: Path, office: Office) -> dict[str, Path]:
    """The pictures of the pages that begin with a title of PUBLIC."""
    pdf = folder / f"{path.stem}.pdf"
    with office.open(path) as book:
        book.to_pdf(pdf)
    subprocess.run(["pdftoppm", "-r", str(DOTS_PER_INCH), "-png", pdf, folder / path.stem], check=True)
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout
    pages = sorted(folder.glob(f"{path.stem}-*.png"), key=lambda p: int(p.stem.rsplit("-", 1)[1]))
    found: dict[str, Path] = {}
    for content, page in zip(text.split("\f"), pages, strict=False):
        for name, title in PUBLIC.items():
            if content.strip().startswith(title):
                found.setdefault(name, page)
    return found


def all_pages(path: Path, folder: Path, office: Office) -> dict[str, list[Path]]:
    """The pictures of all pages of each visible sheet, known by the name in its footer."""
    found: dict[str, list[Path]] = {}
    first = dict(first_pages(path, folder, office))
    pages = sorted(folder.glob(f"{path.stem}-*.png"), key=lambda p: int(p.stem.rsplit("-", 1)[1]))
    starts = {page: sheet for sheet, page in first.items()}
    sheet = ""
    for page in pages:
        sheet = starts.get(page, sheet)
        found.setdefault(sheet, []).append(page)
    return found


def with_printed_button(path: Path, target: Path) -> Path:
    """A copy in which the button is printed too: on paper it would be of no use, in a picture it is."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith(".vml"):
                content = content.replace(b"<x:PrintObject>False</x:PrintObject>", b"")
            new.writestr(name, content)
    return target


def first_pages(path: Path, folder: Path, office: Office) -> list[tuple[str, Path]]:
    """Each visible sheet's name and the picture of its first page, known by the name in its header or footer."""
    pdf = folder / f"{path.stem}.pdf"
    with office.open(path) as book:
        names = [sheet.name for sheet in book.sheets() if sheet.visible]
        book.to_pdf(pdf)
    subprocess.run(["pdftoppm", "-r", str(DOTS_PER_INCH), "-png", pdf, folder / path.stem], check=True)
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout
    pages = sorted(folder.glob(f"{path.stem}-*.png"), key=lambda p: int(p.stem.rsplit("-", 1)[1]))
    found: dict[str, Path] = {names[0]: pages[0]}
    for content, page in zip(text.split("\f"), pages, strict=False):
        lines = content.strip().splitlines() or [""]
        for name in names:
            ends_with_name = re.compile(rf"(^|\s){re.escape(name)}\s*$")
            # Page furniture of a house style may stand below the name.
            if name not in found and any(ends_with_name.search(line) for line in (lines[0], *lines[-2:])):
                found[name] = page
    return list(found.items())


def picture(page: Path, target: Path, colours: int = 128) -> None:
    """The page without its empty margins, in few colours so that the file stays small."""
    with Image.open(page) as opened:
        image = opened.convert("RGB")
    box = ImageChops.difference(image, Image.new("RGB", image.size, "white")).getbbox()
    if box:
        left, top, right, bottom = box
        image = image.crop(
            (max(left - MARGIN, 0), max(top - MARGIN, 0), min(right + MARGIN, image.width), bottom + MARGIN)
        )
    image.quantize(colours).save(target, optimize=True)


def slug(name: str) -> str:
    """A sheet's name as part of a file's name."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


if __name__ == "__main__":
    if "--publish" in sys.argv:
        published()
    elif "--conversation" in sys.argv:
        conversation()
    else:
        main()
