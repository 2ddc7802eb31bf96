"""What `status` answered last, so that it is not worked out again while nothing has changed.

It holds for the same settings, framework, files, record and program, on the same day and the same side of the due
date; it lies in the user's own cache folder and can be deleted at any time. Nothing that writes depends on it.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import pickle
import time
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from perfbook._cache import cache_file
from perfbook._files import write_whole
from perfbook.errors import CannotWriteError
from perfbook.settings import FILE_NAME, ZONE, find_root, read_settings
from perfbook.unattended import memo
from perfbook.workbook.text import file_name

_PLAIN = {("collections", "OrderedDict"), ("builtins", "set"), ("builtins", "frozenset")}


class Glance:
    """The place of an answer. Make it before the quarter is looked at: it notes what that starts from.

    Raises WorkspaceError, PeriodError.
    """

    def __init__(self, folder: str, period: str | None, as_at: datetime) -> None:
        root = find_root(folder)
        settings = read_settings(root / FILE_NAME)
        chosen = settings.period if period is None else settings.parse_period(period)
        self._root, self._as_at = root, as_at
        self._path = cache_file("status", root, ".json", chosen.label)
        late = as_at > settings.due_at(chosen) + timedelta(days=settings.grace_days)
        self._day = f"{as_at.astimezone(ZONE).date()} {as_at.tzinfo} {late}"
        returns = root / settings.returns_folder / file_name(chosen.label)
        # A password that is given opens what was refused, and no trace of it belongs into a cache.
        secret = settings.reading.password_variable or settings.reading.password_file
        self._seen = "" if secret else memo.sight(root, returns, time.time())

    def recall(self) -> tuple[dict[str, Any], bytes, int] | None:
        """The answer, what a screen shows of it (for `shown`), and the exit code; None where it may be another now."""
        facts = memo.facts(self._root, self._seen)
        if not facts or self._path is None:
            return None
        try:
            kept = json.loads(self._path.read_bytes())
            if kept["facts"] != facts or kept["day"] != self._day:
                return None
            answer = dict(kept["answer"]) | {"as_at": self._as_at.isoformat()}
            return answer, base64.b64decode(kept["shown"]), int(kept["exit_code"])
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def keep(self, answer: dict[str, Any], tables: Sequence[object], code: int, outcomes: Iterable[str]) -> None:
        """Keep an answer, unless one of the outcomes of files may be another in a moment."""
        facts = memo.facts(self._root, self._seen)
        if not facts or self._path is None or not memo.is_lasting(outcomes):
            return
        shown = base64.b64encode(pickle.dumps(tuple(tables))).decode("ascii")
        kept = {"facts": facts, "day": self._day, "answer": answer, "shown": shown, "exit_code": code}
        with contextlib.suppress(CannotWriteError):
            write_whole(self._path, json.dumps(kept).encode("ascii"))


class _ScreenOnly(pickle.Unpickler):
    """Makes nothing but what rich shows on a screen."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN or module.partition(".")[0] == "rich":
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is nothing to be shown")


def shown(tables: bytes) -> tuple[object, ...] | None:
    """What was kept for the screen; None for what is spoilt."""
    try:
        found = _ScreenOnly(io.BytesIO(tables)).load()
    except Exception:  # what is spoilt fails in any way
        return None
    return found if isinstance(found, tuple) else None
