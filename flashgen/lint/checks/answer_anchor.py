"""FG409: a back without the mark that Anki scrolls to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flashgen import rules
from flashgen.diagnostics import Span
from flashgen.lint.check import Found, Limits, Whole, WholeCheck
from flashgen.lint.sources import is_own
from flashgen.read.project import shown

_ANCHOR = re.compile(r"""<[^>]*\sid=["']?answer["'\s>]""")


def _judge(whole: Whole, _: Limits) -> Iterator[Found]:
    kinds = {kind.key: kind for kind in whole.kinds}
    for edition in whole.editions:
        for note_type in edition.note_types.values():
            kind = kinds[note_type.kind]
            if not is_own(kind, whole.project):
                continue
            for card, template in zip(kind.cards, note_type.templates, strict=True):
                if _ANCHOR.search(template.back) is None:
                    where = Span(shown(kind.folder / f"{card.id}.html.j2", whole.project.root))
                    hint = 'write `<hr id="answer">` above the answer, or extend `_layout/card.html.j2`'
                    yield Found(where, f"the back of `{card.id}` does not say where its answer starts", hint)


CHECK = WholeCheck(rules.ANSWER_ANCHOR, _judge)
