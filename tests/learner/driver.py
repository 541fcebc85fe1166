"""Plays learners in one Anki: `python driver.py STORIES.json RESULTS.json`. It runs inside that Anki's own environment.

A story is a list of steps, each on a day of its own (`time`, in seconds). Anki's clock cannot be set, so after each
step the driver puts on the story's day whatever Anki stamped with its clock. Every import yields the learner's state
before and after it, and Anki's log of it.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

from anki import import_export_pb2
from anki.collection import Collection

# 2.1.66 has one way to import a package, and nothing to tick.
HAS_OPTIONS = hasattr(import_export_pb2, "ImportAnkiPackageOptions")
AGAIN, GOOD = 1, 3


class Learner:
    """A collection, and what its owner does."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.collection = Collection(str(file))
        self.imports: list[dict[str, object]] = []

    def play(self, step: dict) -> None:
        started = int(time.time())
        getattr(self, step["do"])(**{key: value for key, value in step.items() if key not in ("do", "time")})
        self.put_on_day(started, step["time"])
        if step["do"] == "take":
            self.imports[-1]["after"] = self.state()

    def put_on_day(self, started: int, day: int) -> None:
        database = self.collection.db
        database.execute("update notes set mod = ? where mod >= ?", day, started)
        database.execute("update cards set mod = ? where mod >= ?", day, started)
        if database.scalar("select count() from notetypes where mtime_secs >= ?", started):
            database.execute("update notetypes set mtime_secs = ? where mtime_secs >= ?", day, started)
            # The backend keeps note types in memory.
            self.collection.close()
            self.collection = Collection(str(self.file))

    # --- What a learner does

    def take(self, package: str, merge: bool) -> None:
        """Import a package: with the options that Anki comes with, or with *Merge note types* ticked."""
        before = self.state()
        if HAS_OPTIONS:
            options = self.collection._backend.get_import_anki_package_presets()
            options.merge_notetypes = options.merge_notetypes or merge
            request = import_export_pb2.ImportAnkiPackageRequest(package_path=package, options=options)
            log = self.collection.import_anki_package(request).log
        else:
            log = self.collection.import_anki_package(package).log
        self.collection.models._clear_cache()
        counts = {name: len(getattr(log, name)) for name in ("new", "updated", "duplicate", "conflicting")}
        counts["other"] = log.found_notes - sum(counts.values())
        self.imports.append({"before": before, "log": counts})

    def review(self, note: str) -> None:
        for card in self.cards(note):
            self.answer(card, GOOD)

    def fail(self, note: str) -> None:
        """Forget the note's first card once too often: Anki tags the note `leech` and suspends the card."""
        card = self.cards(note)[0]
        card.type = card.queue = 2
        card.ivl, card.due, card.factor, card.lapses = 5, 0, 2500, 7
        self.collection.update_card(card)
        self.answer(self.cards(note)[0], AGAIN)

    def answer(self, card, ease: int) -> None:
        card.start_timer()
        self.collection.sched.answerCard(card, ease)

    def edit(self, note: str, field: str, text: str) -> None:
        edited = self.note(note)
        edited[field] = text
        self.collection.update_note(edited)

    def tag(self, note: str, tag: str) -> None:
        tagged = self.note(note)
        tagged.add_tag(tag)
        self.collection.update_note(tagged)

    def suspend(self, note: str) -> None:
        self.collection.sched.suspend_cards([card.id for card in self.cards(note)])

    def flag(self, note: str) -> None:
        self.collection.set_user_flag_for_cards(2, [card.id for card in self.cards(note)])

    def move(self, note: str, deck: str) -> None:
        self.collection.set_deck([card.id for card in self.cards(note)], self.collection.decks.id(deck))

    def delete(self, note: str) -> None:
        self.collection.remove_notes([self.note(note).id])

    def rename_deck(self, old: str, new: str) -> None:
        self.collection.decks.rename(self.collection.decks.id(old), new)

    def restyle(self, note: str, css: str) -> None:
        note_type = self.note(note).note_type()
        note_type["css"] += css
        self.collection.models.update_dict(note_type)

    def rename_type(self, note: str, name: str) -> None:
        note_type = self.note(note).note_type()
        note_type["name"] = name
        self.collection.models.update_dict(note_type)

    def add_field(self, note: str, name: str) -> None:
        models, note_type = self.collection.models, self.note(note).note_type()
        models.add_field(note_type, models.new_field(name))
        models.update_dict(note_type)

    # --- What there is

    def note(self, guid: str):
        return self.collection.get_note(self.collection.db.scalar("select id from notes where guid = ?", guid))

    def cards(self, guid: str) -> list:
        return self.note(guid).cards()

    def state(self) -> dict[str, object]:
        database, decks = self.collection.db, self.collection.decks
        notes, guids = {}, {}
        types = {entry.id: self.collection.models.get(entry.id) for entry in self.collection.models.all_names_and_ids()}
        for id_, guid, type_, modified, tags, fields in database.all(
            "select id, guid, mid, mod, tags, flds from notes"
        ):
            guids[id_] = guid
            notes.setdefault(guid, []).append(
                {
                    "id": id_,
                    "modified": modified,
                    "tags": sorted(tags.split()),
                    "type": types[type_]["name"],
                    "fields": dict(zip((it["name"] for it in types[type_]["flds"]), fields.split("\x1f"), strict=True)),
                }
            )
        cards: dict[str, list] = {}
        columns = "id, nid, ord, did, type, queue, due, ivl, factor, reps, lapses, left, odue, odid, flags"
        for row in database.all(f"select {columns} from cards"):  # noqa: S608
            card = dict(zip(columns.split(", "), row, strict=True))
            card["deck"] = decks.name(card.pop("did"))
            card["reviews"] = database.all("select id, ease from revlog where cid = ? order by id", card["id"])
            cards.setdefault(f"{guids[card.pop('nid')]}/{card.pop('ord')}", []).append(card)
        return {
            "notes": notes,
            "cards": cards,
            "reviews": database.scalar("select count() from revlog"),
            # Ours only: Anki's own ids are of the clock.
            "types": {str(id_): _shown(it) for id_, it in types.items() if id_ >= 10**13 or id_ in self._used()},
            "decks": sorted(entry.name for entry in decks.all_names_and_ids()),
            "empty": sorted(self._empty()),
            "schema": database.scalar("select scm from col"),
        }

    def _used(self) -> set[int]:
        return set(self.collection.db.list("select distinct mid from notes"))

    def _empty(self) -> list[str]:
        found = [card for note in self.collection.get_empty_cards().notes for card in note.card_ids]
        sql = "select n.guid || '/' || c.ord from cards c join notes n on n.id = c.nid where c.id = ?"
        return [self.collection.db.scalar(sql, card) for card in found]


