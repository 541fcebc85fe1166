"""Cloze numbers of an old note → ours, so that each gap keeps its reviews."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from flashgen.adopt.match import Pair, cut, kind_of, plain
from flashgen.pack.lock import GapEntry, Lock

_MARK = re.compile(r"\{\{c(\d{1,4})::|\}\}")


def gap_texts(fields: Iterable[str]) -> dict[int, str]:
    """Return the text in the gaps of each number; several gaps of one number are joined."""
    found: dict[int, list[str]] = {}
    for field in fields:
        # The text so far of each gap that is open, the innermost last.
        open_: list[tuple[int, list[str]]] = []
        at = 0
        for mark in _MARK.finditer(field):
            if open_:
                open_[-1][1].append(field[at : mark.start()])
            at = mark.end()
            if mark[1]:
                open_.append((int(mark[1]), []))
            elif open_:
                number, texts = open_.pop()
                text = "".join(texts).partition("::")[0]
                found.setdefault(number, []).append(plain(text))
                if open_:
                    open_[-1][1].append(text)
    return {number: " / ".join(texts) for number, texts in sorted(found.items())}


def keep_numbers(pair: Pair, lock: Lock, numbered: Lock) -> list[str]:
    """Give a note's gaps the old numbers in the lock, by their texts, and return what could not be kept.

    `numbered` is the lock after all gaps were numbered: our note shows those numbers.
    """
    note = pair.note
    if not note.note_type.family.has_gaps:
        return []
    name = f"{note.fact.id}/{note.part}" if note.part else note.fact.id
    old, ours = gap_texts(pair.old.fields), gap_texts(note.fields)
    kind = kind_of(note)
    if not kind.gaps:
        return list(_compare(name, old, ours))
    stem = f"{note.gap_stem}/"
    items = {numbered.gaps[stem + gap].number: stem + gap for gap in note.fact.gaps(kind)}
    found: dict[str, int] = {}
    told: list[str] = []
    for number, text in old.items():
        same = [key for at, key in items.items() if ours.get(at) == text and key not in found]
        if len(same) == 1 and list(old.values()).count(text) == 1:
            found[same[0]] = number
        else:
            told.append(f"`{name}`: no gap says what the old gap {number} says (“{cut(text)}”); its card stays empty")
    return [*told, *_renumber(name, stem, old, found, lock)]


def _renumber(name: str, stem: str, old: Mapping[int, str], found: Mapping[str, int], lock: Lock) -> list[str]:
    told = []
    kept = {key for key, gap in lock.gaps.items() if key.startswith(stem) and gap.released}
    numbers = {lock.gaps[key].number for key in kept}
    # What was only allotted and never released gives way to what learners have.
    for key in [key for key in lock.gaps if key.startswith(stem) and key not in kept]:
        del lock.gaps[key]
    for key, number in found.items():
        if key in kept and lock.gaps[key].number == number:
            continue
        if key in kept or number in numbers:
            told.append(f"`{name}`: the old gap {number} has another number in a released package, and keeps that one")
        else:
            lock.gaps[key] = GapEntry(number, released=True)
    # A number whose gap is gone is never given to another: its card has that gap's reviews. No id starts with `~`.
    for number in set(old) - set(found.values()) - numbers:
        lock.gaps[f"{stem}~{number}"] = GapEntry(number, released=True)
    return told


def _compare(name: str, old: Mapping[int, str], ours: Mapping[int, str]) -> Iterable[str]:
    """Yield how the numbers that an author wrote differ from the old ones."""
    for number, text in old.items():
        if ours.get(number) == text:
            continue
        now = [at for at, other in ours.items() if other == text]
        said = f"`{name}`: gap {number} was “{cut(text)}”"
        if now:
            yield f"{said}, which is gap {now[0]} now; number it `c{number}`, or its reviews go to another gap"
        elif number in ours:
            yield f"{said}, and is “{cut(ours[number])}” now; its reviews stay with the number"
        else:
            yield f"{said}, and there is none now; its card stays empty"
