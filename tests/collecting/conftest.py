from __future__ import annotations

from pathlib import Path

import pytest

from tests.collecting.council import Share, council


@pytest.fixture
def share(tmp_path: Path) -> Share:
    """An empty shared folder, of which three returns were issued."""
    made = Share(tmp_path, council())
    made.folder.mkdir()
    made.issue()
    return made
