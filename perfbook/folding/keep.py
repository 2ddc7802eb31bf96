"""What a collection leaves for the next one to fold."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from perfbook._digest import framework_digest
from perfbook.checks.across.findings import parts_of
from perfbook.collecting.outcomes import TOO_MANY
from perfbook.consolidation import Consolidation
from perfbook.feedback.conversation import Conversation
from perfbook.folding.fold import Folded
from perfbook.folding.plain import is_plain
from perfbook.folding.share import NoShareError, numbers_of, shares_of, shown_by, total
from perfbook.folding.store import Kept, Store, StoreError
from perfbook.framework.periods import Period
from perfbook.memo import Memo, is_lasting, stamp_of


def keep(
    root: Path,
    memo: Memo,
    period: Period,
    now: datetime,
    done: Consolidation,
    next_time: Consolidation | None,
    folded: Folded | None,
    books: Path,
) -> None:
    """Keep the shares of a collection at `now`, or of a part of it where it was `folded`.

    Nothing is kept where the run that follows may find something else than `next_time`, or where the answer is no sum
    of shares. `books` is the folder of those that go back.
    """
    store = Store(root, period)
    codes = [file.code for file in next_time.quarter.files] if next_time else []
    # Which files are too many depends on all the others.
    lasts = is_lasting(codes) and TOO_MANY not in codes
    try:
        if next_time is None or not lasts or not memo.around:
            store.forget()
        elif folded:
            kept = _since(folded.kept, memo, next_time, now, books)
            store.keep(kept, folded.shares, folded.shown, partly=True)
        elif done.conversation and is_plain(done.conversation):
            _keep_whole(store, memo, next_time, done.conversation, now, books)
        else:
            store.forget()
    except NoShareError:
        store.forget()
    except StoreError:
        pass  # it was dropped


def _since(kept: Kept, memo: Memo, next_time: Consolidation, now: datetime, books: Path) -> Kept:
    """What is kept, as it is after a run."""
    log = memo.log()
    return replace(
        kept,
        around=memo.around,
        files=memo.files,
        log=hashlib.sha256(log).hexdigest(),
        log_size=len(log),
        zone=str(now.tzinfo),
        as_at=now,
        until=memo.until(now),
        books=stamp_of(books),
        records=next_time.quarter.files,
    )


def _keep_whole(
    store: Store, memo: Memo, next_time: Consolidation, found: Conversation, now: datetime, books: Path
) -> None:
    framework, collected, quarter = found.framework, found.collected, found.quarter
    period, keys = quarter.period, [each.key for each in framework.directorates]
    figures = (*found.past.observations, *collected.observations)
    parts = parts_of(framework, period, figures, collected.actions, collected.sections)
    names = [path.name for path in next_time.feedback]
    shares, whole = shares_of(found, next_time.account, names, keys, quarter.closings)
    numbers = total((*(share.numbers for share in shares.values()), numbers_of((*whole.between, *whole.others))))
    kept = Kept(
        around="",
        files=(),
        log="",
        log_size=0,
        zone="",
        since=now,
        as_at=now,
        until=now,
        books=None,
        records=(),
        numbers=numbers,
        whole=whole,
        names=tuple((key, share.book) for key, share in shares.items() if share.book),
        digest=framework_digest(framework),
        framework_changes=quarter.framework_changes,
        closings=quarter.closings,
        restatements=quarter.restatements,
        reopenings=quarter.reopenings,
    )
    shown = shown_by(framework, period, parts, keys)
    store.keep(_since(kept, memo, next_time, now, books), shares, shown, partly=False)
