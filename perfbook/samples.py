"""The sample councils' completed returns, and the days on which they came."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from perfbook import _resources
from perfbook.errors import UsageError
from perfbook.settings import ZONE


@dataclass(frozen=True)
class Sample:
    """A sample's returns: when the blanks were issued, when each file was received, and the moment to look at it.

    `period` is a label, empty for the current one of the settings. `earlier` are the rounds that were collected before,
    oldest first. `framework` is the workbook that was in force then, where it was not yet the one of the example.
    """

    issued: datetime
    as_at: datetime
    received: Mapping[Path, datetime]
    period: str = ""
    earlier: tuple[Sample, ...] = ()
    framework: Path | None = None


def read_sample(name: str) -> Sample:
    """The sample of an example council. Raises UsageError where there is none."""
    folder = _resources.folder("sample_returns") / name
    manifest = folder / "sample.toml"
    if not manifest.is_file():
        raise UsageError(f"There are no completed returns for {name!r}.")
    with manifest.open("rb") as file:
        table = tomllib.load(file)
    return _sample(folder, _resources.folder("workbook_templates") / name, table)


def _sample(folder: Path, templates: Path, table: Mapping[str, Any]) -> Sample:
    received = {folder / file_name: _local(moment) for file_name, moment in table["received"].items()}
    earlier = tuple(_sample(folder, templates, each) for each in table.get("earlier", ()))
    own = table.get("framework", "")
    return Sample(
        _local(table["issued"]),
        _local(table["as_at"]),
        received,
        table.get("period", ""),
        earlier,
        templates / own if own else None,
    )


def _local(moment: datetime) -> datetime:
    return moment.replace(tzinfo=ZONE)
