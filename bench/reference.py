"""The plain genanki script that flashgen is measured against: `reference.py NOTES.json OUT.apkg`.

NOTES.json holds a list of `[guid, front, back, tags]`, rendered before.
"""

import json
import sys
from pathlib import Path

import genanki

notes, out = sys.argv[1:]
model = genanki.Model(
    1_607_392_319,
    "Basic",
    fields=[{"name": "Front"}, {"name": "Back"}],
    templates=[{"name": "Card 1", "qfmt": "{{Front}}", "afmt": "{{FrontSide}}<hr id=answer>{{Back}}"}],
)
deck = genanki.Deck(2_059_400_110, "Bench")
for guid, front, back, tags in json.loads(Path(notes).read_text(encoding="utf-8")):
    deck.add_note(genanki.Note(model, [front, back], guid=guid, tags=tags))
genanki.Package(deck).write_to_file(out)
