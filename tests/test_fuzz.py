"""A sample of what `fuzz/run.py` does in full, and all that it ever found, each as small as it can be."""

from __future__ import annotations

import os
from typing import Final

import pytest
from fuzz.change import Input, make
from fuzz.run import fuzz
from fuzz.seeds import seeds
from fuzz.structure import block_of, structured
from fuzz.worker import run

DECK: Final = b"uid: u\nname: Deck\n"
FACTS: Final = b"kind: basic\nfacts:\n  - {id: pod, front: What is a Pod?, back: The smallest unit}\n"
KIND: Final = b"facts: {word: {type: text}}\nfields: {Word: word}\ncards: [card]\n"
OWN: Final = {
    "templates/own/kind.yaml": KIND,
    "templates/own/card.html.j2": b"{{ word }}",
    "cards/d/own.yaml": b"kind: own\nfacts: [{id: a, word: b}]\n",
}


def test_a_sample_stands() -> None:
    result = fuzz(100_000 if os.environ.get("FLASHGEN_FULL") == "1" else 200, seed="sample")
    assert not result.failed, "\n".join(f"{number}: {why}" for number, why in result.failed.items())
    # Some are sound, some have findings, and some cannot be gone on with.
    assert set(result.codes) == {"0", "1", "2"}


# The files of a project beside a sound deck, what is run on it, its exit code, and what is said.
FOUND: Final = {
    "what was retired is no list": (
        {"cards/d/deck.yaml": DECK + b"retired: {a: b}\n"},
        "check",
        1,
        "takes a list of words",
    ),
    "a field without a name": (
        {**OWN, "templates/own/kind.yaml": KIND.replace(b"Word:", b'"":')},
        "check",
        1,
        "Anki would not keep the field name ``",
    ),
    "a number that is none": (
        {**OWN, "templates/own/kind.yaml": KIND + "revision: ²\n".encode()},
        "check",
        1,
        "whole number",
    ),
    "a number of 5,000 digits": (
        {**OWN, "templates/own/kind.yaml": KIND + b"revision: " + b"9" * 5000 + b"\n"},
        "check",
        1,
        "whole number",
    ),
    "a gap's number of 5,000 digits": (
        {"cards/d/gaps.yaml": b"kind: cloze\nfacts: [{id: a, text: '{{c" + b"1" * 5000 + b"::x}}'}]\n"},
        "check",
        1,
        "`{{c11111111111111111…` makes no card",
    ),
    "the credit at which a file breaks off": (
        {"cards/d/media/credits.yaml": b"pod.png: {author: A\n  x", "cards/d/media/pod.png": b"x"},
        "check",
        1,
        "credits.yaml:1:10",
    ),
    "a template's name longer than a file's": (
        {**OWN, "templates/own/card.html.j2": b"{% include '" + b"x" * 5000 + b"' %}"},
        "check",
        1,
        "there is no template `xxx",
    ),
    "a file of a field longer than a file's name": (
        {**OWN, "templates/own/kind.yaml": b"fields: {Word: " + b"x" * 5000 + b".j2}\ncards: [card]\n"},
        "check",
        1,
        "there is no `templates/own/xxx",
    ),
    "a font of a longer name than a file's": (
        {"templates/_theme/tokens.css": b"@font-face { src: url(" + b"x" * 5000 + b".woff) }"},
        "check",
        1,
        "there is no file `xxx",
    ),
    "a file of a field that is no text, which a card rule reads as well": (
        {
            **OWN,
            "templates/own/kind.yaml": KIND.replace(b"Word: word", b"Word: word, More: fields/x.html.j2"),
            "templates/own/fields/x.html.j2": b"\xa0",
        },
        "check",
        1,
        "the byte 0xa0 is not UTF-8",
    ),
    "a file of a field with a number of 5,000 digits": (
        {
            **OWN,
            "templates/own/kind.yaml": KIND.replace(b"Word: word", b"Word: word, More: fields/x.html.j2"),
            "templates/own/fields/x.html.j2": b"{{ " + b"9" * 5000 + b" }}",
        },
        "check",
        1,
        "or holds too large a number",
    ),
    "a folder that is called like a style": (
        {"templates/_theme/x.css/y.txt": b""},
        "check",
        0,
        "All is well",
    ),
    "a gap's number in Arabic digits": (
        {"cards/d/gaps.yaml": "kind: cloze\nfacts: [{id: a, text: '{{c٣::x}}'}]\n".encode()},
        "check",
        1,
        "`{{c٣::` opens no gap",
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found_is_told(name: str) -> None:
    files, command, code, said = FOUND[name]
    files = {"cards/d/deck.yaml": DECK, "cards/d/facts.yaml": FACTS, **files}
    done = run(Input(name, files, {}, command.split()))
    assert done.fault == ""
    assert done.code == code, done.out + done.err
    assert said in done.out + done.err


def test_an_input_is_the_same_whenever_it_is_made() -> None:
    assert make(seeds(), "0-1") == make(seeds(), "0-1")
    one = structured("0", 4)
    block_of.cache_clear()
    assert structured("0", 4) == one
