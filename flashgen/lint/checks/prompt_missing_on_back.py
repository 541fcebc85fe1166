"""FG410: a back on which the question is gone."""

from __future__ import annotations

from collections.abc import Iterator

from flashgen import rules
from flashgen.diagnostics import Span
from flashgen.lint.check import Found, Limits, Whole, WholeCheck
from flashgen.lint.shape import shape_of
from flashgen.lint.sources import is_own
from flashgen.read.project import shown
from flashgen.render import reviewer


def _judge(whole: Whole, _: Limits) -> Iterator[Found]:
    kinds = {kind.key: kind for kind in whole.kinds}
    for edition in whole.editions:
        for note_type in edition.note_types.values():
            kind = kinds[note_type.kind]
            if not is_own(kind, whole.project):
                continue
            for card, template in zip(kind.cards, note_type.templates, strict=True):
                asked = set(shape_of(template.front, template.back).prompt.fields)
                told = reviewer.parse(template.back).names()
                if asked and asked.isdisjoint(told) and "FrontSide" not in told:
                    where = Span(shown(kind.folder / f"{card.id}.html.j2", whole.project.root))
                    hint = "print its prompt on both sides, or extend `_layout/card.html.j2`, which does"
                    yield Found(where, f"the back of `{card.id}` shows nothing of what was asked", hint)


CHECK = WholeCheck(rules.PROMPT_MISSING_ON_BACK, _judge)
