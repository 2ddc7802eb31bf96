"""Finds the folders that travel with the package: templates, macros, samples."""

from __future__ import annotations

from pathlib import Path

_NAMES = ("macros", "sample_returns", "workbook_templates")
_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """Return the folder `name`, one of `macros`, `sample_returns`, `workbook_templates`.

    An installed package carries it inside; in the project's own tree it lies beside the package.

    Raises ValueError for any other name, FileNotFoundError if this installation lacks the folder.
    """
    if name not in _NAMES:
        raise ValueError(f"There is no folder {name!r} in perfbook. Choose one of: {', '.join(_NAMES)}.")
    candidates = (_PACKAGE / "_data" / name, _PACKAGE.parent / name)
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(
        f"The folder {name} of perfbook was found neither as {candidates[0]} nor as {candidates[1]}."
        " Install perfbook again."
    )