def _shown(note_type: dict) -> dict[str, object]:
    return {
        "name": note_type["name"],
        "modified": note_type["mod"],
        "css": note_type["css"],
        "fields": [field["name"] for field in note_type["flds"]],
        "cards": [[card["name"], card["qfmt"], card["afmt"]] for card in note_type["tmpls"]],
    }


def main(stories: str, results: str) -> None:
    told = {}
    with tempfile.TemporaryDirectory() as home:
        empty = Path(home, "empty.anki2")
        # A new collection takes ten times as long as a copy.
        Collection(str(empty)).close()
        for number, (name, steps) in enumerate(json.loads(Path(stories).read_text(encoding="utf-8")).items()):
            file = Path(home, str(number), "collection.anki2")
            file.parent.mkdir()
            shutil.copy(empty, file)
            learner = Learner(file)
            for step in steps:
                try:
                    learner.play(step)
                except Exception as error:
                    raise RuntimeError(f"{name}: {step}") from error
            problems, _ = learner.collection.fix_integrity()
            # The driver moves reviews to the story's days, but not the second note that Anki keeps of their times.
            problems = "\n".join(line for line in problems.splitlines() if "last review time" not in line)
            told[name] = {"imports": learner.imports, "check": problems}
            learner.collection.close()
    Path(results).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
