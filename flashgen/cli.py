"""The command line: flags in, one command out, an exit code. No logic."""

from __future__ import annotations

import os
import shutil
import sys
import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flashgen.errors import FlashgenError, ProjectError

if TYPE_CHECKING:
    from flashgen.cache import Cache
    from flashgen.commands.ask import Ask

DONE, FINDINGS, CANNOT_GO_ON, INTERRUPTED = 0, 1, 2, 130


class Format(StrEnum):
    """How findings are shown."""

    FULL = "full"
    CONCISE = "concise"


class DiffFormat(StrEnum):
    """How differences are shown."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


app = typer.Typer(
    name="flashgen",
    help="Turn curated YAML facts into Anki packages.\n\n"
    "The exit code is 0 when done, 1 when there are findings to mend, 2 when flashgen cannot go on.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)

FormatOption = Annotated[Format, typer.Option("--format", help="How findings are shown.")]
DeckOption = Annotated[
    list[str] | None, typer.Option("--deck", metavar="NAME", help="Only this deck; may be repeated.")
]
LanguageOption = Annotated[
    list[str] | None, typer.Option("--language", metavar="CODE", help="Only this language; may be repeated.")
]


def _version(wanted: bool) -> None:
    if wanted:
        from flashgen import __version__

        print(f"flashgen {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    directory: Annotated[
        Path | None,
        typer.Option("-C", metavar="DIR", help="Work on the project in DIR, not on the one around this folder."),
    ] = None,
    version: Annotated[  # noqa: ARG001 - its callback does the work
        bool, typer.Option("-V", "--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    context.obj = directory


@app.command(epilog="Example: flashgen init k8s-deck --name Kubernetes --language en")
def init(
    context: typer.Context,
    directory: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="The folder to make it in; without one, this folder.")
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="NAME", help="The deck's name in Anki; once, or once for each language."),
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option("--language", metavar="CODE", help="A language of the deck; may be repeated.")
    ] = None,
) -> None:
    """Start a project that builds, with one deck and three facts."""
    from flashgen.commands.init import run

    home = (context.obj or Path()).resolve()
    raise typer.Exit(run(home, directory, name or (), language or (), _ask()))


@app.command(epilog="Examples: flashgen new concept pod, flashgen new --kind word")
def new(
    context: typer.Context,
    kind: Annotated[str | None, typer.Argument(metavar="KIND", help="What the fact is; see `flashgen kinds`.")] = None,
    name: Annotated[str | None, typer.Argument(metavar="ID", help="The fact's id, unique in its deck.")] = None,
    deck: Annotated[
        str | None, typer.Option("--deck", metavar="NAME", help="The deck, where there are several.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="The file to put it in, new or not.")
    ] = None,
    new_kind: Annotated[
        str | None, typer.Option("--kind", metavar="NAME", help="Start a kind in templates/ instead of a fact.")
    ] = None,
) -> None:
    """Start a fact, to be filled in, and say where it is; or start a kind."""
    from flashgen.commands.new import run, run_kind

    if new_kind is None:
        raise typer.Exit(run(_project(context), kind, name, deck, file, _ask()))
    if kind or name or deck or file:
        raise ProjectError("`--kind` starts a kind, and takes nothing else", "start the fact with a second command")
    raise typer.Exit(run_kind(_project(context), new_kind))


@app.command(epilog="Example: flashgen kinds sequence")
def kinds(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Show this kind in full.")] = None,
) -> None:
    """List the kinds of facts there are, with what each holds and an example."""
    from flashgen.commands.kinds import run

    raise typer.Exit(run(_project_or_none(context), name))


@app.command(epilog="Example: flashgen build --deck kubernetes --language ko")
def build(
    context: typer.Context,
    deck: DeckOption = None,
    language: LanguageOption = None,
    format_: FormatOption = Format.FULL,
    locked: Annotated[bool, typer.Option("--locked", help="Fail where a deck's lock would change, for CI.")] = False,
) -> None:
    """Check all facts, then write the packages to dist/."""
    from flashgen.commands.build import run

    with _cache() as cache:
        code = run(_project(context), _now(), deck or (), language or (), format_, cache, locked=locked)
    raise typer.Exit(code)


@app.command(epilog="Example: flashgen check --format concise")
def check(
    context: typer.Context,
    deck: DeckOption = None,
    language: LanguageOption = None,
    format_: FormatOption = Format.FULL,
) -> None:
    """Check all facts and the cards they make, and write nothing."""
    from flashgen.commands.check import run

    with _cache() as cache:
        code = run(_project(context), deck or (), language or (), format_, cache)
    raise typer.Exit(code)


@app.command(epilog="Example: flashgen preview --open")
def preview(
    context: typer.Context,
    deck: DeckOption = None,
    language: LanguageOption = None,
    port: Annotated[int, typer.Option("--port", help="Where to listen, on this computer alone.")] = 4747,
    open_: Annotated[bool, typer.Option("--open", "-O", help="Open the page in the browser.")] = False,
    static: Annotated[
        Path | None, typer.Option("--static", metavar="DIR", help="Write the page into this folder instead.")
    ] = None,
) -> None:
    """Show every card on a page that follows your files."""
    from flashgen.commands.preview import run, run_static

    root = _project(context)
    with _cache() as cache:
        if static:
            code = run_static(root, deck or (), language or (), static, cache)
        else:
            code = run(root, deck or (), language or (), port, cache, open_=open_)
    raise typer.Exit(code)


@app.command(epilog="Example: flashgen release 1.1 --dry-run")
def release(
    context: typer.Context,
    version: Annotated[str, typer.Argument(metavar="VERSION", help="Numbers joined by dots, such as 1.0.")],
    deck: Annotated[
        str | None, typer.Option("--deck", metavar="NAME", help="The deck, where there are several.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the release notes, and write nothing.")] = False,
    format_: FormatOption = Format.FULL,
) -> None:
    """Make a deck's state public: stamp it, build it, and tell learners what changed."""
    from flashgen.commands.release import run

    decks = [deck] if deck else ()
    with _cache() as cache:
        code = run(_project(context), version, _now(), decks, format_, cache, dry_run=dry_run)
    raise typer.Exit(code)


