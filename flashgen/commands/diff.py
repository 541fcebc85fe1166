"""`flashgen diff`: what learners will see change, before they do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from flashgen import rules
from flashgen.commands.findings import Findings
from flashgen.compare.difference import Difference
from flashgen.compare.matching import match
from flashgen.compare.packages import Known, compare_packages
from flashgen.compare.packed import PackedDeck, read_apkg
from flashgen.compare.since import beside_release
from flashgen.compare.sources import beside_package
from flashgen.diagnostics import Report, Severity
from flashgen.errors import FlashgenError
from flashgen.pipeline import DIST, Checked, check
from flashgen.report import diff_json, diff_markdown, diff_text

# Errors that the comparison itself explains; all others leave facts out, which would look lost.
_EXPLAINED = (rules.SHAPE_CHANGE, rules.DECK_RENAMED, rules.LOST_NOTE)


def run(
    find_root: Callable[[], Path],
    packages: Sequence[Path],
    decks: Collection[str],
    languages: Collection[str],
    format_: str,
    findings: Findings,
    *,
    sides: bool,
    exit_code: bool,
) -> int:
    """Show what differs, and return the exit code: 1 for errors in the sources and, if wanted, for any difference."""
    failed = False
    if len(packages) > 1:
        if decks or languages:
            raise FlashgenError("--deck and --language choose among the sources, and two packages need none")
        differences = [_compare_two(*packages)]
    else:
        # First: a package that cannot be read is told before the sources are.
        old = read_apkg(packages[0]) if packages else None
        root, report = find_root(), Report()
        checked = check(root, report, decks, languages)
        failed = report.failed
        _show_errors(report, root, format_, findings)
        if any(f.rule.severity is Severity.ERROR and f.rule not in _EXPLAINED for f in report):
            findings.screen.tell("Mend these first; a fact with an error would look lost.")
            return 1
        differences = _compare_sources(checked, root, old, packages)
    _show(differences, format_, sides=sides)
    return int(failed or (exit_code and any(differences)))


def _show_errors(report: Report, root: Path, format_: str, findings: Findings) -> None:
    errors = Report()
    for finding in report:
        if finding.rule.severity is Severity.ERROR:
            errors.add(finding.rule, finding.message, finding.span, finding.hint, finding.related)
    # Beside JSON and Markdown they would be in the way.
    findings.show(errors, root, aside=format_ != "text")


def _compare_two(old: Path, new: Path) -> Difference:
    before, after = read_apkg(old), read_apkg(new)
    name = _root_deck(after) or _root_deck(before)
    return compare_packages(before, after, Known(), (str(old), str(new)), (name, "", ""))


def _root_deck(package: PackedDeck) -> str:
    return ", ".join(dict.fromkeys(name.partition("::")[0] for name in package.decks))


def _compare_sources(
    checked: Checked, root: Path, old: PackedDeck | None, packages: Sequence[Path]
) -> list[Difference]:
    if old is None:
        return [beside_release(one, checked.locks[one.deck.folder], root / DIST) for one in checked.editions]
    guids = [
        {note.guid for note in one.notes}
        | {guid for guid, entry in checked.locks[one.deck.folder].notes.items() if entry.language == one.language}
        for one in checked.editions
    ]
    parts = match(old, checked.editions, guids)
    found = [
        beside_package(one, checked.locks[one.deck.folder], part, str(packages[0]))
        for one, part in zip(checked.editions, parts, strict=True)
        if part is not None
    ]
    if not found:
        there = ", ".join(f"“{name}”" for name in old.decks) or "no deck"
        here = ", ".join(f"“{one.name}”" for one in checked.editions) or "none"
        message = f"{packages[0]} has no note and no deck of these sources: it holds {there}"
        raise FlashgenError(message, f"the decks here are: {here}")
    return found


def _show(differences: Sequence[Difference], format_: str, *, sides: bool) -> None:
    if format_ == "json":
        print(diff_json.dump(differences, sides=sides))
        return
    lines = diff_markdown.lines if format_ == "markdown" else diff_text.lines
    for line in lines(differences, sides=sides):
        print(line)
