"""`flashgen adopt`: take over a deck made elsewhere, with all that its learners have done."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from flashgen.adopt import Adoption, Matching, Move, Way, adopt, cut, plain, split
from flashgen.adopt.match import kind_of, match_fields, match_table
from flashgen.adopt.shared import read_shared
from flashgen.adopt.table import Row, read_table
from flashgen.commands.findings import Findings
from flashgen.commands.screen import Screen
from flashgen.compare.packed import PackedDeck, read_apkg
from flashgen.diagnostics import Report
from flashgen.errors import FlashgenError
from flashgen.model import Edition, Kind
from flashgen.pack.lock import name
from flashgen.pack.lockfile import NAME, read_lock
from flashgen.pipeline import check
from flashgen.read.project import CARDS
from flashgen.render.plain import title_of
from flashgen.write import write_lock

_MERGE_ONCE = """\
Tell learners to tick “Merge note types” in Anki's import window at the first import of your package, and only then.
Without it Anki skips those notes: they keep their reviews, and get none of your texts. Who forgot it imports the same
package twice more: with the tick, then with “Update notes: Always”."""


def run(
    root: Path,
    file: Path,
    deck: str | None,
    language: str | None,
    by: str | None,
    table: Path | None,
    findings: Findings,
    *,
    dry: bool,
) -> int:
    """Match, show what came of it, write the lock unless told not to, and return the exit code."""
    if (by is None) == (table is None):
        raise FlashgenError("which note is which fact?", "give either `--by FIELD` or `--table FILE`")
    rows = read_table(table) if table is not None else ()
    package = read_apkg(file)
    report = Report()
    checked = check(root, report, [deck] if deck else (), [language] if language else ())
    findings.show(report, root)
    if report.failed:
        findings.screen.tell("Nothing was written; mend the errors first.")
        return 1
    edition = _only(checked.editions)
    folder = edition.deck.folder
    shown = f"{CARDS}/{folder}/{NAME}"
    lock = read_lock(root / shown, shown, edition.deck.uid, edition.deck.released)
    matching = _match(package, edition, by, rows)
    if matching.faults:
        for fault in matching.faults:
            print(f"error: {fault}")
        findings.screen.tell("Nothing was written; mend the table first.")
        return 1
    adoption = adopt(package, edition, matching, lock, checked.locks[folder], read_shared(root))
    _show(adoption, edition, package, file, findings.screen)
    if not adoption.taken and not adoption.before:
        findings.screen.tell("Nothing was written: no note of the old deck could be taken over.")
        return 1
    if dry:
        findings.screen.tell("Nothing was written (--dry-run).")
    elif adoption.taken:
        write_lock(root / shown, lock)
        findings.screen.praise(f"Wrote {shown}. Next: flashgen build, and commit the lock.")
    else:
        findings.screen.tell("Nothing new: all of it was taken over before.")
    return 0


def _only(editions: tuple[Edition, ...]) -> Edition:
    folders = sorted({edition.deck.folder for edition in editions})
    if len(folders) != 1:
        hint = f"name one with `--deck`: {', '.join(folders)}" if folders else "write its facts first"
        raise FlashgenError("an old deck becomes one deck of the project", hint)
    if len(editions) != 1:
        codes = ", ".join(edition.language for edition in editions)
        raise FlashgenError("an old deck has one language", f"name it with `--language`: {codes}")
    return editions[0]


def _match(package: PackedDeck, edition: Edition, by: str | None, rows: tuple[Row, ...]) -> Matching:
    before, olds, notes = split(package, edition)
    if by is not None:
        field, _, other = by.partition("=")
        return match_fields(olds, notes, field, other)
    done = {id(pair.old): pair.note for pair in before}
    found = match_table(package.notes.values(), edition.notes, rows)
    # A line that came true before is fine to stay.
    return replace(found, pairs=tuple(pair for pair in found.pairs if done.get(id(pair.old)) is not pair.note))


def _show(adoption: Adoption, edition: Edition, package: PackedDeck, file: Path, screen: Screen) -> None:
    for old in adoption.old_rest:
        print(f"no fact: {cut(plain(old.fields[0]))} (guid {old.guid})")
    for note in adoption.own_rest:
        print(f"no old note: {name(note)}: {title_of(note)}")
    for line in adoption.refused:
        print(f"refused: {line}")
    kinds = {note.note_type.kind: kind_of(note) for note in edition.notes}
    for move in adoption.moves:
        print("\n".join(_told(move, kinds[move.own.kind])))
    for remark in adoption.remarks:
        print(f"note: {remark}")
    before = f", {len(adoption.before)} of them before" if adoption.before else ""
    count = len(adoption.taken) + len(adoption.before)
    told = f"{count} of {len(package.notes)} notes of {file.name} become notes of “{edition.name}”{before}."
    screen.tell(told)
    if any(move.way is Way.MERGE for move in adoption.moves):
        screen.tell(_MERGE_ONCE)


def _told(move: Move, kind: Kind) -> list[str]:
    """Return what becomes of an old note type, line by line."""
    notes = f"{move.count} note{'s' * (move.count != 1)}"
    head = f"note type “{move.old.name}” → “{move.own.name}”, {notes}"
    if move.way is Way.REFUSED:
        return [f"{head}: refused, {move.reason}", f"  hint: {move.cure}"]
    how = "kept; a plain import updates them" if move.way is Way.DEFAULT else "needs “Merge note types” once"
    pairs = zip(move.old.cards, move.cards, strict=True)
    cards = (f"  card `{said}` goes on as `{kind.cards[at].id}`" for (_, said), at in pairs)
    return [f"{head}: {how}", *cards]
