"""`flashgen init`: a project that builds, to be filled."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from flashgen.author.start import Started, refuse_project, start_project, wrong_language, wrong_name
from flashgen.commands.ask import Ask
from flashgen.commands.screen import Screen
from flashgen.errors import ProjectError
from flashgen.schema import slug

_USUAL = "en"


def run(
    home: Path, folder: Path | None, names: Sequence[str], languages: Sequence[str], ask: Ask | None, screen: Screen
) -> int:
    """Make a project in a folder below `home`, show what was made, and return the exit code.

    What no flag says is asked, or taken as usual where there is nobody to ask.
    """
    # Who gives flags means this folder, as with git.
    if folder is None and ask is not None and not names and not languages:
        folder = Path(ask.text("Folder of the new project", "."))
    root = (home / (folder or ".")).resolve()
    refuse_project(root)
    if not languages:
        languages = [_USUAL]
        if ask is not None:
            question = "Languages of the deck, such as `en` or `ko, en`"
            languages = _words(ask.text(question, _USUAL, lambda answer: wrong_language(_words(answer))))
    languages = list(dict.fromkeys(languages))
    if wrong := wrong_language(languages):
        raise ProjectError(wrong, "write codes such as `en`, `ko` or `pt-BR`")
    if not names:
        names = [_titled(root.name)]
        if ask is not None:
            names = _ask_names(ask, _by_language(names, languages))
    for name in names:
        if wrong := wrong_name(name):
            raise ProjectError(wrong)
    started = start_project(root, _by_language(names, languages), secrets.token_hex(8))
    _show(started, root, home, screen)
    return 0


def _ask_names(ask: Ask, usual: Mapping[str, str]) -> list[str]:
    """Return the deck's name in each language, as the author gives them."""
    names: list[str] = []

    def judge(name: str) -> str | None:
        return "another language has that name; Anki would make one deck of both" if name in names else wrong_name(name)

    for language, name in usual.items():
        which = f" in `{language}`" if len(usual) > 1 else ""
        names.append(ask.text(f"Name of the deck{which}, as learners see it in Anki", name, judge))
    return names


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _titled(name: str) -> str:
    words = slug(name).replace("-", " ") if name.isascii() else name
    return f"{words[:1].upper()}{words[1:]}" or "My deck"


def _by_language(names: Sequence[str], languages: Sequence[str]) -> dict[str, str]:
    """Return the deck's name in each language: Anki would make one deck of two languages under one name."""
    if len(names) == 1 and len(languages) > 1:
        names = [f"{names[0]} ({language})" for language in languages]
    if len(names) != len(languages):
        counts = f"{len(names)} names for {len(languages)} languages"
        raise ProjectError(counts, "give `--name` once, or once for each `--language`, in their order")
    return dict(zip(languages, names, strict=True))


def _show(started: Started, root: Path, home: Path, screen: Screen) -> None:
    shown = root.relative_to(home).as_posix() if root.is_relative_to(home) else root.as_posix()
    inside = "" if shown == "." else f"{shown}/"
    for name in started.made:
        print(f"{inside}{name}")
    for name in started.kept:
        screen.tell(f"{inside}{name} was there and stays as it is.")
    if ".gitignore" in started.kept:
        screen.tell("Add this line to .gitignore: /dist/")
    if ".gitattributes" in started.kept:
        screen.tell("Add this line to .gitattributes: cards/**/deck.lock.jsonl merge=union text eol=lf")
    for name in started.to_translate:
        screen.tell(f"Translate {inside}{name}: what the cards say by themselves, in English still.")
    enter = f"  cd {shown}\n" if inside else ""
    screen.tell(
        f"\nMade a deck of three facts. Next:\n{enter}"
        "  flashgen preview --open    look at the cards\n"
        "  flashgen kinds             see what facts can be\n"
        "  flashgen new KIND ID       start one of your own\n"
        "  flashgen build             write the package that Anki imports"
    )