@app.command(epilog="Example: flashgen diff published.apkg --sides")
def diff(
    context: typer.Context,
    old: Annotated[
        Path | None, typer.Argument(metavar="OLD", help="A package: shows what those who have it will see.")
    ] = None,
    new: Annotated[
        Path | None, typer.Argument(metavar="NEW", help="A newer package, in the place of the sources.")
    ] = None,
    deck: DeckOption = None,
    language: LanguageOption = None,
    format_: Annotated[DiffFormat, typer.Option("--format", help="How differences are shown.")] = DiffFormat.TEXT,
    sides: Annotated[bool, typer.Option("--sides", help="Show both sides of changed cards, old and new.")] = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Leave with 1 where anything differs.")] = False,
) -> None:
    """Show what learners will see change since the last release."""
    from flashgen.commands.diff import run

    packages = [package for package in (old, new) if package]
    code = run(
        lambda: _project(context), packages, deck or (), language or (), format_, sides=sides, exit_code=exit_code
    )
    raise typer.Exit(code)


@app.command(epilog="Example: flashgen adopt old.apkg --deck kubernetes --language ko --by Front --dry-run")
def adopt(
    context: typer.Context,
    old: Annotated[Path, typer.Argument(metavar="OLD.apkg", help="The package that learners have.")],
    deck: Annotated[str | None, typer.Option("--deck", metavar="NAME", help="The deck it becomes.")] = None,
    language: Annotated[str | None, typer.Option("--language", metavar="CODE", help="The language it is in.")] = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by", metavar="FIELD[=OURS]", help="Match notes whose field says what ours says, the first or this one."
        ),
    ] = None,
    table: Annotated[
        Path | None, typer.Option("--table", metavar="FILE", help="Match by a .csv, .tsv or .yaml: old note, fact.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be, and write nothing.")] = False,
) -> None:
    """Take over a deck made elsewhere, so that its learners keep their reviews."""
    from flashgen.commands.adopt import run

    raise typer.Exit(run(_project(context), old, deck, language, by, table, dry_run))


@app.command(epilog="Example: flashgen explain duplicate-id")
def explain(
    rule: Annotated[
        str | None, typer.Argument(metavar="RULE", help="A rule's code or name; without one, all are listed.")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="List all rules.")] = False,
) -> None:
    """Say what a rule finds, why it matters, and what to write instead."""
    from flashgen.commands.explain import run

    raise typer.Exit(run(None if all_ else rule, _width()))


def _width() -> int | None:
    """Return the columns of the terminal, or None where the output goes elsewhere."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _project_or_none(context: typer.Context) -> Path | None:
    """Return the project, or None where there is none around: flashgen's own kinds are known anywhere."""
    try:
        return _project(context)
    except ProjectError:
        return None


def _ask() -> Ask | None:
    """Return what asks the author, or None where there is nobody at a terminal."""
    from flashgen.commands.ask import Ask

    return Ask(sys.stdin, sys.stderr) if sys.stdin.isatty() and sys.stderr.isatty() else None


def _project(context: typer.Context) -> Path:
    from flashgen.read.project import find_root

    directory: Path | None = context.obj
    if directory is not None:
        return directory.resolve()
    return find_root(Path.cwd())


def _cache() -> Cache:
    """Return where runs keep what the next one need not make again; FLASHGEN_CACHE names its folder, or none."""
    from flashgen.cache import Cache

    given = os.environ.get("FLASHGEN_CACHE")
    if given is not None:
        return Cache(Path(given) if given.strip() else None)
    home = os.environ.get("XDG_CACHE_HOME", "")
    if sys.platform == "win32":
        home = home or os.environ.get("LOCALAPPDATA", "")
    try:
        # As the XDG specification says, a path that is not absolute counts for nothing.
        return Cache((Path(home) if Path(home).is_absolute() else Path.home() / ".cache") / "flashgen")
    except RuntimeError:
        # Whoever runs this has no home.
        return Cache()


def _now() -> int:
    """Return the time to build at, in seconds; SOURCE_DATE_EPOCH wins over the clock."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given is None:
        return int(time.time())
    if not given.isascii() or not given.isdigit() or not 0 < int(given) < 2**33:
        raise FlashgenError(
            f"SOURCE_DATE_EPOCH is `{given}`, which is no time", "set it to seconds since 1970, or unset it"
        )
    return int(given)


def main() -> None:
    """Run the command line, and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # Under LC_ALL=C a Korean finding must not become a traceback.
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        app()
    except FlashgenError as error:
        print(f"flashgen: {error}", file=sys.stderr)
        if error.hint:
            print(f"  hint: {error.hint}", file=sys.stderr)
        sys.exit(CANNOT_GO_ON)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
