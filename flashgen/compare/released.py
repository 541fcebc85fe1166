"""What a build would do to learners who have the released state: findings for the author."""

from __future__ import annotations

from difflib import get_close_matches

from flashgen import rules
from flashgen.compare.changes import Gone, since_release
from flashgen.compare.renames import Identity, advise
from flashgen.compare.sources import known_of
from flashgen.diagnostics import Report, Span
from flashgen.model import Deck, Edition, Note, NoteType
from flashgen.pack.lock import Lock, Slots, name, shape

MOST_PAIRS = 10_000


def judge(edition: Edition, lock: Lock, report: Report) -> None:
    """Report what would cost learners something: lost notes, note types of another shape, another name of the deck."""
    if lock.latest is None:
        return
    _judge_notes(edition, lock, report)
    _judge_name(edition, lock, report)
    for note_type in edition.note_types.values():
        _judge_shape(note_type, edition, lock, report)
        _judge_family(note_type, edition, lock, report)


def judge_languages(deck: Deck, lock: Lock, report: Report) -> None:
    """Report languages that were released and are not built any more: their learners get no further update."""
    for language in sorted(set(lock.names) - set(deck.editions)):
        message = f"learners have this deck in `{language}`, which is not built any more"
        report.add(rules.LOST_NOTE, message, Span(deck.path), f"list `{language}` under `languages:` again")


def _judge_notes(edition: Edition, lock: Lock, report: Report) -> None:
    changes = since_release(edition, lock)
    if not changes.lost:
        return
    renamed = {old.guid: note for old, note in changes.renamed}
    where = Span(edition.deck.path)
    # Where a whole deck was made anew, likeness tells nothing, and would take minutes.
    new = {name(note): note for note in changes.new} if len(changes.lost) * len(changes.new) <= MOST_PAIRS else {}
    identity = known_of(edition, lock).identity
    assert identity is not None
    for gone in changes.lost:
        fact = gone.entry.fact.partition("/")[2]
        retire = f"add `{fact}` to `retired:` in deck.yaml"
        close = get_close_matches(gone.entry.fact, new, n=1, cutoff=0.7)
        twin = renamed.get(gone.guid) or (new[close[0]] if close else None)
        cure = _rename(gone, twin, identity) if twin is not None else ""
        says_the_same = " says the same" if gone.guid in renamed else " is what it is called now"
        hint = f"if `{name(twin).partition('/')[2]}`{says_the_same}, {cure}; else {retire}" if twin and cure else retire
        report.add(rules.LOST_NOTE, lost_note(gone), where, hint)


def lost_note(gone: Gone) -> str:
    """Return how it is told that learners have a note that no fact makes."""
    fact = gone.entry.fact.partition("/")[2]
    return f"learners have `{fact}` ({gone.entry.title}), and no fact makes it any more"


def _rename(gone: Gone, twin: Note, identity: Identity) -> str:
    """Return how to make a new note the one that learners have, or "" where the lock does not tell."""
    advice = list(advise(gone.entry.fact, gone.guid, name(twin), twin.guid, identity))
    if not advice and gone.entry.released is not None and gone.entry.released.hash == twin.digest:
        # It was renamed before, and only its first id leads to the guid.
        old = gone.entry.fact.partition("/")[2]
        return f"write under its `formerly:` all ids that `{old}` ever had, the first one first"
    return " and ".join(f"write `{entry.line}` {entry.place}" for entry in advice)


def _judge_name(edition: Edition, lock: Lock, report: Report) -> None:
    names = lock.names.get(edition.language, set())
    former = set(edition.deck.formerly or ())
    if not names or edition.name in names or names <= former:
        return
    old = max(names - former)
    report.add(
        rules.DECK_RENAMED,
        f"the deck was released as `{old}`; Anki goes by name, so learners' cards stay there, and new ones come apart",
        Span(edition.deck.path),
        f"name it as it was; or write `formerly: [{old}]`, and tell learners to rename their deck before they import",
    )


def _judge_shape(note_type: NoteType, edition: Edition, lock: Lock, report: Report) -> None:
    """Report a released note type that has other fields or card templates now (anki-contract.md, 1.2)."""
    entry = lock.types.get(note_type.id)
    if entry is None or entry.released is None or not entry.fields:
        return
    fields, cards = shape(note_type)
    told = [*_difference("field", entry.fields, fields), *_difference("card", entry.cards, cards)]
    if not told:
        return
    kind = note_type.kind
    fact = next(note.fact for note in edition.notes if note.note_type.id == note_type.id)
    report.add(
        rules.SHAPE_CHANGE,
        f"kind `{kind}` was released and now {', '.join(told)}; Anki would skip every note of it that learners have",
        fact.kind.span,
        "show more through the field `More`, and ask more through `companions:`; "
        "or raise `revision:`, and learners tick *Merge note types* once",
    )


def _judge_family(note_type: NoteType, edition: Edition, lock: Lock, report: Report) -> None:
    """Report a note type that made its cards otherwise when it was released, in this revision or in one before.

    Anki takes it over where all else is equal, leaves the cards of gaps empty or without a template, and Check Database
    then deletes these. In a new revision, *Merge note types* makes the whole import fail.
    """
    kind, family = note_type.kind, note_type.family
    if not any(
        entry.released and (entry.kind, entry.language) == (kind, edition.language) and entry.family not in ("", family)
        for entry in lock.types.values()
    ):
        return
    fact = next(note.fact for note in edition.notes if note.note_type.id == note_type.id)
    report.add(
        rules.SHAPE_CHANGE,
        f"kind `{kind}` was released and now is of the family `{family}`; learners would lose the reviews of its cards",
        fact.kind.span,
        "put the family back, and make a kind of another name: its notes are new ones",
    )


def _difference(what: str, before: Slots, after: Slots) -> list[str]:
    old, new = [id_ for id_, _ in before], [id_ for id_, _ in after]
    told = [f"has no {what} `{name}`" for id_, name in before if id_ not in new]
    told += [f"has the new {what} `{name}`" for id_, name in after if id_ not in old]
    if not told and old != new:
        told.append(f"has its {what}s in another order")
    return told
