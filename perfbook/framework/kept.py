"""The framework of a workbook that was read before: for many thousands of measures, reading takes a while."""

from __future__ import annotations

import hashlib
from pathlib import Path

from perfbook._code import program_state
from perfbook._digest import framework_digest
from perfbook._stored import Stored
from perfbook.framework.book import read_framework
from perfbook.framework.model import Framework, Frequency


def kept_framework(
    root: Path, path: Path, *, council: str, year_start: int, reporting: Frequency, default_scheme: str
) -> Framework:
    """As `read_framework`, for the workspace at `root`; the same bytes, settings and program are read but once.

    Raises as `read_framework`: what has mistakes is never kept.
    """
    about = (str(path), council, year_start, reporting, default_scheme, program_state())
    stored, before = Stored("framework", root), _digest(path, about)
    found = stored.get(before) if before else None
    match found:
        case (Framework() as framework, str(digest)):
            framework.once("digest", lambda: digest)
            return framework
    framework = read_framework(
        path, council=council, year_start=year_start, reporting=reporting, default_scheme=default_scheme
    )
    # Somebody may have saved it meanwhile.
    if before and _digest(path, about) == before:
        stored.put(before, (framework, framework_digest(framework)))
    return framework


def _digest(path: Path, about: tuple[object, ...]) -> str:
    """Of the bytes and of what else they are read by; empty where there are none."""
    try:
        return hashlib.sha256(path.read_bytes() + repr(about).encode("utf-8", "surrogatepass")).hexdigest()
    except OSError:
        return ""
