"""`flashgen schema`: what editors have to know of a project, and which of its files tell them."""

from __future__ import annotations

from pathlib import Path

from flashgen.author.editors import FOLDER, schemas_of, stale, wire
from flashgen.commands.findings import Findings
from flashgen.diagnostics import Report
from flashgen.write import write_bytes


def run(root: Path, findings: Findings, *, check: bool, wired: bool) -> int:
    """Write the schemas anew, or with `check` tell which would change, and return the exit code.

    With `wired`, the project's YAML files get the comment that names their schema, where they have none.
    """
    report = Report()
    schemas = schemas_of(root, report)
    if report.failed:
        findings.show(report, root)
        findings.screen.tell(f"{FOLDER}/ is as it was; mend the kinds first.")
        return 1
    changed = stale(root, schemas)
    for name in changed:
        print(name)
        if not check:
            write_bytes(root / name, schemas[name])
    if check and changed:
        findings.screen.tell(f"{FOLDER}/ is not up to date: run `flashgen schema`, and commit it.")
        return 1
    files = wire(root) if wired else ()
    for name in files:
        print(name)
    if not changed and not files:
        findings.screen.tell(f"{FOLDER}/ is up to date.")
    return 0
