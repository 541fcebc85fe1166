"""Identities, as pure hashes of what the author wrote down: never of content, order or file names."""

from __future__ import annotations

import hashlib
import os

# Above every id that Anki makes from the clock in milliseconds, below what JSON readers keep exactly
# (anki-contract.md, 1.6).
_LOWEST, _HIGHEST = 10**13, 2**53
# Base 32, RFC 4648, in small letters: ten bits are two of them. The library's own function takes five times as long.
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [one + other for one in _LETTERS for other in _LETTERS]


def fresh_uid() -> str:
    """Return a uid that a new deck can have: 16 digits, by chance."""
    return os.urandom(8).hex()


def guid(uid: str, language: str, kind: str, fact: str, part: str = "") -> str:
    """Return the guid of a note: 16 characters for 80 bits. `fact` and `part` are the first ids they ever had."""
    parts = ("note", uid, language, kind, fact, part) if part else ("note", uid, language, kind, fact)
    bits = int.from_bytes(_hash(*parts)[:10], "big")
    return "".join([_PAIRS[bits >> shift & 1023] for shift in range(70, -1, -10)])


def number(*parts: str) -> int:
    """Return the id of a note type, deck, field or card template, from what names it."""
    return _LOWEST + int.from_bytes(_hash(*parts)[:8], "big") % (_HIGHEST - _LOWEST)


def _hash(*parts: str) -> bytes:
    # NUL separates: no text that an author can write holds it, so no two lists of parts look alike.
    return hashlib.sha256("\0".join(("flashgen", *parts)).encode()).digest()
