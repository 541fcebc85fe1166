"""Two states of a note type → what changed, and what comes of it in Anki (anki-contract.md, 1.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flashgen.compare.difference import Effect, TypeChange
from flashgen.compare.packed import PackedType

Entries = Sequence[tuple[int | None, str]]

_ITSELF = "it updates by itself"
_CONFLICT = (
    "Anki skips the notes of this type that learners have, as conflicting, and puts new ones into a second note type, "
    "unless they tick “Merge note types”"
)
_MERGED = {
    "field added": "then the new field stays empty in the notes they have, unless they also choose to update always",
    "field removed": "then the field stays, and is emptied in every note that updates",
    "fields reordered": "then the fields keep the learner's order",
    "card added": "then the new cards come",
    "card removed": "then the card template and its cards stay",
    "cards reordered": "then the card templates keep the learner's order",
}
_MOVED = "then their notes move to the new note type and keep their progress"
_ABORTS = "with that ticked, the whole import fails: Anki never merges cloze note types with others"


def compare_types(old: PackedType, new: PackedType) -> Iterator[TypeChange]:
    """Yield what changed in a note type that kept its id."""
    shape = list(_compare_shapes((old.fields, old.cards), (new.fields, new.cards)))
    if old.is_cloze is not new.is_cloze:
        what = "it makes cards of " + ("gaps now" if new.is_cloze else "card templates now, not of gaps")
        yield TypeChange(new.name, what, Effect.CONFLICT, f"{_CONFLICT}; {_ABORTS}")
    for change, names in shape:
        yield conflict(new.name, change, names)
    if shape or old.is_cloze is not new.is_cloze:
        return
    changes = list(_compare_looks(old, new))
    is_newer = new.modified > old.modified
    for what in changes:
        if is_newer:
            yield TypeChange(new.name, what, Effect.BY_ITSELF, _ITSELF)
        else:
            yield TypeChange(new.name, what, Effect.SKIPPED, "Anki leaves it as it is: the note type is not newer")


def conflict(note_type: str, change: str, names: Sequence[str] = ()) -> TypeChange:
    """Return a change of shape, such as `field added`, with the names that it is about where they are known."""
    what = f"{change}: {_quoted(names)}" if names else change
    return TypeChange(note_type, what, Effect.CONFLICT, f"{_CONFLICT}; {_MERGED[change]}")


def new_id(note_type: str, old: str, *, aborts: bool = False) -> TypeChange:
    """Return the change of notes that are of another note type now."""
    what = f"it stands in the place of {old}" if old else "it stands in the place of an older note type"
    return TypeChange(note_type, what, Effect.CONFLICT, f"{_CONFLICT}; {_ABORTS if aborts else _MOVED}")


def new_type(note_type: str) -> TypeChange:
    """Return that a note type is new."""
    return TypeChange(note_type, "it is new", Effect.NEW, "it comes with its notes, and touches no others")


def compare_slots(note_type: str, old: tuple[Entries, Entries], new: PackedType) -> Iterator[TypeChange]:
    """Yield what changed in a note type of which only the fields and card templates are known, as the lock has them."""
    shape = list(_compare_shapes(old, (new.fields, new.cards)))
    for change, names in shape:
        yield conflict(note_type, change, names)
    if not shape:
        told = list(_renamed(old, (new.fields, new.cards)))
        for what in told or ["its name, its style or the text of its cards changed"]:
            yield TypeChange(note_type, what, Effect.BY_ITSELF, _ITSELF)


def _compare_shapes(old: tuple[Entries, Entries], new: tuple[Entries, Entries]) -> Iterator[tuple[str, list[str]]]:
    for what, before, after in zip(("field", "card"), old, new, strict=True):
        yield from _compare_shape(what, f"{what}s", before, after)


def _compare_shape(one: str, many: str, old: Entries, new: Entries) -> Iterator[tuple[str, list[str]]]:
    places: list[int] = []
    added: list[str] = []
    for entry in new:
        place = next((i for i, other in enumerate(old) if i not in places and _is_match(other, entry)), None)
        if place is None:
            added.append(entry[1])
        else:
            places.append(place)
    removed = [name for i, (_, name) in enumerate(old) if i not in places]
    if added:
        yield f"{one} added", added
    if removed:
        yield f"{one} removed", removed
    if places != sorted(places):
        yield f"{many} reordered", []


def _is_match(old: tuple[int | None, str], new: tuple[int | None, str]) -> bool:
    """Return whether Anki takes two fields or card templates for one: by id where both have one, else by name."""
    return old[0] == new[0] if old[0] is not None and new[0] is not None else old[1] == new[1]


def _compare_looks(old: PackedType, new: PackedType) -> Iterator[str]:
    if old.name != new.name:
        yield f"renamed from “{old.name}”"
    yield from _renamed((old.fields, old.cards), (new.fields, new.cards))
    if old.css != new.css:
        yield "its style (CSS) changed"
    texts = [name for (_, name), one, other in zip(new.cards, old.sides, new.sides, strict=True) if one != other]
    if texts:
        yield f"the text of {_quoted(texts)} changed"


def _renamed(old: tuple[Entries, Entries], new: tuple[Entries, Entries]) -> Iterator[str]:
    for what, before, after in zip(("field", "card"), old, new, strict=True):
        for (_, name), (_, other) in zip(before, after, strict=True):
            if name != other:
                yield f"{what} `{name}` renamed to `{other}`"


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
