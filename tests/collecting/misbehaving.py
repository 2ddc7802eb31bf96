"""What a library might do while it reads a file, by the name of the file."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from perfbook.collecting import _reader_process

_SCRIPT = textwrap.dedent(
    """
    import os, sys, time
    from perfbook.collecting import intake, reading_process

    class Thief:
        def __reduce__(self):
            return os.system, ("exit 1",)

    def misbehave(data, path):
        if path == "hang":
            if data:
                open(data.decode(), "w").close()
            time.sleep(600)
        if path == "die":
            os._exit(3)
        if path == "die once" and not os.path.exists(data.decode()):
            open(data.decode(), "w").close()
            os._exit(3)
        if path == "swell":
            kept = []
            while True:
                kept.append(bytearray(os.urandom(1000) * 10_000))
        if path == "swell in Rust":
            sys.stderr.write("memory allocation of 17179869184 bytes failed")
            sys.stderr.flush()
            os.abort()
        if path == "talk":
            print("a library says something", flush=True)
            os.write(1, b"and so does what it is written in")
        if path == "steal":
            return Thief()

    def examine(data, *, path, **more):
        return misbehave(data, path) or intake.examine(data, path=path, **more)

    def inspect(data, *, path, **more):
        return misbehave(data, path) or intake.inspect(data, path=path, **more)

    reading_process.examine, reading_process.inspect = examine, inspect
    """
)


def misbehave(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Have every process that reads files misbehave; the script for it is written into `folder`."""
    script = folder / "misbehaving.py"
    script.write_text(_SCRIPT)
    boot = f"import sys, json; sys.path[:] = json.loads(sys.argv[1]); exec(open({str(script)!r}).read()); "
    monkeypatch.setattr(_reader_process, "_BOOT", boot + "reading_process.main()")
