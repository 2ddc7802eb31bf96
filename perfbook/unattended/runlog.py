"""The log of unattended runs: one JSON object a line, ASCII, each with the run it belongs to; old ones rotate away."""

from __future__ import annotations

import json
import logging
import uuid
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from perfbook.settings import ZONE

BIGGEST = 1_000_000
KEPT = 5
_FIELDS = "perfbook_fields"


def new_run_id(now: datetime) -> str:
    """An identifier of a run that sorts by time: 20201020T020000-1f3a9c."""
    return f"{now:%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:6]}"


class RunLog:
    """The log of one run. Use it as a context manager; what cannot be logged stops nothing (see `broken`).

    Only the run that holds the workspace's lock may rotate: two that rename the same files lose lines.
    """

    def __init__(self, path: Path, run: str, *, rotates: bool = True) -> None:
        self.path = path
        self.run = run
        self.broken = ""
        # Not from the registry of loggers: two runs of one process must not share handlers.
        self._logger = logging.Logger("perfbook.unattended", logging.INFO)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._handler: logging.Handler = _Handler(self, path, BIGGEST if rotates else 0)
        except OSError as error:
            self.broken = error.strerror or str(error)
            self._handler = logging.NullHandler()
        self._handler.setFormatter(_Lines(run))
        self._logger.addHandler(self._handler)

    def __enter__(self) -> RunLog:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._handler.close()

    def info(self, event: str, **fields: object) -> None:
        """Something happened."""
        self._logger.info(event, extra={_FIELDS: fields})

    def failure(self, event: str, error: BaseException | None = None, **fields: object) -> None:
        """Something failed; with an error, its traceback is kept too."""
        self._logger.error(event, exc_info=error, extra={_FIELDS: fields})


class _Handler(RotatingFileHandler):
    def __init__(self, owner: RunLog, path: Path, biggest: int) -> None:
        super().__init__(path, maxBytes=biggest, backupCount=KEPT, encoding="ascii", delay=True)
        self._owner = owner

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802, RUF100
        # Nobody looks at a screen at night; the summary tells it.
        self._owner.broken = self._owner.broken or "the log could not be written"


class _Lines(logging.Formatter):
    def __init__(self, run: str) -> None:
        super().__init__()
        self._run = run

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, ZONE).isoformat(timespec="milliseconds"),
            "run": self._run,
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, _FIELDS, {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True, default=str)
