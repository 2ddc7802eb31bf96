from __future__ import annotations

from pathlib import Path

import pytest

from perfbook import _cache
from tests.unattended.council import make_workspace


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own, for this process and those that it starts."""
    folder = tmp_path_factory.mktemp("cache")
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setattr(_cache, "cache_folder", lambda: folder / "perfbook")
    return folder / "perfbook"


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three services, two certified and one not sent; tests copy it."""
    root = tmp_path_factory.mktemp("council") / "made"
    make_workspace(root, unsigned=1)
    return root
