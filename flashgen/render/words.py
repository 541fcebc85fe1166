"""The words that cards say themselves, in the language of an edition."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from markupsafe import Markup

from flashgen import rules
from flashgen.diagnostics import Report, Span
from flashgen.model import Kind
from flashgen.read.labels import FALLBACK, OF_KINDS
from flashgen.read.places import BUILT_IN, LABELS, TEMPLATES
from flashgen.render.faults import Misuse
from flashgen.render.markup import markdown_html


class Words:
    """The words that templates and choices say in one language."""

    def __init__(self, language: str, shared: Mapping[str, Mapping[str, str]], report: Report) -> None:
        self.language, self.shared, self.report = language, shared, report

    def find(self, kind: Kind, name: str) -> str | None:
        """Return the words of a name, or None where no catalogue has them.

        Where a language lacks them, English stands in, which is told. But whoever wrote a kind's cards and its
        catalogue in that language left out what the kind does not need.
        """
        for catalogues in (kind.labels, self.shared):
            if (words := catalogues.get(self.language, {}).get(name)) is not None:
                return words
        own, shared = (catalogues.get(FALLBACK, {}).get(name) for catalogues in (kind.labels, self.shared))
        if own is None and shared is not None:
            self._tell(name, shared)
        elif own is not None and kind.span.path.startswith(BUILT_IN):
            self._tell(f"{OF_KINDS}.{kind.name}.{name}", own)
        elif own is not None and self.language in kind.labels:
            return None
        elif own is not None:
            folder = kind.span.path.removesuffix("/kind.yaml")
            told = f"the kind `{kind.name}` has no words in `{self.language}`; its English ones stand in their place"
            hint = f"write them after the pattern of {folder}/labels/{FALLBACK}.yaml"
            self.report.add(rules.MISSING_CATALOGUE, told, Span(f"{folder}/labels/{self.language}.yaml"), hint)
        return shared if own is None else own

    def _tell(self, name: str, english: str) -> None:
        """Tell that English stands in for words that come with flashgen: once, where all of the language is missing."""
        message = f"there are no words for `{name}` in `{self.language}`; English ones stand in their place"
        hint = f"add them; in English they are “{english}”"
        if self.language not in self.shared:
            message = f"there is no catalogue for `{self.language}`; the built-in words stand in English"
            hint = f"`flashgen new --words {self.language}` writes it, to be translated"
        where = Span(f"{TEMPLATES}/{LABELS}/{self.language}.yaml")
        self.report.add(rules.MISSING_CATALOGUE, message, where, hint)

    def of_deck(self, name: str) -> str:
        """Return words that no kind has of its own, in English where the language has none, which is told."""
        words = self.shared.get(self.language, {}).get(name)
        if words is None:
            self._tell(name, self.shared[FALLBACK][name])
        return words or self.shared[FALLBACK][name]

    def say(self, kind: Kind) -> Callable[..., Markup]:
        """Return the function `say(name, **values)` that templates of this kind call."""
        from flashgen.render.bounds import hold  # noqa: PLC0415 - few runs have templates to run

        def say(name: str, /, **values: object) -> Markup:
            words = self.find(kind, name)
            if words is None:
                folder = kind.span.path.removesuffix("/kind.yaml").removeprefix(BUILT_IN)
                hint = f"add it to {folder}/labels/{self.language}.yaml"
                raise Misuse(rules.MISSING_LABEL, f"no words for `{name}` in `{self.language}`", hint, name)
            html = markdown_html(words).html
            hold(html.count("{"), values.values())
            return Markup(re.sub(r"\{(\w+)\}", lambda match: _print(values, match[1], name), html))  # noqa: S704

        return say

    def choice(self, kind: Kind, prop: str, value: str) -> str:
        """Return the words for a value of a choice, or the value itself where no catalogue translates it."""
        return self.find(kind, f"{prop}.{value}") or value

    def title(self, kind: Kind, name: str, otherwise: str) -> str:
        """Return the title of a kind or card, or its name where no catalogue titles it."""
        return self.find(kind, name) or otherwise


def _print(values: Mapping[str, object], name: str, label: str) -> str:
    if name not in values:
        hint = f'pass it: `say("{label}", {name}=…)`'
        raise Misuse(rules.UNDEFINED_NAME, f"the words of `{label}` want a `{name}`", hint, label)
    from jinja2 import Undefined  # noqa: PLC0415 - as above

    value = values[name]
    if isinstance(value, Undefined):
        str(value)
    return str(Markup.escape(value))
