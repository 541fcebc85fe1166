"""Changes → release notes for learners, in their language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from flashgen.compare.changes import Changes, Gone
from flashgen.model import Edition
from flashgen.pack.lock import Lock, name
from flashgen.read.labels import FALLBACK
from flashgen.render.plain import title_of

Labels = Mapping[str, Mapping[str, str]]


def section(edition: Edition, changes: Changes, lock: Lock, version: str, date: str, labels: Labels) -> str:
    """Return the notes of one release: what is new, corrected and retired, and what there is to do."""
    say = _Words(edition.language, labels)
    remade = _remade(edition, lock)
    lines = [f"## {version} ({date})", ""]
    if lock.latest is None and not any(entry.is_public for entry in lock.notes.values()):
        lines += [say("first", count=len(edition.notes)), ""]
    else:
        lines += [say("merge" if remade else "nothing_to_do"), ""]
        lines += _listed(say, "new", [title_of(note) for note in changes.new])
        lines += _listed(say, "corrected", [title_of(note) for note in changes.changed])
        if changes.changed:
            lines += [say("newer_wins"), ""]
        lines += _listed(say, "retired", [_title(gone) for gone in changes.retired])
        if changes.retired:
            lines += [say("delete", search=_search(changes.retired)), ""]
        lines += _listed(say, "emptied", list(_emptied(edition, changes, lock)))
        if changes.emptied:
            lines += [say("empty_cards"), ""]
        if not changes:
            lines += [say("look_only"), ""]
    return "\n".join(lines)


def add_section(old: str, new: str, version: str, language: str, deck: str, labels: Labels) -> str:
    """Return a changelog with a section put on top, in place of one of the same version."""
    heading = f"# {_Words(language, labels)('heading', deck=deck)}"
    parts = re.split(r"(?m)^(?=## )", old)
    kept = [part for part in parts[1:] if not part.startswith(f"## {version} ")]
    top = parts[0] if parts[0].strip() else f"{heading}\n\n"
    top = top if top.endswith("\n\n") else top.rstrip("\n") + "\n\n"
    return top + new + "".join(kept if not kept else ["\n", *kept])


class _Words:
    """The words of release notes in a language; English stands in where it has none."""

    def __init__(self, language: str, labels: Labels) -> None:
        self.labels = [labels.get(language, {}), labels.get(FALLBACK, {})]

    def __call__(self, name: str, **values: object) -> str:
        words = next((words[f"changelog.{name}"] for words in self.labels if f"changelog.{name}" in words), name)
        return words.format_map({key: str(value) for key, value in values.items()})


def _listed(say: _Words, name: str, titles: list[str]) -> Iterator[str]:
    if titles:
        yield f"### {say(name, count=len(titles))}"
        yield ""
        yield from (f"- {_plain(title)}" for title in titles)
        yield ""


def _emptied(edition: Edition, changes: Changes, lock: Lock) -> Iterator[str]:
    """Yield what learners see of empty cards: the note's title, and the card as Anki's browser calls it."""
    notes = {name(note): note for note in edition.notes}
    for key in changes.emptied:
        whole, _, gap = key.rpartition("/")
        note = notes[whole]
        entry = lock.gaps[f"{note.gap_stem}/{gap}"]
        yield f"{title_of(note)} ({note.note_type.templates[0].name} {entry.number})"


def _title(gone: Gone) -> str:
    return gone.entry.title or gone.entry.fact.partition("/")[2]


def _plain(title: str) -> str:
    """Return a title that Markdown leaves as it is."""
    return re.sub(r"([\\`*_\[\]<>#])", r"\\\1", title)


def _search(gone: Iterable[Gone]) -> str:
    return f"nid:{','.join(str(note.entry.id) for note in gone)}"


def _remade(edition: Edition, lock: Lock) -> bool:
    """Whether a kind that learners have comes in a new note type, so that they must tick *Merge note types*."""
    here = {id_: note_type.kind for id_, note_type in edition.note_types.items()}
    released = {
        entry.kind
        for id_, entry in lock.types.items()
        if entry.released and entry.language == edition.language and id_ not in here
    }
    new = {kind for id_, kind in here.items() if id_ not in lock.types or lock.types[id_].released is None}
    # A type that was taken over under our own id, since its shape was another, is new to learners as well.
    adopted = {
        kind
        for own, taken in lock.adopted.types.items()
        if taken.id == own and (kind := here.get(own)) is not None and kind in new
    }
    return bool(released & new or adopted)
