"""Pictures of workbooks, to look at what we make."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from tests.support.office import Office, OfficeError


def render(workbook: str | os.PathLike[str], out_dir: str | os.PathLike[str], office: Office) -> list[Path]:
    """Print a workbook through LibreOffice and return one PNG a page, in order, in `out_dir` (70 dots an inch).

    The pictures are named after the workbook; those of an earlier call are replaced.
    """
    source, folder = Path(workbook), Path(out_dir)
    program = shutil.which("pdftoppm")
    if program is None:
        raise OfficeError("These pictures need pdftoppm of poppler-utils. Run: python3 bootstrap.py test")
    folder.mkdir(parents=True, exist_ok=True)
    pages = re.compile(re.escape(source.stem) + r"-(\d+)\.png")
    for old in folder.iterdir():
        if pages.fullmatch(old.name):
            old.unlink()
    pdf = folder / f"{source.stem}.pdf"
    with office.open(source) as book:
        book.to_pdf(pdf)
    subprocess.run([program, "-r", "70", "-png", pdf, folder / source.stem], check=True, capture_output=True)
    found = [(int(match[1]), path) for path in folder.iterdir() if (match := pages.fullmatch(path.name))]
    return [path for _, path in sorted(found)]
