"""Files of a synchronised folder whose content is still in the cloud. Opening them would start a download: only their
entries are looked at.

Windows marks them (FILE_ATTRIBUTE_OFFLINE, _RECALL_ON_OPEN, _RECALL_ON_DATA_ACCESS), and so does macOS (SF_DATALESS);
older versions of macOS leave a stub `.Name.xlsx.icloud` instead. Elsewhere nothing is certain: that no block of a file
is in use is true of small files on some file systems too. So what is nothing but zero bytes is told by its bytes.
"""

from __future__ import annotations

import os
import re

_OFFLINE = 0x0000_1000
_RECALL_ON_OPEN = 0x0004_0000
_RECALL_ON_DATA_ACCESS = 0x0040_0000
_DATALESS = 0x4000_0000
_STUB = re.compile(r"\.(.+)\.icloud", re.IGNORECASE | re.DOTALL)


def is_placeholder(status: os.stat_result) -> bool:
    """Whether the entry of a file says that its content is elsewhere."""
    attributes = getattr(status, "st_file_attributes", 0)
    if attributes & (_OFFLINE | _RECALL_ON_OPEN | _RECALL_ON_DATA_ACCESS):
        return True
    return bool(getattr(status, "st_flags", 0) & _DATALESS)


def stub_of(name: str) -> str:
    """The name of the file for which a stub stands; empty where the name is none of a stub."""
    match = _STUB.fullmatch(name)
    return match[1] if match else ""
