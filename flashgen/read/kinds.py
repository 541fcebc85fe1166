"""templates/<kind>/ → Kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from flashgen import rules
from flashgen.diagnostics import Related, Report, Span, choose
from flashgen.model import OCCLUSION_FIELDS, CardSpec, Each, Family, FieldSpec, Kind
from flashgen.read.files import is_file
from flashgen.read.kind_words import CARD, COMMON, COMPANION, EACH, FIELD, KIND, PART, PROPERTY
from flashgen.read.labels import read_labels
from flashgen.read.source import read_yaml
from flashgen.schema import WHOLE_NUMBER, Checker, Property, Type, good_id
from flashgen.values import Map, Position, Seq, Value

# What files under `fields/` call other things.
_TAKEN = ("part", "fact")
# Anki's own replacements, which a field of that name would hide.
_SPECIAL = ("tags", "type", "deck", "subdeck", "card", "cardflag", "cardid", "frontside")
# Anki strips or misreads these in a field's name (anki-contract.md, 2).
_FORBIDDEN_IN_NAME = '{}":'
# Every note type has it from its first release, for whatever its backs show later: Anki skips the notes of a note type
# that gains a field (anki-contract.md, 1.2).
MORE = "More"


def kind_names(folders: Iterable[Path]) -> tuple[str, ...]:
    """Return the names of all kinds that the template folders hold, sorted."""
    found = {path.parent.name for folder in folders for path in folder.glob("*/kind.yaml")}
    return tuple(sorted(name for name in found if not name.startswith("_")))


def read_kind(folder: Path, shown: str, report: Report) -> Kind | None:
    """Return the kind in a folder, or None after reporting its mistakes. `shown` is the folder's path in findings."""
    path = f"{shown}/kind.yaml"
    value, whole = read_yaml(folder / "kind.yaml", path, report)
    if not whole:
        return None
    if not isinstance(value, Map):
        report.add(rules.WRONG_SHAPE, "kind.yaml must hold `key: value` lines", Span(path), "start with `facts:`")
        return None
    return _KindReader(folder, shown, value, Checker(path, report)).read()


