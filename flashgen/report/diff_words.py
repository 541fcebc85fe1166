"""What the text and the Markdown of a difference share: its headings, counts and lines."""

from __future__ import annotations

from collections.abc import Iterator

from flashgen.compare.difference import Advice, Changed, Difference, Emptied, Moved, Named, TypeChange
from flashgen.compare.words import Piece

# Words of kept text shown on either side of a change.
_AROUND = 6


def title(difference: Difference) -> str:
    """Return which deck it is: its name, and its folder and language where it is one of the project's."""
    deck = clean(f"“{difference.deck}”")
    return f"{deck} ({difference.folder}, {difference.language})" if difference.folder else deck


def summary(difference: Difference) -> str:
    """Return what is compared, and how much differs."""
    if difference.is_first:
        count = len(difference.added)
        return f"never released, so all is new to learners: {count} note{'s' * (count != 1)}"
    counts = (
        (difference.added, "new"),
        (difference.changed, "changed"),
        (difference.retired, "retired"),
        (difference.lost, "lost"),
        (difference.renamed, "renamed"),
        (difference.emptied, "emptied"),
        (difference.skipped, "skipped"),
    )
    told = [f"{len(entries)} {word}" for entries, word in counts if entries]
    if difference.note_types:
        count = len(difference.note_types)
        told.append(f"{count} note type change{'s' * (count != 1)}")
    if difference.moved:
        told.append(f"{sum(entry.notes for entry in difference.moved)} in another deck")
    return f"{clean(difference.old)} → {clean(difference.new)}: {', '.join(told) or 'nothing differs'}"


# The headings, each with what it means to learners.
ADDED = ("New", "they come with the next import.")
CHANGED = ("Changed", "")
RETIRED = ("Retired", "learners keep them as they are.")
GONE = ("Gone", "learners keep them as they are.")
LOST = ("Lost", "gone without `retired:` in deck.yaml; learners keep them as they are.")
RENAMED = ("Renamed?", "old ones are gone, and new ones look like them; with the line, learners keep their progress.")
EMPTIED = ("Emptied", "learners keep these cards, blank, till they choose Tools ▸ Empty Cards.")
SKIPPED = ("Skipped", "they differ, but are not newer than what learners have, so Anki leaves them.")
TYPES = ("Note types", "")
MOVED = ("Decks", "cards that learners have stay where they are; only new ones come to the other deck.")
UNKNOWN = "its words before are not known here; `flashgen diff OLD.apkg` shows them"
ONLY_SOURCE = "its cards read as before"
NO_ADVICE = "the first id of the old one is not known; if it had a `formerly:`, write that again"
NO_SOURCES = "`flashgen diff OLD.apkg` in the project tells the line"


def lost_heading(difference: Difference) -> tuple[str, str]:
    """Return the heading of what is gone: two packages do not tell whether that was meant."""
    return LOST if difference.folder else GONE


def label(note: Named) -> str:
    """Return what to call a note on one line."""
    return clean(": ".join(filter(None, (note.name, note.title))) or note.guid)


def told_emptied(entry: Emptied) -> str:
    """Return which card a note has no more."""
    return f"{label(entry.note)} – {clean(entry.card)}"


def told_type(change: TypeChange) -> str:
    """Return a change of a note type as a sentence."""
    return clean(f"“{change.note_type}”: {change.what}; {change.consequence}.")


def told_moved(entry: Moved) -> str:
    """Return which notes are in another deck."""
    return clean(f"“{entry.old}” → “{entry.new}”: {entry.notes} note{'s' * (entry.notes != 1)}")


def told_renames(difference: Difference) -> Iterator[tuple[str, list[Advice], str]]:
    """Yield for each rename what became what, the lines to paste that are new, and what to say where there are none."""
    told: set[tuple[str, str]] = set()
    for entry in difference.renamed:
        new: list[Advice] = []
        for advice in entry.advice:
            # The notes of one fact ask for one line.
            if (advice.line, advice.place) not in told:
                told.add((advice.line, advice.place))
                new.append(advice)
        none = "" if entry.advice else NO_ADVICE if difference.folder else NO_SOURCES
        yield f"{label(entry.old)} → {label(entry.new)}", new, none


def tag_pieces(change: Changed) -> tuple[Piece, ...]:
    """Return the tags of a note as the pieces of a word diff."""
    both = sorted({*change.old_tags, *change.new_tags})
    return tuple(
        (" " if tag in change.old_tags and tag in change.new_tags else "-" if tag in change.old_tags else "+", tag)
        for tag in both
    )


def shortened(pieces: tuple[Piece, ...]) -> Iterator[Piece]:
    """Yield the pieces of a word diff, without what is far from any change, and without the space around a change."""
    for number, (sign, text) in enumerate(pieces):
        if sign != " ":
            yield sign, clean(text)
            continue
        words = clean(text).split()
        before = words[-_AROUND:] if number < len(pieces) - 1 else []
        after = words[:_AROUND] if number else []
        if len(before) + len(after) < len(words):
            words = [*after, "…", *before]
        yield sign, " ".join(words)


def clean(text: str) -> str:
    """Return text of a stranger's package on one line, without what would steer a terminal."""
    text = " ".join(text.split())
    return text if text.isprintable() else "".join(c if c.isprintable() else "�" for c in text)
