"""A thousand spoilt returns, always the same ones; benchmarks/fuzz.py makes others for as long as one likes."""

from __future__ import annotations

from itertools import islice

from tests.collecting.bad_inputs.fuzzing import fuzz, originals
from tests.support.fuzz import spoilt_file, spoilt_files

SEED = 20_311_231
FILES = 1_000


def test_no_spoilt_file_escapes() -> None:
    done = fuzz(islice(spoilt_files(SEED, originals()), FILES))
    assert done.escapes == []
    assert sum(done.codes.values()) == FILES
    # Neither were all of them refused at the door, nor all of them read.
    assert len(done.codes) > 5
    assert done.codes["read"] > FILES / 20


def test_the_same_number_gives_the_same_file() -> None:
    kinds = originals()
    assert [spoilt_file(SEED, n, kinds) for n in range(20)] == [spoilt_file(SEED, n, kinds) for n in range(20)]
