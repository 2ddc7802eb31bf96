"""The sample councils' completed returns, and the days on which they came."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from perfbook import _resources
from perfbook.errors import UsageError
from perfbook.settings import ZONE


@dataclass(frozen=True)
class Sample:
    """A sample's returns: when the blanks were issued, when each file was received, and the moment to look at it."""

    issued: datetime
    as_at: datetime
    received: Mapping[Path, datetime]


def read_sample(name: str) -> Sample:
    """The sample of an example council. Raises UsageError where there is none."""
    folder = _resources.folder("sample_returns") / name
    manifest = folder / "sample.toml"
    if not manifest.is_file():
        raise UsageError(f"There are no completed returns for {name!r}.")
    with manifest.open("rb") as file:
        table = tomllib.load(file)
    received = {folder / file_name: _local(moment) for file_name, moment in table["received"].items()}
    return Sample(_local(table["issued"]), _local(table["as_at"]), received)


def _local(moment: datetime) -> datetime:
    return moment.replace(tzinfo=ZONE)
