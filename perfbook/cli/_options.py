"""The options that commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

WORKSPACE = click.option(
    "-w",
    "--workspace",
    "folder",
    default=".",
    metavar="DIR",
    help="The workspace (default: here, or the nearest folder above with a perfbook.toml).",
)
PERIOD = click.option("--period", metavar="PERIOD", help='The reporting period, like "2020-21 Q2".')
AS_AT = click.option(
    "--as-at",
    metavar="TIME",
    help="The moment to look from, like 2020-10-20 or 2020-10-20T09:00 (default: now; a day means its end).",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object and nothing else.")
CLUSTER = click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Read and write returns on the workers of a Dask scheduler, like tcp://host:8786 (default: this machine).",
)


def common(command: F) -> F:
    """Give a command the options that every command about a period has."""
    for option in (JSON, AS_AT, PERIOD, WORKSPACE):
        command = option(command)
    return command
