"""A project folder → Project: which files there are, and what they hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from flashgen import rules
from flashgen.diagnostics import Report, Span
from flashgen.errors import ProjectError
from flashgen.identity import fresh_uid
from flashgen.model import DeckFolder, Document, Kept, Kind, Project
from flashgen.read.files import check_folders, is_file
from flashgen.read.kinds import kind_names, read_kind
from flashgen.read.labels import merge, of_kind, read_labels
from flashgen.read.places import (
    BUILT_IN,
    CARDS,
    CREDITS,
    DECK,
    LABELS,
    MEDIA,
    OUTLINE,
    TEMPLATES,
    built_in_templates,
    find_root,
)
from flashgen.read.source import read_yaml
from flashgen.values import Map, Seq

__all__ = [
    "CARDS",
    "CREDITS",
    "DECK",
    "LABELS",
    "OUTLINE",
    "TEMPLATES",
    "KeptFiles",
    "built_in_templates",
    "find_root",
    "read_project",
    "shown",
]

_YAML = (".yaml", ".yml")
# What earlier runs made of fact files, by their paths in the project.
KeptFiles = Mapping[str, Kept]


def read_project(
    root: Path,
    report: Report,
    only: Collection[str] = (),
    kept: KeptFiles | None = None,
    paths: Collection[str] | None = None,
) -> Project:
    """Return what a project's files hold; `only` names the decks to read, all where it is empty.

    Fact files that are `kept` are not read again; `paths` are those to read of one deck, if not all. Both come from
    whoever has listed all files, and found nothing that is to be told here. Raises ProjectError where `root` has no
    `cards/`, or no deck of a name that `only` gives, or holds what cannot be trusted.
    """
    if kept is None and paths is None:
        check_folders(root, (CARDS, TEMPLATES))
    if not (root / CARDS).is_dir():
        raise ProjectError(f"{root} holds no `cards/`", "a project is a folder that holds `cards/`")
    folders = template_folders(root)
    decks = tuple(_read_decks(root, report, only, kept or {}, paths))
    names = kind_names(folders)
    own_kinds = kind_names(folders[:1]) if len(folders) > 1 else ()
    labels = _shared_words(root, folders, report)
    kinds = _read_kinds(root, {*_used_kinds(decks), *own_kinds} & set(names), labels, report)
    return Project(root, decks, kinds, names, folders, labels)


def template_folders(root: Path) -> tuple[Path, ...]:
    """Return the folders that hold a project's kinds: its own, where it has one, then the one of flashgen."""
    own, built_in = root / TEMPLATES, built_in_templates()
    return (own, built_in) if own.is_dir() and not _same(own, built_in) else (built_in,)


def read_kinds(root: Path, names: Iterable[str], report: Report) -> dict[str, Kind]:
    """Return the sound ones of these kinds by name, sorted; each name must be one of `kind_names`."""
    return _read_kinds(root, names, _shared_words(root, template_folders(root), report), report)


def _shared_words(root: Path, folders: Iterable[Path], report: Report) -> dict[str, dict[str, str]]:
    labels: dict[str, dict[str, str]] = {}
    for folder in reversed([*folders]):
        labels = merge(labels, read_labels(folder / LABELS, shown(folder / LABELS, root), report))
    return labels


def _read_kinds(
    root: Path, names: Iterable[str], labels: Mapping[str, Mapping[str, str]], report: Report
) -> dict[str, Kind]:
    folders = template_folders(root)
    kinds: dict[str, Kind] = {}
    for name in sorted(names):
        folder = next(folder / name for folder in folders if (folder / name / "kind.yaml").is_file())
        if (kind := read_kind(folder, shown(folder, root), report)) is not None:
            # A project may add a language to a built-in kind without taking the kind over; its own words win, and
            # of these the ones that stand with the kind.
            words: dict[str, dict[str, str]] = {}
            for entry in (entry / name for entry in reversed(folders)):
                shown_as = f"{shown(entry, root)}/labels"
                more = kind.labels if entry == folder else read_labels(entry / "labels", shown_as, report)
                if entry.parent == folders[0]:
                    words = merge(words, of_kind(labels, name))
                words = merge(words, more)
            kinds[name] = kind.labelled(words)
    return kinds


