"""Notes that are gone and notes that are new → those that look like one note under two ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from flashgen.compare.difference import Advice
from flashgen.compare.packed import PackedNote
from flashgen.compare.words import likeness, readable
from flashgen.identity import guid

_ALIKE = 0.8
# How many of a text's rarest traits are looked up, how many texts of one, and how many of those closely.
_RAREST = 60
_COMMON = 200
_CANDIDATES = 20
_BEST = 3
# How much of a text is looked at, in characters.
_LONGEST = 2000


class Identity(Struct, frozen=True):
    """What guids are made of in one deck and language.

    `origins` are the first ids of the facts by guid, `adopted` the guids taken over by `kind/fact/part`.
    """

    uid: str
    language: str
    origins: Mapping[str, str]
    adopted: Mapping[tuple[str, str], str]

    def guid(self, kind: str, fact: str, part: str) -> str:
        """Return the guid that a note with these first ids has."""
        key = f"{kind}/{fact}/{part}" if part else f"{kind}/{fact}"
        return self.adopted.get((self.language, key)) or guid(self.uid, self.language, kind, fact, part)


def text_of(note: PackedNote) -> str:
    """Return all that a note says, to be likened to another."""
    return " ".join(filter(None, map(readable, note.fields)))


def pair_alike(lost: Mapping[str, tuple[str, str]], new: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Return the guids of lost notes with those of new ones that look like them, each once, the likest first.

    Both are given by guid as a kind and a text; only notes of one kind are likened.
    """
    traits = {guid_: _traits(text) for guid_, (_, text) in new.items()} if lost else {}
    index: dict[tuple[str, str], list[str]] = {}
    for guid_, words in traits.items():
        for word in words:
            index.setdefault((new[guid_][0], word), []).append(guid_)
    places = {guid_: place for place, guid_ in enumerate(new)}
    found: list[tuple[float, int, int, str, str]] = []
    for place, (old, (kind, text)) in enumerate(lost.items()):
        for other in _candidates(kind, _traits(text), index, traits):
            ratio = likeness(text, new[other][1], _ALIKE)
            if ratio >= _ALIKE:
                found.append((-ratio, place, places[other], old, other))
    pairs: dict[str, str] = {}
    taken: set[str] = set()
    for _, _, _, old, other in sorted(found):
        if old not in pairs and other not in taken:
            pairs[old] = other
            taken.add(other)
    return pairs


def _candidates(
    kind: str, words: frozenset[str], index: Mapping[tuple[str, str], list[str]], traits: Mapping[str, frozenset[str]]
) -> list[str]:
    """Return the few that share most with a text; comparing texts letter by letter is dear."""
    shared: dict[str, int] = {}
    for guids in sorted((index.get((kind, word), []) for word in sorted(words)), key=len)[:_RAREST]:
        for guid_ in guids[:_COMMON]:
            shared[guid_] = shared.get(guid_, 0) + 1
    closest = sorted(shared, key=lambda other: -shared[other])[:_CANDIDATES]
    scores = {other: 2 * len(words & traits[other]) / (len(words) + len(traits[other])) for other in closest}
    # A few letters changed here and there take three traits each.
    alike = [other for other in closest if scores[other] >= _ALIKE / 2]
    return sorted(alike, key=lambda other: -scores[other])[:_BEST]


def _traits(text: str) -> frozenset[str]:
    """Return the words of a text, and all that stand three letters together: not every language has spaces."""
    words = text[:_LONGEST].casefold().split()
    return frozenset((*words, *(word[i : i + 3] for word in words for i in range(len(word) - 2))))


class Cure(Struct, frozen=True):
    """An id that a fact, or with `part` an item of it, had before, and does not say so."""

    fact: str
    part: str
    former: str


def cures(old: str, old_guid: str, new: str, new_guid: str, identity: Identity) -> Iterator[Cure]:
    """Yield what makes the new note the old one, given the names `kind/fact/part` of both.

    Nothing is given where it would not lead to the old guid: a fact that had a `formerly:` before hangs on that.
    """
    kind, old_fact, old_part = _parts(old)
    _, new_fact, new_part = _parts(new)
    origin = identity.origins.get(new_guid, new_fact) if old_fact == new_fact else old_fact
    if not old or identity.guid(kind, origin, old_part) != old_guid:
        return
    if old_fact != new_fact:
        yield Cure(new_fact, "", old_fact)
    if old_part != new_part:
        yield Cure(new_fact, new_part, old_part)


def advise(old: str, old_guid: str, new: str, new_guid: str, identity: Identity) -> Iterator[Advice]:
    """Yield these cures as lines to be written."""
    for cure in cures(old, old_guid, new, new_guid, identity):
        where = f"in the part `{cure.part}` of `{cure.fact}`" if cure.part else f"in the fact `{cure.fact}`"
        yield Advice(f"formerly: [{cure.former}]", where)


def _parts(name: str) -> tuple[str, str, str]:
    kind, _, rest = name.partition("/")
    fact, _, part = rest.partition("/")
    return kind, fact, part
