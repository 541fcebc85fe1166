"""The bill of materials of flashgen as it is installed here: CycloneDX 1.5, as JSON, on standard output.

    python .ci/bill.py > flashgen-0.1.0.cdx.json

A release carries it. It names flashgen and all that it needs at run time, with the versions of this environment, so it
is made in a new one that holds the wheel alone. It has no date in it: the same environment gives the same bytes.
"""

from __future__ import annotations

import json
import re
import sys
import uuid
from importlib import metadata
from typing import Any

OWN = "flashgen"


def main() -> None:
    components = {name: component(name) for name in sorted(needed(OWN))}
    own = components.pop(OWN)
    links = [
        {"ref": reference(name), "dependsOn": [reference(other) for other in sorted(direct(name))]}
        for name in (OWN, *components)
    ]
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {**own, "type": "application"}},
        "components": list(components.values()),
        "dependencies": links,
    }
    content = json.dumps(bill, sort_keys=True)
    bill["serialNumber"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}"
    json.dump(bill, sys.stdout, indent=1, ensure_ascii=False)
    print()


def needed(name: str) -> set[str]:
    """Return a distribution and all that it needs at run time, directly or not."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += direct(one)
    return found


def direct(name: str) -> list[str]:
    """Return what a distribution needs, where it is installed: what is meant for other systems is not."""
    names = []
    for requirement in metadata.requires(name) or ():
        wanted, _, condition = requirement.partition(";")
        word = re.match(r"[A-Za-z0-9._-]+", wanted)
        if word is None or "extra ==" in condition:
            continue
        other = re.sub(r"[-_.]+", "-", word[0]).lower()
        try:
            metadata.distribution(other)
        except metadata.PackageNotFoundError:
            if not condition:
                raise
            continue
        names.append(other)
    return names


def component(name: str) -> dict[str, Any]:
    about = metadata.metadata(name)
    licence = about.get("License-Expression")
    classified = [
        line.rpartition(" :: ")[2] for line in about.get_all("Classifier") or () if line.startswith("License")
    ]
    named = licence or ", ".join(classified) or (about.get("License") or "").partition("\n")[0]
    made = {"type": "library", "bom-ref": reference(name), "name": name, "version": metadata.version(name)}
    made["purl"] = reference(name)
    if licence:
        return {**made, "licenses": [{"expression": licence}]}
    return {**made, "licenses": [{"license": {"name": named}}]} if named else made


def reference(name: str) -> str:
    """Return the package URL of a distribution."""
    return f"pkg:pypi/{name}@{metadata.version(name)}"


if __name__ == "__main__":
    main()
