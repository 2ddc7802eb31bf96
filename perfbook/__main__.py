"""`python -m perfbook`."""

from __future__ import annotations

from perfbook.cli import main

if __name__ == "__main__":
    main()
