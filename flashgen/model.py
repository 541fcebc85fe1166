"""The data that runs through the pipeline. Anki's words for Anki's things; *fact* and *kind* are ours."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from flashgen.allowances import Allowances
from flashgen.diagnostics import Span
from flashgen.known import KnownNote, Names
from flashgen.schema import Property, origin
from flashgen.values import Content, Map, Position, Seq, Value


class Family(StrEnum):
    """What Anki makes cards by: card templates, or the numbers of clozes."""

    STANDARD = "standard"
    CLOZE = "cloze"
    OCCLUSION = "occlusion"

    @property
    def has_gaps(self) -> bool:
        """Whether Anki makes a card for each cloze number: image occlusions are clozes too."""
        return self is not Family.STANDARD


# Anki's highest cloze number (anki-contract.md, 5).
MAX_GAP = 500
# Anki's own fields of an image occlusion, in its order: its editor goes by their places and tags (anki-contract.md, 3).
OCCLUSION_FIELDS = ("Occlusion", "Image", "Header", "Back Extra", "Comments")


class Each(Struct, frozen=True):
    """One note for each item of the list `items`, where given only for items that have the property `having`."""

    items: str
    having: str | None = None


class FieldSpec(Struct, frozen=True):
    """A field of a kind: its name in Anki, and the property or the file under `fields/` that fills it.

    `first` is the first name it ever had: its identity hangs on that.
    """

    name: str
    source: str
    span: Span
    first: str

    @property
    def is_template(self) -> bool:
        """Whether a Jinja file fills the field."""
        return self.source.endswith(".j2")

    @property
    def variable(self) -> str:
        """What card templates call the field."""
        return self.name.lower().replace(" ", "_")


class CardSpec(Struct, frozen=True):
    """A card template of a kind: its id, which names its file and its label, and the first id it ever had."""

    id: str
    span: Span
    first: str


class Kind(Struct, frozen=True):
    """One folder under `templates/`: what a fact of this kind holds, and the fields and cards it makes.

    Its `companions` are kinds with the same facts and other fields and cards, each a note type with notes of its own:
    so a released kind gains cards. `revision` is raised to leave a released shape. `about` says what it is for.
    """

    name: str
    folder: Path
    span: Span
    family: Family
    properties: Mapping[str, Property]
    own: tuple[str, ...]
    each: Each | None
    gaps: str | None
    fields: tuple[FieldSpec, ...]
    cards: tuple[CardSpec, ...]
    labels: Mapping[str, Mapping[str, str]]
    revision: int = 1
    companion: str = ""
    companions: tuple[Kind, ...] = ()
    about: str = ""

    @property
    def key(self) -> str:
        """What identities hang on: the kind's name, and the companion's behind a `+`."""
        return f"{self.name}+{self.companion}" if self.companion else self.name

    def labelled(self, labels: Mapping[str, Mapping[str, str]]) -> Kind:
        """Return the kind, and its companions, with these catalogues."""
        return replace(self, labels=labels, companions=tuple(kind.labelled(labels) for kind in self.companions))

    @property
    def with_companions(self) -> tuple[Kind, ...]:
        """The kind itself and its companions: each makes notes of a fact."""
        return (self, *self.companions)


class Document(Struct, frozen=True):
    """A YAML file of a deck: its path in findings, its value, and whether all of it could be read.

    `kept` is what an earlier run made of it; then it was not read again, and has no value.
    """

    path: str
    value: Value | None
    whole: bool
    kept: Kept | None = None


class DeckFolder(Struct, frozen=True):
    """A folder under `cards/` as it was read."""

    name: str
    folder: Path
    deck: Document
    outline: Document | None
    files: tuple[Document, ...]
    credits: Document | None = None


class Project(Struct, frozen=True):
    """All that was read: the decks' folders, and the kinds that their facts name."""

    root: Path
    decks: tuple[DeckFolder, ...]
    kinds: Mapping[str, Kind]
    kind_names: tuple[str, ...]
    template_folders: tuple[Path, ...]
    labels: Mapping[str, Mapping[str, str]]


class Deck(Struct, frozen=True):
    """What deck.yaml says. `languages` is None where it lists none; then every text is in one language.

    `released` is the version last made public, or "". `formerly` holds names that the deck had before. `speech` holds
    the voice of each language that is read aloud.
    """

    folder: str
    path: str
    uid: str
    name: Value
    languages: tuple[str, ...] | None
    version: str
    licence: str
    description: Value | None
    repository: str
    retired: Seq | None
    released: str
    formerly: Seq | None
    speech: Mapping[str, str] = field(default_factory=dict)

    @property
    def editions(self) -> tuple[str, ...]:
        """The languages a package is built for. Without a list it is one, whose built-in words are English."""
        return self.languages or ("en",)

    def package_name(self, language: str) -> str:
        """Return the name of the file that a language's package is written to."""
        return f"{self.folder}.{language}.apkg" if len(self.editions) > 1 else f"{self.folder}.apkg"


