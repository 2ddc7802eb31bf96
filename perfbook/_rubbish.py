"""How often Python looks for objects that nobody needs."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# A quarter is made of millions of records that all are needed: looking for rubbish among them took a third of the time.
_SELDOM = (100_000, 50, 100)


@contextmanager
def seldom_looked_for() -> Iterator[None]:
    """Look for rubbish seldom, in what makes very many records and hardly any rubbish."""
    before = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
