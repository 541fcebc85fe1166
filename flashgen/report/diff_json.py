"""A difference as one JSON object, for scripts. Keys are only ever added; `format` is raised where one goes or changes.

```
{"format": 1,
 "differs": true,                       whether anything differs in any deck
 "decks": [{
   "deck": "Kubernetes",                its name in Anki
   "folder": "kubernetes",              its folder under cards/, or null for two packages
   "language": "ko",                    or null for two packages
   "from": "release 1.0",               or the path of a package, or "nothing" before the first release
   "to": "the sources",                 or the path of a package
   "differs": true,                     whether anything differs in this one
   "first": false,                      whether nothing was released before, so that all is new
   "new": [NOTE], "retired": [NOTE], "lost": [NOTE],
   "skipped": [NOTE],                   different, but not newer: Anki leaves them
   "changed": [{"note": NOTE,
     "known": true,                     false where only the lock knows of the old state; the rest is then empty
     "fields": [{"name": "Back", "old": html, "new": html, "words": [[sign, text]]}],
     "tags": {"old": [tag], "new": [tag]},
     "cards": [{"name": card, "old": SIDES or null, "new": SIDES or null}]}],   only with --sides, else []
   "renamed": [{"old": NOTE, "new": NOTE, "advice": [{"line": "formerly: [x]", "place": text}]}],
   "emptied": [{"note": NOTE, "card": text}],
   "note_types": [{"name": text, "what": text, "consequence": text,
     "effect": "new" or "updates by itself" or "conflict" or "skipped"}],
   "moved": [{"old": deck, "new": deck, "notes": 3}]}]}
```

NOTE is `{"guid": …, "name": "kind/fact/part" or null, "title": …}`, SIDES is `{"question": text, "answer": text}`. A
sign is " " for words that stay, "-" for words taken out, "+" for words put in.
"""

from __future__ import annotations

from collections.abc import Iterable

from flashgen.compare.difference import CardChange, Changed, Difference, Named, Sides
from flashgen.report.json_text import json_text

FORMAT = 1
_Json = dict[str, object]


def dump(differences: Iterable[Difference], *, sides: bool) -> str:
    """Return the object as text."""
    decks = [_deck(difference, sides=sides) for difference in differences]
    return json_text({"format": FORMAT, "differs": any(deck["differs"] for deck in decks), "decks": decks})


def _deck(difference: Difference, *, sides: bool) -> _Json:
    return {
        "differs": bool(difference),
        "deck": difference.deck,
        "folder": difference.folder or None,
        "language": difference.language or None,
        "from": difference.old,
        "to": difference.new,
        "first": difference.is_first,
        "new": [_note(note) for note in difference.added],
        "changed": [_changed(change, sides=sides) for change in difference.changed],
        "retired": [_note(note) for note in difference.retired],
        "lost": [_note(note) for note in difference.lost],
        "renamed": [
            {
                "old": _note(entry.old),
                "new": _note(entry.new),
                "advice": [{"line": advice.line, "place": advice.place} for advice in entry.advice],
            }
            for entry in difference.renamed
        ],
        "emptied": [{"note": _note(entry.note), "card": entry.card} for entry in difference.emptied],
        "skipped": [_note(note) for note in difference.skipped],
        "note_types": [
            {
                "name": change.note_type,
                "what": change.what,
                "effect": change.effect.value,
                "consequence": change.consequence,
            }
            for change in difference.note_types
        ],
        "moved": [{"old": entry.old, "new": entry.new, "notes": entry.notes} for entry in difference.moved],
    }


def _note(note: Named) -> _Json:
    return {"guid": note.guid, "name": note.name or None, "title": note.title}


def _changed(change: Changed, *, sides: bool) -> _Json:
    return {
        "note": _note(change.note),
        "known": change.is_known,
        "fields": [
            {"name": field.field, "old": field.old, "new": field.new, "words": [list(piece) for piece in field.words]}
            for field in change.fields
        ],
        "tags": {"old": list(change.old_tags), "new": list(change.new_tags)},
        "cards": [_card(card) for card in change.cards] if sides else [],
    }


def _card(card: CardChange) -> _Json:
    return {"name": card.card, "old": _sides(card.old), "new": _sides(card.new)}


def _sides(sides: Sides | None) -> _Json | None:
    return {"question": sides.question, "answer": sides.answer} if sides else None
