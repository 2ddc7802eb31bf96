from __future__ import annotations

from datetime import UTC, datetime

import pytest

from perfbook.creating import create_workspace
from perfbook.records import Quarter
from perfbook.workspace import Workspace

AS_AT = datetime(2020, 10, 30, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def dudley(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return create_workspace(tmp_path_factory.mktemp("reports") / "council", example="dudley")


@pytest.fixture(scope="session")
def dudley_quarter(dudley: Workspace) -> Quarter:
    return dudley.collect(as_at=AS_AT)


@pytest.fixture(scope="session")
def kirklees_quarter(tmp_path_factory: pytest.TempPathFactory) -> Quarter:
    workspace = create_workspace(tmp_path_factory.mktemp("themes") / "council", example="kirklees")
    return workspace.collect(as_at=datetime(2017, 11, 6, 9, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def sandwell_quarter(tmp_path_factory: pytest.TempPathFactory) -> Quarter:
    workspace = create_workspace(tmp_path_factory.mktemp("plans") / "council", example="sandwell")
    return workspace.collect(as_at=datetime(2024, 2, 20, 9, 0, tzinfo=UTC))