class Fact(Struct, frozen=True):
    """One curated statement, as the author wrote it. `origin` is the first id it ever had.

    `at` is the place of its id, `extent` that of all its lines. `subdeck` is the name of the deck below the deck.
    """

    id: str
    origin: str
    kind: Kind
    path: str
    at: Position
    extent: Position
    tags: tuple[str, ...]
    subdeck: Value | None
    allow: Allowances
    content: Content

    @property
    def data(self) -> Map:
        """Its own properties."""
        return self.content.data

    @property
    def shared(self) -> Map:
        """The properties that its file gives to all its facts."""
        return self.content.shared

    def value(self, name: str) -> Value | None:
        """Return a common property: the fact's own, else the one its file gives to all its facts."""
        own = self.data.get(name)
        return self.shared.get(name) if own is None else own

    def parts(self, kind: Kind) -> list[tuple[str, Map | None]]:
        """Return what makes notes of its kind, or of a companion: each part's first id and its record.

        Where the fact makes one note as a whole, that is one unnamed part.
        """
        each = kind.each
        if each is None:
            return [("", None)]
        items = self.data.get(each.items, ())
        return [(origin(item), item) for item in items if each.having is None or each.having in item]

    def gaps(self, kind: Kind) -> list[str]:
        """Return the first ids of the items that get a cloze number of their own, in source order."""
        return [origin(item) for item in self.data.get(kind.gaps, ())] if kind.gaps else []


class Known(Struct, frozen=True):
    """What an earlier run made of a file without any fault: its facts of these kinds, and their notes by language."""

    names: Names
    kinds: tuple[Kind, ...]
    facts: tuple[Fact, ...]
    notes: Mapping[str, tuple[KnownNote, ...]]


class Kept(Protocol):
    """What an earlier run made of a file, as it was kept."""

    @property
    def kinds(self) -> Collection[str]:
        """The names of the kinds that its facts are of."""

    def known(self, kinds: Mapping[str, Kind]) -> Known:
        """Return it anew, with kinds of these names."""


class Credit(Struct, frozen=True):
    """Who made a file of `media/`, and on what terms; `source` is its page, or ""."""

    author: Value
    licence: str
    source: str
    title: Value | None
    span: Span


class DeckFacts(Struct, frozen=True):
    """A deck and its sound facts, in source order. `complete` is False where something had to be set aside.

    `credits` are by the path of the file in `media/`, and None where the deck keeps none; `names` and `known` by the
    paths of the fact files.
    """

    deck: Deck
    facts: tuple[Fact, ...]
    complete: bool
    credits: Mapping[str, Credit] | None = None
    names: Mapping[str, Names] = field(default_factory=dict)
    known: Mapping[str, Known] = field(default_factory=dict)


class Field(Struct, frozen=True):
    """A field of a note type. `id` lets Anki follow it through a rename."""

    id: int
    name: str


class CardTemplate(Struct, frozen=True):
    """A card template in Anki's own language. `id` lets Anki follow it through a rename."""

    id: int
    name: str
    front: str
    back: str


class NoteType(Struct, frozen=True, dict=True):
    """What Anki stores of a kind, in one deck and one language; `media` are the files that its CSS names.

    Anki's editor writes its fields in the language's direction.
    """

    id: int
    name: str
    family: Family
    fields: tuple[Field, ...]
    templates: tuple[CardTemplate, ...]
    css: str
    kind: str
    media: tuple[Media, ...] = ()
    right_to_left: bool = False

    @cached_property
    def field_names(self) -> tuple[str, ...]:
        """The names of its fields."""
        return tuple(field.name for field in self.fields)

    @cached_property
    def title_field(self) -> int:
        """The place of the field that tells a reader which note is meant."""
        return OCCLUSION_FIELDS.index("Header") if self.family is Family.OCCLUSION else 0


class Stored(Protocol):
    """A file that is read when it is wanted."""

    def open(self) -> BinaryIO:
        """Return the file, open to be read. Raises ChangedError where it is not what it was."""


class Media(Struct, frozen=True):
    """A file that cards show, under its name in Anki. What is drawn or stored is made or read when it is wanted."""

    name: str
    content: bytes | Callable[[], bytes] | Stored

    def open(self) -> BinaryIO:
        """Return its bytes as an open file. Raises ChangedError."""
        if isinstance(self.content, bytes):
            return BytesIO(self.content)
        return BytesIO(self.content()) if callable(self.content) else self.content.open()

    @property
    def data(self) -> bytes:
        """The bytes of the file. Raises ChangedError."""
        with self.open() as opened:
            return opened.read()


class Note(Struct, frozen=True):
    """A note as rendered. `digest` stands for what the author wrote of it; `position` counts from 1 in source order.

    `asked` stands for what each of its cards asks, `title` is what the lock calls it, where an earlier run found them.
    """

    guid: str
    note_type: NoteType
    fields: tuple[str, ...]
    tags: tuple[str, ...]
    deck: str
    ords: tuple[int, ...]
    position: int
    digest: str
    fact: Fact
    part: str
    asked: tuple[str, ...] = ()
    title: str = ""

    @property
    def gap_stem(self) -> str:
        """What the keys of its gaps in the lock start with: its kind, and the first ids that it ever had."""
        return f"{self.note_type.kind}/{self.fact.origin}/{self.part}"


class Edition(Struct, frozen=True):
    """A deck in one language, rendered: its notes in source order, and its name and description there."""

    deck: Deck
    language: str
    name: str
    description: str
    notes: tuple[Note, ...]
    media: tuple[Media, ...] = ()

    @property
    def note_types(self) -> dict[int, NoteType]:
        """The note types of its notes by id, each once, in the order of its first note."""
        return {note.note_type.id: note.note_type for note in self.notes}
