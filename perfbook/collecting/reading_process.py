"""What runs in the process that looks into files (see `isolation`): it reads jobs from its input and answers them.

It ends when its input ends, so it never outlives the program that started it by more than a file.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import os
import pickle
import signal
import sys

from perfbook.collecting._messages import Setup, Sheets, Single, receive, send
from perfbook.collecting.intake import examine, inspect
from perfbook.collecting.slices import together

# The program that started this one ends it; this is for when it was killed itself.
_GRACE = 10.0
# So many new objects before Python looks for those that nobody needs: about those of a return.
_RUBBISH = 50_000


def main() -> None:
    """Answer until there is nothing more to read."""
    # A Ctrl+C reaches the whole group; whether to stop is for the program to decide.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not pass for an answer
    setup: Setup | None = None
    send(answers, str(os.getpid()).encode())
    while (message := receive(sys.stdin.buffer)) is not None:
        request = pickle.loads(message)
        if isinstance(request, Setup):
            setup = request
            _limit_memory(setup.memory)
            # The framework stays: no collection of rubbish has to walk through it after each few rows.
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            gc.set_threshold(_RUBBISH)
            continue
        assert setup is not None
        del message
        faulthandler.dump_traceback_later(setup.seconds + _GRACE, exit=True)
        found = answer(request, setup)
        faulthandler.cancel_dump_traceback_later()
        send(answers, pickle.dumps(found))


def answer(request: object, setup: Setup) -> object:
    """The answer to a request: a function of both and of nothing else, so that any executor can run it."""
    if isinstance(request, Sheets):
        from perfbook.importing.source import read_source  # a return needs none of it

        return read_source(request.file, request.data, setup.opening)
    if isinstance(request, Single):
        return inspect(request.data, path=request.file, framework=setup.framework, opening=setup.opening)
    assert setup.framework is not None and setup.period is not None and isinstance(request, tuple)
    path, data, expected, part = request
    return examine(
        data,
        path=path,
        framework=together(setup.framework, part) if part else setup.framework,
        period=setup.period,
        expected=expected,
        opening=setup.opening,
        part=part,
    )


def _limit_memory(allowed: int) -> None:
    """Have the system refuse what is beyond the limit, where it can; the program that started this one watches too."""
    try:
        import resource
    except ImportError:  # Windows has none
        return
    with contextlib.suppress(OSError, ValueError):
        taken = int(open("/proc/self/statm", encoding="ascii").read().split()[0]) * resource.getpagesize()  # noqa: SIM115, PTH123
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (taken + allowed, hard))