def shown(path: Path, root: Path) -> str:
    """Return how a path is named in findings: relative to the project, or as one of flashgen's own templates."""
    if path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    return f"{BUILT_IN}{TEMPLATES}/{path.relative_to(built_in_templates()).as_posix()}"


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _read_decks(
    root: Path, report: Report, only: Collection[str], kept: KeptFiles, paths: Collection[str] | None
) -> Iterator[DeckFolder]:
    cards = root / CARDS
    folders = sorted((path for path in cards.iterdir() if path.is_dir() and path.name[0] != "."), key=lambda p: p.name)
    for name in only:
        if name not in {folder.name for folder in folders}:
            known = ", ".join(folder.name for folder in folders) or "none"
            raise ProjectError(f"there is no deck `{name}` under {CARDS}/", f"the decks are: {known}")
    for file in sorted(cards.iterdir()):
        if file.suffix in _YAML and file.is_file():
            hint = f"move it into a folder under {CARDS}/ that holds a {DECK}"
            report.add(rules.STRAY_FILE, "this file belongs to no deck", Span(shown(file, root)), hint)
    found = False
    for folder in folders:
        files = [] if only and folder.name not in only else list(_files(folder, root, paths))
        if not files:
            continue
        found = True
        documents = {path: _read(path, root, report, kept) for path in files}
        deck = documents.pop(folder / DECK, None)
        outline = documents.pop(folder / OUTLINE, None)
        if deck is None:
            path = shown(folder / DECK, root)
            hint = f"write {path} with `uid: {fresh_uid()}` and `name: …`"
            report.add(rules.MISSING_DECK, f"this folder holds no {DECK}", Span(shown(folder, root)), hint)
            deck = Document(shown(folder / DECK, root), None, whole=False)
        file, made_by = folder / CREDITS, None
        if file.is_file():
            made_by = Document(shown(file, root), *read_yaml(file, shown(file, root), report))
        yield DeckFolder(folder.name, folder, deck, outline, tuple(documents.values()), made_by)
    if not found and not only:
        hint = f"make a folder in it with a {DECK} and a file of facts"
        report.add(rules.EMPTY_PROJECT, f"{CARDS}/ holds no deck", Span(CARDS), hint)


def _files(folder: Path, root: Path, paths: Collection[str] | None) -> Iterable[Path]:
    if paths is None:
        return yaml_files(folder)
    return [*filter(is_file, (folder / DECK, folder / OUTLINE)), *(root / path for path in paths)]


def _read(file: Path, root: Path, report: Report, kept: KeptFiles) -> Document:
    path = shown(file, root)
    if path in kept:
        return Document(path, None, whole=True, kept=kept[path])
    return Document(path, *read_yaml(file, path, report))


def yaml_files(folder: Path) -> Iterator[Path]:
    """Yield a deck's YAML files: a folder's own by name, then those of its subfolders."""
    entries = sorted(folder.iterdir(), key=lambda path: path.name)
    for path in entries:
        if is_yaml(path.name) and path.is_file():
            yield path
    for path in entries:
        if is_searched(path.name) and path.is_dir() and not path.is_symlink():
            yield from yaml_files(path)


def is_yaml(name: str) -> bool:
    """Whether a file of this name is read, in a deck's folder."""
    return name.endswith(_YAML) and name[0] != "."


def is_searched(name: str) -> bool:
    """Whether a folder of this name is looked into, in a deck's."""
    return name[0] != "." and name != MEDIA


def _used_kinds(decks: Iterable[DeckFolder]) -> set[str]:
    """Return the kinds that facts name, so that only these are read."""
    used: set[str] = set()
    for deck in decks:
        for document in deck.files:
            value = document.value
            if document.kept is not None:
                used.update(document.kept.kinds)
            if not isinstance(value, Map):
                continue
            facts = value.get("facts")
            named = [value.get("kind")]
            if isinstance(facts, Seq):
                named += [fact["kind"] for fact in facts if isinstance(fact, Map) and "kind" in fact]
            used.update(name for name in named if isinstance(name, str))
    return used