class _KindReader:
    def __init__(self, folder: Path, shown: str, value: Map, checker: Checker) -> None:
        self.folder, self.shown, self.value, self.check = folder, shown, value, checker

    def read(self) -> Kind | None:
        self.check.owner = f"kind `{self.folder.name}`"
        if not good_id(self.folder.name):
            hint = "rename the folder: lower-case letters, digits and `-`"
            message = f"`{self.folder.name}` is not a kind's name"
            self.check.report.add(rules.BAD_ID, message, Span(self.shown), hint)
            self.check.sound = False
        self.check.record(self.value, KIND)
        own = self._properties(self.value.get("facts"), "facts", reserved=COMMON)
        kind = self._kind(own)
        companions = tuple(self._companions(own))
        found = len(self.check.report)
        labels = read_labels(self.folder / "labels", f"{self.shown}/labels", self.check.report)
        # Words that a broken catalogue does not show are not missing.
        if not self.check.sound or len(self.check.report) > found:
            return None
        return replace(kind, companions=companions).labelled(labels)

    def _kind(self, own: Mapping[str, Property]) -> Kind:
        """Return the kind, or the companion, that `self.value` describes."""
        family = Family(self.value["family"]) if self.value.get("family") in tuple(Family) else Family.STANDARD
        each = self._each(own)
        return Kind(
            name=self.folder.name,
            folder=self.folder,
            span=Span(self.check.path),
            family=family,
            properties=COMMON | dict(own),
            own=tuple(own),
            each=each,
            gaps=self._gaps(own, family),
            fields=self._fields(own, each, family),
            cards=self._cards(family),
            labels={},
            revision=_number(self.value.get("revision")) or 1,
            about=str(self.value.get("about", "")),
        )

    def _companions(self, own: Mapping[str, Property]) -> Iterator[Kind]:
        whole = self.value
        value = whole.get("companions")
        if value is None:
            return
        if not isinstance(value, Map):
            hint = "write `name:` with its `fields:` and `cards:` below it"
            at = whole.keys_at["companions"]
            self.check.say(rules.WRONG_TYPE, "`companions` takes `name:` records", at, hint)
            return
        for name, companion in value.items():
            if not good_id(name) or not isinstance(companion, Map):
                hint = "write `name:` with its `fields:` and `cards:` below it"
                self.check.say(rules.WRONG_TYPE, f"`{name}` is no companion", value.keys_at[name], hint)
                continue
            outer, self.check.owner = self.check.owner, f"companion `{name}`"
            self.check.record(companion, COMPANION)
            self.check.owner = outer
            self.value = companion
            yield replace(self._kind(own), companion=name)
            self.value = whole

    def _properties(self, value: object, name: str, reserved: Mapping[str, Property]) -> dict[str, Property]:
        if not isinstance(value, Map):
            if value is not None:
                at = self.value.keys_at.get(name, self.value.at)
                message = f"`{name}` takes `name: {{type: …}}` lines"
                self.check.say(rules.WRONG_TYPE, message, at, "write `name: {type: text}` lines below it")
            return {}
        found: dict[str, Property] = {}
        for key, spec in value.items():
            if key in reserved:
                at, hint = value.keys_at[key], "choose another name"
                whose = "fact" if reserved is COMMON else "item"
                self.check.say(rules.BAD_FIELD_NAME, f"every {whose} has a property `{key}` already", at, hint)
            elif not key.isidentifier() or key.startswith("_") or key in _TAKEN:
                hint = "choose another name" if key in _TAKEN else "use letters, digits and `_`, a letter first"
                at = value.keys_at[key]
                self.check.say(rules.BAD_FIELD_NAME, f"`{key}` cannot name a property in templates", at, hint)
            elif not isinstance(spec, Map):
                at, hint = value.values_at[key], "write `{type: text}`"
                self.check.say(rules.WRONG_TYPE, f"`{key}` takes its type in braces", at, hint)
            else:
                found[key] = self._property(key, spec)
        for key, prop in found.items():
            if prop.type is Type.MAP and (prop.keys not in found or found[prop.keys].type is not Type.LIST):
                in_facts = self.value.get("facts")
                if not (isinstance(in_facts, Map) and prop.keys in in_facts):
                    spec = value[key]
                    at = spec.values_at.get("keys", value.keys_at[key]) if isinstance(spec, Map) else value.keys_at[key]
                    hint = "name the list whose ids are the keys: `keys: …`"
                    self.check.say(rules.DANGLING_REFERENCE, f"the keys of `{key}` come from no list", at, hint)
        return found

    def _property(self, name: str, spec: Map) -> Property:
        outer, self.check.owner = self.check.owner, f"`{name}`"
        self.check.record(spec, PROPERTY)
        type_ = spec.get("type")
        kind = Type(type_) if type_ in tuple(Type) else Type.ANY
        if kind is Type.CHOICE and "of" not in spec:
            self.check.say(rules.MISSING_PROPERTY, f"`{name}` lists no choices", spec.at, "add `of: [one, other]`")
        if kind is Type.LIST and "items" not in spec:
            self.check.say(rules.MISSING_PROPERTY, f"`{name}` says not what its items hold", spec.at, "add `items:`")
        items = self._properties(spec.get("items"), "items", reserved=PART) if kind is Type.LIST else {}
        self.check.owner = outer
        of = spec.get("of")
        return Property(
            name,
            kind,
            required=spec.get("required") == "true",
            about=str(spec.get("about", "")),
            maximum=_number(spec.get("max")),
            minimum=_number(spec.get("min")) or 0,
            choices=tuple(map(str, of)) if isinstance(of, Seq) else (),
            items=PART | items,
            keys=str(spec["keys"]) if "keys" in spec else None,
        )

    def _each(self, own: Mapping[str, Property]) -> Each | None:
        value = self.value.get("each")
        if value is None:
            return None
        at = having_at = self.value.values_at["each"]
        items, having = value, None
        if isinstance(value, Map):
            outer, self.check.owner = self.check.owner, "`each`"
            self.check.record(value, EACH)
            self.check.owner = outer
            items, having = value.get("in"), value.get("having")
            at, having_at = value.values_at.get("in", at), value.values_at.get("having", at)
            if not isinstance(items, str):
                return None
        if not isinstance(items, str) or items not in own or own[items].type is not Type.LIST:
            lists = [name for name, prop in own.items() if prop.type is Type.LIST]
            hint = choose(str(items), lists) if lists else "add a property of `type: list`"
            named = f": `{items}`" if isinstance(items, str) else ""
            self.check.say(rules.DANGLING_REFERENCE, f"`each` names no list{named}", at, hint)
            return None
        if having is not None and having not in own[items].items:
            hint = choose(str(having), own[items].items)
            self.check.say(rules.DANGLING_REFERENCE, f"an item of `{items}` has no `{having}`", having_at, hint)
            return None
        return Each(items, str(having) if having is not None else None)

    def _gaps(self, own: Mapping[str, Property], family: Family) -> str | None:
        value = self.value.get("gaps")
        if not isinstance(value, str) or not value.strip():
            return None
        at = self.value.values_at["gaps"]
        if not family.has_gaps:
            self.check.say(rules.WRONG_TYPE, "only the family `cloze` has gaps", at, "add `family: cloze`")
        if value not in own or own[value].type is not Type.LIST:
            lists = [name for name, prop in own.items() if prop.type is Type.LIST]
            hint = choose(value, lists) if lists else "add a property of `type: list`"
            self.check.say(rules.DANGLING_REFERENCE, f"`gaps` names no list: `{value}`", at, hint)
            return None
        return value

    def _fields(self, own: Mapping[str, Property], each: Each | None, family: Family) -> tuple[FieldSpec, ...]:
        value = self.value.get("fields")
        if not isinstance(value, Map) or not value:
            if value is not None:
                at = self.value.keys_at["fields"]
                hint = "write `Front: front` lines below it"
                self.check.say(rules.WRONG_TYPE, "`fields` takes `Name: property` lines", at, hint)
            return ()
        fields: list[FieldSpec] = []
        taken: dict[str, Span] = {}
        for name, given in value.items():
            span = _span(self.check, value.keys_at[name])
            first, source = self._formerly(given, FIELD, "from", name)
            spec = FieldSpec(name, str(source), span, first)
            if self._good_name(spec, value) and spec.variable in taken:
                related = [Related("first here", taken[spec.variable])]
                message = f"two fields are called `{name}` by card templates"
                self.check.say(rules.BAD_FIELD_NAME, message, value.keys_at[name], "rename one", related)
            taken[spec.variable] = span
            self._check_source(spec, value, own, each)
            fields.append(spec)
        self._check_occlusion(fields, family)
        fields.sort(key=lambda spec: spec.name == MORE)
        if fields[-1].name != MORE:
            fields.append(FieldSpec(MORE, "", Span(self.check.path), MORE))
        return tuple(fields)

    def _check_occlusion(self, fields: Sequence[FieldSpec], family: Family) -> None:
        if (
            family is Family.OCCLUSION
            and tuple(spec.name for spec in fields[: len(OCCLUSION_FIELDS)]) != OCCLUSION_FIELDS
        ):
            hint = f"start with these, in this order: {', '.join(OCCLUSION_FIELDS)}"
            message = "Anki's occlusion editor would not find its fields"
            self.check.say(rules.BAD_FIELD_NAME, message, self.value.keys_at["fields"], hint)

    def _good_name(self, spec: FieldSpec, value: Map) -> bool:
        at, name = value.keys_at[spec.name], spec.name
        if spec.variable in _SPECIAL:
            self.check.say(rules.BAD_FIELD_NAME, f"`{name}` is a name of Anki's own", at, "choose another name")
        elif any(character in name for character in _FORBIDDEN_IN_NAME) or name[:1] in ("", *"#^/ ") or name[-1] == " ":
            hint = 'leave out `{ } " :`, and `# ^ /` at the start'
            self.check.say(rules.BAD_FIELD_NAME, f"Anki would not keep the field name `{name}`", at, hint)
        elif not spec.variable.isidentifier():
            message = f"card templates cannot name the field `{name}`"
            self.check.say(rules.BAD_FIELD_NAME, message, at, "use letters, digits and spaces, a letter first")
        else:
            return True
        return False

    def _check_source(self, spec: FieldSpec, value: Map, own: Mapping[str, Property], each: Each | None) -> None:
        at = value.values_at[spec.name]
        given = value[spec.name]
        if isinstance(given, Seq):
            hint = f"write `{spec.name}: …`"
            self.check.say(rules.WRONG_TYPE, f"`{spec.name}` takes the name of a property or file", at, hint)
        elif isinstance(given, Map) and "from" not in given:
            return
        elif not spec.is_template:
            at = given.values_at["from"] if isinstance(given, Map) else at
            self._check_property(spec, at, own, each)
        elif not is_file(self.folder / spec.source):
            message = f"there is no `{self.shown}/{spec.source}`"
            self.check.say(rules.MISSING_TEMPLATE, message, at, "write the file, or name a property")

    def _check_property(self, spec: FieldSpec, at: Position, own: Mapping[str, Property], each: Each | None) -> None:
        known: dict[str, Property] = dict(own)
        known |= {name: COMMON[name] for name in ("source", "context", "as_of")}
        if each is not None:
            known |= {f"part.{name}": prop for name, prop in own[each.items].items.items()}
        prop = known.get(spec.source)
        if prop is None:
            of_part = spec.source.startswith("part.")
            if of_part and each is None and "each" in self.value:
                return
            hint = choose(spec.source, known)
            if of_part and each is None:
                hint = "add `each: …`, the list whose items make notes"
            self.check.say(rules.DANGLING_REFERENCE, f"`{spec.source}` is not a property", at, hint)
        elif prop.type in (Type.LIST, Type.MAP, Type.TEXTS, Type.DRAWING):
            message = f"`{spec.source}` is a {prop.type}, which does not fit in a field as it is"
            self.check.say(rules.WRONG_TYPE, message, at, f"write fields/{spec.variable}.html.j2, and name it here")

    def _formerly(
        self, given: Value, properties: Mapping[str, Property], key: str, otherwise: Value
    ) -> tuple[str, Value]:
        """Return the first name of a field or card, and what stands under `key`, where it is a record that has one."""
        if not isinstance(given, Map):
            return str(otherwise), given
        outer, self.check.owner = self.check.owner, "this record"
        self.check.record(given, properties)
        self.check.owner = outer
        former = given.get("formerly")
        first = former[0] if isinstance(former, Seq) and former else otherwise
        return str(first), given.get(key, "")

    def _cards(self, family: Family) -> tuple[CardSpec, ...]:
        value = self.value.get("cards")
        if value is None:
            return ()
        at = self.value.values_at["cards"]
        if not isinstance(value, Seq) or not value:
            hint = "write `cards: [name]`"
            self.check.say(rules.WRONG_TYPE, "`cards` takes a list of ids", at, hint)
            return ()
        cards: list[CardSpec] = []
        for given, at in zip(value, value.values_at, strict=True):
            first, name = self._formerly(given, CARD, "id", given)
            if not isinstance(name, str) or not name.strip():
                self.check.say(rules.WRONG_TYPE, "`cards` takes a list of ids", at, "write `cards: [name]`")
                continue
            if not good_id(name):
                self.check.say(rules.BAD_ID, f"`{name}` is not a card's id", at, "use lower-case letters and digits")
                continue
            if any(card.id == name for card in cards):
                self.check.say(rules.DUPLICATE_ID, f"two cards are called `{name}`", at, "rename one")
            if not is_file(self.folder / f"{name}.html.j2"):
                message = f"there is no `{self.shown}/{name}.html.j2`"
                self.check.say(rules.MISSING_TEMPLATE, message, at, "write the card's template")
            cards.append(CardSpec(name, _span(self.check, at), first if first is not given else name))
        if family.has_gaps and len(cards) > 1:
            at = value.values_at[1]
            self.check.say(rules.WRONG_TYPE, f"a kind of the family `{family}` has one card template", at, "keep one")
        return tuple(cards)


def _span(checker: Checker, at: tuple[int, int, int, int]) -> Span:
    return Span(checker.path, at[0] + 1, at[1] + 1, at[2] + 1, at[3] + 1)


def _number(value: object) -> int | None:
    return int(value) if isinstance(value, str) and WHOLE_NUMBER.fullmatch(value) else None
