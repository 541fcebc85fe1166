"""What a build would do to learners who have the released state: findings for the author."""

from __future__ import annotations

from flashgen import rules
from flashgen.compare.changes import since_release
from flashgen.diagnostics import Report, Span, did_you_mean
from flashgen.model import Deck, Edition, NoteType
from flashgen.pack.lock import Lock, Slots, shape


def judge(edition: Edition, lock: Lock, report: Report) -> None:
    """Report what would cost learners something: lost notes, note types of another shape, another name of the deck."""
    if lock.latest is None:
        return
    _judge_notes(edition, lock, report)
    _judge_name(edition, lock, report)
    for note_type in {note.note_type.id: note.note_type for note in edition.notes}.values():
        _judge_shape(note_type, edition, lock, report)


def judge_languages(deck: Deck, lock: Lock, report: Report) -> None:
    """Report languages that were released and are not built any more: their learners get no further update."""
    for language in sorted(set(lock.names) - set(deck.editions)):
        message = f"learners have this deck in `{language}`, which is not built any more"
        report.add(rules.LOST_NOTE, message, Span(deck.path), f"list `{language}` under `languages:` again")


def _judge_notes(edition: Edition, lock: Lock, report: Report) -> None:
    changes = since_release(edition, lock)
    renamed = {old.guid: note for old, note in changes.renamed}
    where = Span(edition.deck.path)
    new = [note.fact.id for note in changes.new]
    for gone in changes.lost:
        fact = gone.entry.fact.partition("/")[2]
        message = f"learners have `{fact}` ({gone.entry.title}), and no fact makes it any more"
        twin = renamed.get(gone.guid)
        close = None if twin else did_you_mean(fact.partition("/")[0], new)
        hint = f"add `{fact}` to `retired:`"
        if twin is not None:
            hint = f"write `formerly: [{fact}]` in `{twin.fact.id}`, which says the same, or add it to `retired:`"
        elif close is not None:
            hint += f"; if it was renamed, {close} Then write `formerly: [{fact}]` there"
        report.add(rules.LOST_NOTE, message, where, hint)


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


def _difference(what: str, before: Slots, after: Slots) -> list[str]:
    old, new = [id_ for id_, _ in before], [id_ for id_, _ in after]
    told = [f"has no {what} `{name}`" for id_, name in before if id_ not in new]
    told += [f"has the new {what} `{name}`" for id_, name in after if id_ not in old]
    if not told and old != new:
        told.append(f"has its {what}s in another order")
    return told
