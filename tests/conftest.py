"""Fixtures of all tests: LibreOffice, the shared data, the Open XML validator."""

from __future__ import annotations

import io
import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from openxml_audit import FileFormat, OpenXmlValidator

from perfbook import _cache
from perfbook.framework import kept
from tests.support.browser import Browser
from tests.support.frameworks import ReadOnce
from tests.support.office import Office

ROOT = Path(__file__).resolve().parents[1]
Audit = Callable[[str | os.PathLike[str] | bytes | io.BytesIO], list[str]]

# The same cases at every run, and no opinion of how fast the machine is: what fails is the code, not a busy neighbour.
# For other cases than these: --hypothesis-profile=default --hypothesis-seed=random
settings.register_profile(
    "perfbook", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("perfbook")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Share modules out, the long ones first. Each worker has a LibreOffice of its own."""
    from tests.support import schedule

    return schedule.make(config, log)


@pytest.fixture(autouse=True, scope="session")
def _no_cache_of_mine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache folder for the tests, so that they neither find nor leave anything in the user's own."""
    folder = tmp_path_factory.mktemp("cache") / "perfbook"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_cache, "cache_folder", lambda: folder)
        yield


@pytest.fixture(autouse=True, scope="session")
def _frameworks_are_read_once() -> Iterator[None]:
    """Reading the samples' frameworks again for each workspace would take a tenth of the time of all tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept, "read_framework", ReadOnce())
        yield


@pytest.fixture(scope="session")
def office() -> Iterator[Office]:
    """One LibreOffice for the whole session; it starts when a test first opens a workbook."""
    with Office() as started:
        yield started


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole session."""
    with Browser() as started:
        yield started


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of published figures and kept files, beside the project's folder."""
    folder = ROOT.parent / "shared"
    if not (folder / "data").is_dir():
        pytest.fail(f"The published figures are missing: there is no folder {folder / 'data'}.", pytrace=False)
    return folder


@pytest.fixture(scope="session")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    """Return a function that lists what the Open XML validator has to say of a workbook; empty is good.

    It takes a path or the bytes of an .xlsx or .xlsm. Each finding is `[kind] part:element: what is wrong`.
    """
    validator = OpenXmlValidator(file_format=FileFormat.OFFICE_2019, max_errors=0)
    folder = tmp_path_factory.mktemp("audit")
    numbers = itertools.count()

    def run(workbook: str | os.PathLike[str] | bytes | io.BytesIO) -> list[str]:
        if isinstance(workbook, io.BytesIO):
            workbook = workbook.getvalue()
        if isinstance(workbook, bytes):
            path = folder / f"{next(numbers)}.xlsx"
            path.write_bytes(workbook)
        else:
            path = Path(workbook)
        return [str(finding) for finding in validator.validate(path).errors]

    return run
