"""Fact files → Facts. A faulty fact is reported and set aside; the rest goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from flashgen import rules
from flashgen.allowances import Allowances
from flashgen.diagnostics import Related, Report, Severity, Span, choose, did_you_mean
from flashgen.known import Names
from flashgen.model import Document, Fact, Kind, Known, Project
from flashgen.schema import RECORD, Checker, Property, Type, bad_id, good_id, ids_of, origin
from flashgen.validate.deck import check_deck_name
from flashgen.values import Map, Position, Seq, Written, is_cut, span

# What a fact file may hold at its top.
FILE = {
    prop.name: prop
    for prop in (
        Property("kind", Type.PLAIN, about="The kind of this file's facts; a fact may name another"),
        Property("tags", Type.WORDS, about="Tags in Anki, for all facts of this file"),
        Property("source", Type.TEXT, about="The page that proves this file's facts"),
        Property("context", Type.TEXT, about="The quiet line above the prompts of this file's facts"),
        Property("as_of", Type.TEXT, about="When this file's facts were last known to be true"),
        Property("deck", Type.TEXT, about="The subdeck for the cards of this file"),
        Property("facts", Type.ANY, required=True, about="a list of facts"),
    )
}
# Anki splits tags at white space, U+3000 among it, and drops these two when a package comes without scheduling.
_TAG_SPACE = re.compile(r"\s")
_TAGS_OF_ANKI = ("marked", "leech")
_RULES = {rule.name: rule for rule in rules.RULES}
_CODES = {rule.code: rule.name for rule in rules.RULES}


class Misfit(Exception):  # noqa: N818 - no fault of anybody's
    """What is known of a file does not fit to the other files: all of them have to be read to tell why."""


class FactReader:
    """Reads the facts of one deck, file by file. `complete` turns False when one has to be set aside."""

    def __init__(
        self,
        project: Project,
        languages: Sequence[str] | None,
        report: Report,
        ignored: Mapping[str, frozenset[str]],
    ) -> None:
        self.project, self.languages, self.report, self.ignored = project, languages, report, ignored
        self.ids: dict[str, Span] = {}
        self.good_tags: set[str] = set()
        self.spellings: dict[str, str] = {}
        self.facts: list[Fact] = []
        self.none_allowed = Allowances()
        # Of the file that is being read, and of each file.
        self.names = Names()
        self.files: dict[str, Names] = {}
        self.known: dict[str, Known] = {}
        # The ids that some fact, draft or faulty ones too, names: what may be referred to, and what is covered.
        self.covered: set[str] = set()
        self.references: list[tuple[str, Span, str]] = []
        self.complete = True

    def read(self, document: Document) -> None:
        """Read one file's facts."""
        value, path = document.value, document.path
        self.names = self.files[path] = Names()
        if document.kept is not None:
            self._take(path, document.kept.known(self.project.kinds))
            return
        self.complete &= document.whole
        if not isinstance(value, Map):
            if document.whole:
                self._not_a_map(value, path)
            return
        check = Checker(path, self.report, self.languages)
        check.owner = "this file"
        check.record(value, FILE)
        tags = self._tags(check, value)
        self._deck_name(check, value)
        facts = value.get("facts")
        if not isinstance(facts, Seq):
            if facts is not None and not is_cut(value):
                hint = "write each fact as `- id: …` with its properties below"
                if isinstance(facts, str) and not facts.strip():
                    check.say(rules.EMPTY_VALUE, "`facts` is empty", value.keys_at["facts"], hint)
                else:
                    check.say(rules.WRONG_TYPE, "`facts` takes a list of facts", value.values_at["facts"], hint)
            self.complete = False
            return
        named = value.get("kind")
        default = self._kind(check, named, value.values_at.get("kind")) if isinstance(named, str) else None
        for item, at in zip(facts, facts.values_at, strict=True):
            if not isinstance(item, Map):
                if not (is_cut(facts) and item is facts[-1]):
                    hint = "write it as `- id: …` with its properties below"
                    check.say(rules.WRONG_TYPE, f"a fact must hold {RECORD}", at, hint)
                self.complete = False
                continue
            self._fact(check, item, value, default, tags)
        self.complete &= check.sound

    def _take(self, path: str, known: Known) -> None:
        """Take the facts of a file that an earlier run found to be without fault. Raises Misfit beside other files."""
        names = known.names
        for name in names.ids:
            if name in self.ids:
                raise Misfit
            self.ids[name] = Span(path)
        for tag in names.tags:
            for part in _parts(tag) if tag not in self.good_tags else ():
                if self.spellings.setdefault(part.casefold(), part) != part:
                    raise Misfit
            self.good_tags.add(tag)
        self.references += names.references
        self.covered.update(names.covered)
        for fact in known.facts:
            fact.allow.ignored = self.ignored.get(fact.kind.name, fact.allow.ignored)
        self.facts += known.facts
        self.files[path], self.known[path] = names, known

    def _fact(self, check: Checker, item: Map, shared: Map, default: Kind | None, tags: tuple[str, ...]) -> None:
        allowed = item.get("allow")
        # Who sets nothing aside shares what knows of nothing.
        check.allow = allow = Allowances(allowed) if isinstance(allowed, Map) else self.none_allowed
        check.root = item
        outer, check.sound = check.sound, True
        identifier = item.get("id")
        named = isinstance(identifier, str) and identifier.strip() != ""
        self._take_ids(check, item)
        own_kind = item.get("kind")
        if isinstance(own_kind, str):
            kind = self._kind(check, own_kind, item.values_at["kind"])
        else:
            kind = default
            if "kind" not in shared and not is_cut(item):
                at = next(iter(item.keys_at.values()), item.at)
                hint = f"add `kind: …` here or at the top of the file; kinds are {', '.join(self.project.kind_names)}"
                check.say(rules.MISSING_PROPERTY, "this fact has no kind", at, hint)
        if named:
            check.owner = f"{kind.name if kind else 'fact'} `{identifier}`"
        else:
            check.owner = f"this `{kind.name}` fact" if kind else "this fact"
        self._refer(check, item)
        if item.get("draft") == "true":
            check.sound = outer
            return
        if kind is not None:
            if allow is self.none_allowed and kind.name in self.ignored:
                check.allow = allow = Allowances()
            allow.ignored = self.ignored.get(kind.name, allow.ignored)
            check.record(item, kind.properties, kind.span)
        fact_tags = self._tags(check, item)
        self._deck_name(check, item)
        self._check_allow(check, allow)
        if check.sound and kind is not None and named and not is_cut(item):
            self.facts.append(
                Fact(
                    id=str(identifier),
                    origin=origin(item),
                    kind=kind,
                    path=check.path,
                    at=item.values_at["id"],
                    extent=item.at,
                    tags=tuple(dict.fromkeys((*tags, *fact_tags))),
                    subdeck=item.get("deck", shared.get("deck")),
                    allow=allow,
                    content=Written(item, shared),
                )
            )
        else:
            self.complete = False
        check.sound &= outer
        check.allow = self.none_allowed

    def _kind(self, check: Checker, name: str, at: Position | None) -> Kind | None:
        if name not in self.project.kind_names and at is not None:
            hint = choose(name, self.project.kind_names)
            check.say(rules.UNKNOWN_KIND, f"there is no kind `{name}`", at, hint)
        return self.project.kinds.get(name)

    def _take_ids(self, check: Checker, item: Map) -> None:
        own: set[str] = set()
        for name, at in ids_of(item):
            here = span(check.path, at)
            if not good_id(name):
                bad_id(check, name, at)
            elif name in own:
                check.say(rules.DUPLICATE_ID, f"`{name}` is an id of this fact already", at, "delete it")
            elif name in self.ids:
                hint = "give one of them another id"
                first = Related("first here", self.ids[name])
                check.say(rules.DUPLICATE_ID, f"`{name}` names two facts of this deck", at, hint, [first])
            else:
                self.ids[name] = here
                self.names.ids.append(name)
            own.add(name)

    def _refer(self, check: Checker, item: Map) -> None:
        covers = item.get("covers")
        if isinstance(covers, Seq):
            named = [word for word in covers if isinstance(word, str)]
            self.covered.update(named)
            self.names.covered += named
        for key in ("covers", "see", "confused_with"):
            words = item.get(key)
            if isinstance(words, Seq):
                places = zip(words, words.values_at, strict=True)
                filled = ((word, at) for word, at in places if isinstance(word, str) and word.strip())
                references = [(word, span(check.path, at), key) for word, at in filled]
                self.references += references
                self.names.references += references

    def _tags(self, check: Checker, value: Map) -> tuple[str, ...]:
        tags = value.get("tags")
        if not isinstance(tags, Seq) or is_cut(tags):
            return ()
        for tag, at in zip(tags, tags.values_at, strict=True):
            if isinstance(tag, str) and tag not in self.good_tags:
                self._check_tag(check, tag, at)
        good = tuple(tag for tag in tags if isinstance(tag, str))
        self.names.tags.update(dict.fromkeys(good))
        return good

    def _check_tag(self, check: Checker, tag: str, at: Position) -> None:
        space = _TAG_SPACE.search(tag)
        if not tag.strip():
            return
        if space is not None:
            seen = "a space" if space.group() == " " else f"white space (U+{ord(space.group()):04X})"
            hint = f"write `{_TAG_SPACE.sub('-', tag.strip())}`"
            check.say(rules.BAD_TAG, f"the tag `{tag}` holds {seen}, where Anki would split it", at, hint)
        elif any(not part for part in tag.split("::")):
            check.say(rules.BAD_TAG, f"the tag `{tag}` has an empty part", at, "write words joined by `::`")
        elif tag.casefold() in _TAGS_OF_ANKI:
            hint = "choose another word"
            check.say(rules.BAD_TAG, f"Anki uses the tag `{tag}` itself, and drops it on import", at, hint)
        else:
            self._check_spelling(check, tag, at)

    def _check_spelling(self, check: Checker, tag: str, at: Position) -> None:
        """Report a tag that differs from another in upper and lower case alone: Anki makes one of the two."""
        for part in _parts(tag):
            other = self.spellings.setdefault(part.casefold(), part)
            if other != part:
                hint = f"write `{other}{tag[len(part) :]}`"
                check.say(rules.BAD_TAG, f"the tag `{part}` is written `{other}` elsewhere", at, hint)
                return
        self.good_tags.add(tag)

    def _deck_name(self, check: Checker, value: Map) -> None:
        name = value.get("deck")
        if isinstance(name, str) and name.strip():
            check_deck_name(check, name, value.values_at["deck"], sub=True)
        elif isinstance(name, Map):
            for language, text in name.items():
                if isinstance(text, str) and text.strip():
                    check_deck_name(check, text, name.values_at[language], sub=True)

    def _check_allow(self, check: Checker, allow: Allowances) -> None:
        if allow.reasons is None:
            return
        for name in allow.reasons:
            at = allow.reasons.keys_at[name]
            if name not in _RULES:
                known = f"write `{_CODES[name]}`" if name in _CODES else did_you_mean(name, _RULES)
                hint = known or "use the name that the finding shows"
                check.say(rules.UNKNOWN_RULE, f"there is no rule `{name}`", at, hint)
            elif _RULES[name].severity is Severity.ERROR:
                check.say(rules.UNKNOWN_RULE, f"`{name}` is an error; only warnings can be allowed", at, "delete it")

    def _not_a_map(self, value: object, path: str) -> None:
        self.complete = False
        what = "is empty" if value in (None, "") else "is a list" if isinstance(value, Seq) else "is one text"
        hint = "put `facts:` above the list" if isinstance(value, Seq) else "start with `kind:` and `facts:`"
        self.report.add(rules.WRONG_SHAPE, f"a fact file must hold `facts:`; this one {what}", Span(path), hint)


def _parts(tag: str) -> Iterator[str]:
    """Yield a tag and those above it: `a`, `a::b`, `a::b::c`."""
    parts = tag.split("::")
    for end in range(1, len(parts) + 1):
        yield "::".join(parts[:end])
