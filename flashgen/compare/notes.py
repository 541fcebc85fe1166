"""Two states of one note → what changed in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flashgen.compare.difference import Changed, Emptied, FieldChange, Moved, Named
from flashgen.compare.packed import PackedNote
from flashgen.compare.sides import card_name, compare_cards
from flashgen.compare.words import readable, word_diff
from flashgen.render.plain import cut, fill_gaps


def named(note: PackedNote, names: Mapping[str, str]) -> Named:
    """Return what to call a note of a package."""
    place = note.note_type.sort
    # What Anki sorts by names a note best: an occlusion's header, where its first field holds masks alone.
    text = readable(fill_gaps(note.fields[place if 0 <= place < len(note.fields) else 0]))
    return Named(note.guid, names.get(note.guid, ""), cut(text))


def compare_note(old: PackedNote, new: PackedNote, names: Mapping[str, str]) -> Changed:
    """Return what changed in a note, words, tags and cards."""
    return Changed(
        note=named(new, names),
        is_known=True,
        fields=tuple(_compare_fields(old, new)),
        old_tags=tuple(sorted(old.tags)),
        new_tags=tuple(sorted(new.tags)),
        cards=compare_cards(old, new),
    )


def _compare_fields(old: PackedNote, new: PackedNote) -> Iterator[FieldChange]:
    # A field that was renamed keeps its id.
    ids = {id_: name for id_, name in old.note_type.fields if id_ is not None}
    here = {name for _, name in new.note_type.fields}
    before, after = dict(old.texts), new.texts
    for id_, name in new.note_type.fields:
        earlier = ids.get(id_, name) if id_ is not None else name
        text = before.pop(earlier, "")
        if text != after[name]:
            yield _compare_text(name, text, after[name])
    for name, text in before.items():
        if text and name not in here:
            yield _compare_text(name, text, "")


def _compare_text(field: str, old: str, new: str) -> FieldChange:
    before, after = readable(old), readable(new)
    # Where only markup changed, the markup is what there is to show.
    return FieldChange(field, old, new, word_diff(old, new) if before == after else word_diff(before, after))


def emptied(old: PackedNote, new: PackedNote, names: Mapping[str, str]) -> Iterator[Emptied]:
    """Yield the cards that the new state has no more."""
    for ord_ in sorted(set(old.ords) - set(new.ords)):
        yield Emptied(named(new, names), card_name(old, ord_))


def moved(pairs: list[tuple[PackedNote, PackedNote]]) -> tuple[Moved, ...]:
    """Return which notes are in another deck, counted by the two decks."""
    counts: dict[tuple[str, str], int] = {}
    for old, new in pairs:
        # Anki matches decks by name, whatever its case.
        if old.deck.casefold() != new.deck.casefold():
            counts[old.deck, new.deck] = counts.get((old.deck, new.deck), 0) + 1
    return tuple(Moved(old, new, count) for (old, new), count in counts.items())
