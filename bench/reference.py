"""The plain scripts that flashgen is measured against.

`reference.py genanki NOTES.json OUT.apkg` writes a list of `[guid, front, back, tags]`, rendered before.
`reference.py yaml FOLDER OUT.apkg` reads a folder of facts with `yaml.safe_load`, and writes them as they are.
`reference.py pictures FOLDER OUT.zip` reads the files of a folder, hashes them, and puts them in a zip.
"""

import hashlib
import json
import sys
import zipfile
from pathlib import Path


def genanki_script(notes: str, out: str) -> None:
    """Write notes that are ready."""
    _write(json.loads(Path(notes).read_text(encoding="utf-8")), out)


def yaml_script(folder: str, out: str) -> None:
    """Read facts, and write them."""
    import yaml  # noqa: PLC0415

    notes = []
    for file in sorted(Path(folder).glob("[0-9]*.yaml")):
        for fact in yaml.safe_load(file.read_text(encoding="utf-8"))["facts"]:
            notes += [(fact["id"], fact["front"], fact["back"], fact["tags"])]
    _write(notes, out)


def pictures_script(folder: str, out: str) -> None:
    """Read files, hash them, and put them in a zip."""
    with zipfile.ZipFile(out, "w") as archive:
        for file in sorted(Path(folder).iterdir()):
            data = file.read_bytes()
            archive.writestr(hashlib.sha256(data).hexdigest(), data)


def _write(notes: list, out: str) -> None:
    import genanki  # noqa: PLC0415

    model = genanki.Model(
        1_607_392_319,
        "Basic",
        fields=[{"name": "Front"}, {"name": "Back"}],
        templates=[{"name": "Card 1", "qfmt": "{{Front}}", "afmt": "{{FrontSide}}<hr id=answer>{{Back}}"}],
    )
    deck = genanki.Deck(2_059_400_110, "Bench")
    for guid, front, back, tags in notes:
        deck.add_note(genanki.Note(model, [front, back], guid=guid, tags=tags))
    genanki.Package(deck).write_to_file(out)


if __name__ == "__main__":
    {"genanki": genanki_script, "yaml": yaml_script, "pictures": pictures_script}[sys.argv[1]](*sys.argv[2:])
