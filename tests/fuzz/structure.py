"""Sound YAML with unsound content: Hypothesis builds facts, decks, kinds and locks that hold anything anywhere."""

from __future__ import annotations

import json
import random
import re
from functools import lru_cache
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from fuzz.change import WORDS, Input

_KEYS = [
    *("id", "kind", "tags", "source", "covers", "formerly", "deck", "draft", "allow", "see", "confused_with", "as_of"),
    *("front", "back", "reverse", "text", "extra", "term", "definition", "example", "name", "role", "where", "items"),
    *("steps", "aspects", "subjects", "sides", "layer", "regions", "labels", "picture", "alt", "answer", "question"),
    *("uid", "languages", "version", "licence", "description", "repository", "retired", "speech", "released", "facts"),
    *("about", "fields", "cards", "each", "gaps", "family", "companions", "revision", "type", "required", "of", "min"),
    *("max", "keys", "from", "in", "having", "file", "ko", "en", "", "<<", "word", "a b", "한글"),
]
_KINDS = "basic cloze concept component comparison layer list sequence command diagram own".split()
_SOUND = ["pod", "node", "a", "b", "Text *here*", "{{c1::x}}", "1", "true", "en", "ko", "part.text", *_KINDS]
_words = st.one_of(
    st.sampled_from(WORDS),
    st.text(max_size=12),
    st.sampled_from(_SOUND),
    st.lists(st.sampled_from(WORDS), max_size=6).map("".join),
)
_keys = st.one_of(st.sampled_from(_KEYS), _words)
_anything = st.recursive(
    _words,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_keys, inner, max_size=4)),
    max_leaves=12,
)
_facts = st.lists(
    st.fixed_dictionaries(
        {"id": st.one_of(st.sampled_from(_SOUND), _words)},
        optional={key: _anything for key in _KEYS if key != "id"},
    ),
    max_size=3,
)
_fact_file = st.fixed_dictionaries(
    {"kind": st.sampled_from(_KINDS), "facts": st.one_of(_facts, _anything)},
    optional={"tags": _anything, "source": _anything, "as_of": _anything},
)
_types = "text markdown cloze html plain choice boolean number list map texts drawing media picture".split()
_spec = st.fixed_dictionaries(
    {"type": st.one_of(st.sampled_from(_types), _words)},
    optional={"required": _words, "of": _anything, "items": _anything, "keys": _words, "max": _words, "min": _words},
)
_kind_file = st.fixed_dictionaries(
    {
        "facts": st.one_of(st.dictionaries(_keys, st.one_of(_spec, _anything), max_size=4), _anything),
        "fields": st.one_of(st.dictionaries(_keys, st.one_of(_keys, _anything), max_size=4), _anything),
        "cards": _anything,
    },
    optional=dict.fromkeys(("about", "each", "gaps", "family", "companions", "revision", "title"), _anything),
)
_DECK = "languages version licence description retired speech repository released formerly".split()
_deck_file = st.fixed_dictionaries(
    {"uid": _words, "name": st.one_of(_words, _anything)}, optional=dict.fromkeys(_DECK, _anything)
)
_LOCK = "note id hash modified fact title language released gone type kind fields cards family gap number".split()
_LOCK += "release time after deck adopted guid adopted-type without".split()
_json = st.one_of(st.integers(), _words, _anything, st.just(1), st.none(), st.floats())
_lock_line = st.fixed_dictionaries({}, optional=dict.fromkeys(_LOCK, _json))
_JINJA = """
    {{ front }}|{{ back }}|{% given front %}|{% otherwise %}|{% endgiven %}|{{ say('ask') }}|{{ gap(x) }}|{{ 9**99999 }}
    {% for x in items %}|{% endfor %}|{% if back %}|{% endif %}|{{ front ~ front }}|{{ 'x' * 99999999999 }}|{{ m(m) }}
    {% set x = x ~ x %}|{% set x %}{{ front }}{% endset %}|{% block prompt %}|{% endblock %}|{% macro m(a) %}
    {% extends "_layout/card.html.j2" %}|{% endmacro %}|{% include 'own/own.html.j2' %}|{{ front.__class__ }}|{% raw %}
"""
_templates = st.lists(
    st.one_of(st.sampled_from([part.strip() for part in re.split(r"[|\n]", _JINJA)]), _words), max_size=8
).map("".join)
_project = st.fixed_dictionaries(
    {"facts": _fact_file},
    optional={
        "deck": _deck_file,
        "kind": _kind_file,
        "template": _templates,
        "lock": st.lists(_lock_line, max_size=3),
        "labels": _anything,
        "outline": _anything,
        "credits": _anything,
    },
)


def structured(name: str, number: int) -> Input:
    """Return an input of a run by its number: Hypothesis makes them in blocks, each of a seed of its own."""
    block, place = divmod(number // 5, _BLOCK)
    project = block_of(name, block)[place]
    command = random.Random(f"{name}-{number}").choice(["check", "check", "build", "release", "preview"])
    arguments = {"release": ["release", "99.1", "--dry-run"], "preview": ["preview", "--static", "page"]}
    files = {
        "cards/d/deck.yaml": _yaml(project.get("deck", {"uid": "u", "name": "Deck"})),
        "cards/d/facts.yaml": _yaml(project["facts"]),
    }
    if "kind" in project:
        files["templates/own/kind.yaml"] = _yaml(project["kind"])
    if "template" in project:
        files["templates/own/own.html.j2"] = files["templates/basic/forward.html.j2"] = _bytes(project["template"])
        files["templates/own/fields/x.html.j2"] = _bytes(project["template"])
    if "lock" in project:
        lines = [{"flashgen": 2, "uid": "u"}, *project["lock"]]
        files["cards/d/deck.lock.jsonl"] = b"\n".join(json.dumps(line).encode() for line in lines)
    for key, path in (
        ("labels", "templates/own/labels/en.yaml"),
        ("outline", "cards/d/outline.yaml"),
        ("credits", "cards/d/media/credits.yaml"),
    ):
        if key in project:
            files[path] = _yaml(project[key])
    return Input(f"structured {command}", files, {}, arguments.get(command, [command]))


_BLOCK = 40


@lru_cache(maxsize=2)
def block_of(name: str, block: int) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []

    @seed(f"{name}-{block}")
    @settings(
        max_examples=_BLOCK,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
        derandomize=False,
    )
    @given(_project)
    def collect(project: dict[str, Any]) -> None:
        made.append(project)

    collect()
    # It may stop early where it has seen all that it thinks worth seeing.
    while len(made) < _BLOCK:
        made.append(made[len(made) % max(1, len(made) // 2)])
    return made


def _yaml(value: Any) -> bytes:
    # JSON is YAML, in flow style.
    return _bytes(json.dumps(value, ensure_ascii=False))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
