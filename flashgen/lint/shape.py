"""A card template → the stretches of it that the layout marks: the prompt, the answer and the context.

They are cut from the template once, so that a card fills only what is looked at, through the reviewer itself.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeGuard

from msgspec import Struct

from flashgen.pattern import pattern
from flashgen.render import reviewer

PROMPT, ANSWER, CONTEXT = "fg-prompt", "fg-answer", "fg-context"
# What stands in the answer's box beside the answer, and what no reader sees as text of the card.
_BESIDE = ("fg-detail", "fg-stack")
_UNSEEN = pattern(
    r"<(script|style|button)\b.*?</\1>|<(div|span)\b[^>]*\bhidden\b[^>]*>.*?</\2>|\{\{tts [^{}]*\}\}", re.DOTALL
)
_SECTION = pattern(r"\{\{([#^/])([^{}]*)\}\}")
_ANSWER_LINE = pattern(r'<[a-z]+[^>]*\bid="?answer\b[^>]*>')
_SPECIAL = reviewer.FILLED_SPECIALS | {"Tags", "FrontSide"}


class Stretch(Struct, frozen=True):
    """A part of a card template: its tree, and the fields that it prints, in their order.

    `has_specials` says whether it prints one of Anki's special fields; `plain` holds its nodes where they are text and
    fields alone, else None; `only` is the one field that is all of it, or "".
    """

    tree: reviewer.Template
    fields: tuple[str, ...]
    has_specials: bool
    plain: tuple[str | reviewer.Replacement, ...] | None
    only: str


class Shape(Struct, frozen=True):
    """The stretches of one card template; `answer` is None where the prompt fills in on the back, as a cloze's does.

    `revealed` is the prompt on the back. `gapped` names the fields whose gaps the prompt shows, and `told` those
    whose gap the answer repeats.
    """

    prompt: Stretch
    revealed: Stretch
    answer: Stretch | None
    context: Stretch
    gapped: tuple[str, ...]
    told: tuple[str, ...]


@lru_cache(maxsize=512)
def shape_of(front: str, back: str) -> Shape:
    """Return the shape of a card template. One without the layout's marks is a prompt as a whole, up to its line."""
    prompt, revealed = _marked(front, PROMPT), _marked(back, PROMPT)
    answer: str | None = _marked(back, ANSWER)
    if not prompt:
        line = _ANSWER_LINE.search(back)
        prompt, revealed, answer = front, back, back[line.end() :] if line else None
    prompt, revealed = _UNSEEN.sub("", prompt), _UNSEEN.sub("", revealed)
    gapped, told = _with_gaps(prompt), _with_gaps(answer or "")
    stretch = _stretch(_without(answer, _BESIDE)) if answer else None
    return Shape(_stretch(prompt), _stretch(revealed), stretch, _stretch(_marked(front, CONTEXT)), gapped, told)


def _with_gaps(template: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name, filters in _printed(template) if "cloze" in filters))


def _stretch(template: str) -> Stretch:
    template = _UNSEEN.sub("", template)
    names = dict.fromkeys(name for name, _ in _printed(template) if name not in _SPECIAL)
    tree = reviewer.parse(template)
    has_specials = not _SPECIAL.isdisjoint(tree.names())
    plain = tuple(node for node in tree.nodes if isinstance(node, str) or _is_field_alone(node))
    is_plain = not has_specials and len(plain) == len(tree.nodes)
    shown = [node for node in plain if node != ""] if is_plain else []
    only = shown[0].field if len(shown) == 1 and not isinstance(shown[0], str) else ""
    return Stretch(tree, tuple(names), has_specials, plain if is_plain else None, only)


def _is_field_alone(node: reviewer.Replacement | reviewer.Section) -> TypeGuard[reviewer.Replacement]:
    return isinstance(node, reviewer.Replacement) and not node.filters


def _printed(template: str) -> list[tuple[str, list[str]]]:
    """Return each field that a template prints, with its filters."""
    tags = [tag.partition("}}")[0].split(":") for tag in template.split("{{")[1:]]
    return [(name, filters) for *filters, name in tags if name[:1] not in ("#", "^", "/")]


def _marked(template: str, mark: str) -> str:
    """Return what the elements of a class hold, each within the sections that it stands in."""
    found = []
    for start, _, inner_start, inner_end in _elements(template, mark):
        open_ = _open_sections(template[:start])
        before = "".join(f"{{{{{sign}{name}}}}}" for sign, name in open_)
        after = "".join(f"{{{{/{name}}}}}" for _, name in reversed(open_))
        found.append(before + template[inner_start:inner_end] + after)
    return "".join(found)


def _without(template: str, marks: tuple[str, ...]) -> str:
    for mark in marks:
        for start, end, _, _ in reversed(_elements(template, mark)):
            template = template[:start] + template[end:]
    return template


def _elements(template: str, mark: str) -> list[tuple[int, int, int, int]]:
    """Return where the elements of a class start and end, and what they hold does."""
    found: list[tuple[int, int, int, int]] = []
    opening = re.compile(rf'<([a-z][a-z0-9]*)\b[^>]*\bclass="[^"]*(?<![\w-]){mark}(?![\w-])[^"]*"[^>]*>')
    for match in opening.finditer(template):
        if found and match.start() < found[-1][1]:
            continue
        depth = 1
        for tag in re.compile(rf"<(/?){match[1]}\b[^>]*>").finditer(template, match.end()):
            depth += -1 if tag[1] else 1
            if depth == 0:
                found.append((match.start(), tag.end(), match.end(), tag.start()))
                break
    return found


def _open_sections(before: str) -> list[tuple[str, str]]:
    stack: list[tuple[str, str]] = []
    for sign, name in _SECTION.findall(before):
        if sign != "/":
            stack.append((sign, name))
        elif stack:
            stack.pop()
    return stack
