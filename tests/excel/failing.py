"""An Excel that fails in the middle of a refresh."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import xlwings

from tests.support.xlwings_office import Book, Excel


@contextmanager
def failing(excel: Excel, book: Book, place: str) -> Iterator[list[str]]:
    """Excel fails at one place, once: what is put back is taken again. The list has the place when it did."""
    failures: list[str] = []

    def fail(sheet: str = place) -> None:
        if sheet == place and not failures:
            failures.append(sheet)
            raise RuntimeError("call was rejected by callee")

    write = xlwings.Range.value.fset  # type: ignore[attr-defined]

    def drop(cells: xlwings.Range, value: Any) -> None:
        if cells.sheet.name == "Passport" and not failures:
            failures.append("Passport")
        else:
            write(cells, value)

    with pytest.MonkeyPatch.context() as patch:
        if place == "calculate":
            patch.setattr(book.app, "calculate", fail)
        elif place == "not taken":
            patch.setattr(xlwings.Range, "value", xlwings.Range.value.setter(drop))  # type: ignore[attr-defined]
        else:
            patch.setattr(excel, "before_write", fail)
        yield failures
