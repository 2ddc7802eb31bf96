"""What can be the address of a mailbox."""

from __future__ import annotations

import re

# What the mail servers of councils take: no quoted names, no comments, no other alphabets (RFC 5321, 4.5.3.1).
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+")


def address_problem(text: str) -> str:
    """Why a text is not one e-mail address; empty where it is."""
    local, at, domain = text.rpartition("@")
    good = bool(at) and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain) and len(local) <= 64 and len(text) <= 254
    return "" if good else f"{text!r} is not an e-mail address"
