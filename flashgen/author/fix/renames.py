"""`formerly:` for facts and items that only have another id than learners know."""

from __future__ import annotations

from collections.abc import Collection
from copy import deepcopy
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from flashgen.author.fix.changes import Change, Cured, FileText, Told
from flashgen.compare.changes import since_release
from flashgen.compare.released import lost_note
from flashgen.compare.renames import Cure, cures
from flashgen.compare.sources import known_of
from flashgen.diagnostics import Report
from flashgen.lint.selection import EVERYTHING
from flashgen.model import Kind
from flashgen.pack.lock import name
from flashgen.pipeline import check
from flashgen.read.project import CARDS, DECK
from flashgen.rules import LOST_NOTE
from flashgen.schema import Type
from flashgen.values import Map, Seq
from flashgen.write.edit import Edit, Places, apply, line_break, value_of


def write_formerly(root: Path, decks: Collection[str], *, dry: bool = False) -> tuple[list[Change], list[Told]]:
    """Write `formerly:` where a note that learners have now says the same under another id.

    Return what changed, and which findings that mends. Only content tells for sure: notes that were changed as well are
    the author's to judge. Raises FlashgenError.
    """
    changes: list[Change] = []
    if not any("released:" in file.read_text("utf-8", "replace") for file in (root / CARDS).glob(f"*/{DECK}")):
        return changes, []
    report = Report()
    checked = check(root, report, decks, lint=replace(EVERYTHING, cards=False))
    if report.failed:
        return changes, []
    wanted: dict[Path, dict[Cure, Kind]] = {}
    lost: list[tuple[Told, set[Cure]]] = []
    for edition in checked.editions:
        lock = checked.locks[edition.deck.folder]
        if not lock.releases:
            continue
        identity = known_of(edition, lock).identity
        assert identity is not None
        for gone, twin in since_release(edition, lock).renamed:
            needed = set(cures(gone.entry.fact, gone.guid, name(twin), twin.guid, identity))
            lost.append((Told(LOST_NOTE, edition.deck.path, message=lost_note(gone)), needed))
            for cure in needed:
                wanted.setdefault(root / twin.fact.path, {})[cure] = twin.fact.kind
    written: set[Cure] = set()
    for file, found in sorted(wanted.items()):
        text = FileText(root, file, dry=dry)
        for cure, kind in found.items():
            changed = text.write(partial(_formerly, cure=cure, kind=kind))
            changes += changed
            written |= {cure} if changed else set()
    return changes, [told for told, needed in lost if needed and needed <= written]


def _formerly(text: str, cure: Cure, kind: Kind) -> Cured | None:
    """Return a text in which a fact, or an item of it, says which id it had."""
    value = value_of(text)
    wanted = deepcopy(value)
    record, copy = _record(value, cure, kind), _record(wanted, cure, kind)
    # What it had before that, the first of all, is what its identity hangs on.
    if record is None or copy is None or "formerly" in record:
        return None
    places = Places(text)
    key = record.keys_at["id"]
    end = places.end(record.values_at["id"])
    line = f"formerly: [{cure.former}]"
    if text[places.start(record.at)] == "{":
        edit = Edit(end, end, f", {line}")
    else:
        # Behind the line of the id, and what is remarked there.
        row = record.values_at["id"][2] + 1
        at = places.starts[row] if row < len(places.starts) else len(text)
        newline = line_break(text)
        before = "" if text[:at].endswith(("\n", "\r")) else newline
        edit = Edit(at, at, f"{before}{' ' * key[1]}{line}{newline}")
    copy["formerly"] = [cure.former]
    changed = apply(text, [edit])
    if value_of(changed) != wanted:
        return None
    whose = f"the item `{cure.part}` of `{cure.fact}`" if cure.part else f"`{cure.fact}`"
    at_line = places.line(edit.start) + 1
    return Cured(changed, [(at_line, f"wrote that {whose} was `{cure.former}`")])


def _record(value: object, cure: Cure, kind: Kind) -> Map | None:
    """Return the fact that is meant, or its item."""
    facts = value.get("facts") if isinstance(value, Map) else None
    if not isinstance(facts, Seq):
        return None
    fact = next((fact for fact in facts if isinstance(fact, Map) and fact.get("id") == cure.fact), None)
    if fact is None or not cure.part:
        return fact
    lists = (fact.get(known.name) for known in kind.properties.values() if known.type is Type.LIST)
    items = (item for items in lists if isinstance(items, Seq) for item in items if isinstance(item, Map))
    return next((item for item in items if item.get("id") == cure.part), None)
