"""The command line: flags in, one command out, an exit code. No logic."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from flashgen import runs
from flashgen.around import aids, ask, base, findings, now, project, project_or_none, screen, width
from flashgen.ends import CANNOT_GO_ON, end
from flashgen.errors import FlashgenError, ProjectError
from flashgen.options import (
    ColorOption,
    Commands,
    DeckOption,
    DiffFormat,
    FormatOption,
    IgnoreOption,
    LanguageOption,
    OneDeckOption,
    OutputOption,
    QuietOption,
    SelectOption,
    StatisticsOption,
    StrictOption,
    UsageError,
    VerboseOption,
    WatchOption,
    examples,
    kind_names,
    rule_names,
    told,
)
from flashgen.stages import Stages
from flashgen.wishes import Color, Format, Wishes

app = typer.Typer(
    name="flashgen",
    cls=Commands,
    help="Turn curated YAML facts into Anki packages.\n\n"
    "The exit code is 0 when done, 1 when there are findings to mend, 2 when flashgen cannot go on.",
    invoke_without_command=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


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
    color: ColorOption = Color.AUTO,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    version: Annotated[  # noqa: ARG001 - its callback does the work
        bool, typer.Option("-V", "--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    context.obj = Wishes(directory, color, quiet, verbose)
    if context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit(CANNOT_GO_ON)


@app.command(epilog=examples("flashgen init k8s-deck --name Kubernetes --language en"))
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

    raise typer.Exit(run(base(context.obj), directory, name or (), language or (), ask(), screen(context.obj)))


@app.command(epilog=examples("flashgen new concept pod", "flashgen new --kind word", "flashgen new --words fr"))
def new(
    context: typer.Context,
    kind: Annotated[
        str | None,
        typer.Argument(metavar="KIND", help="What the fact is; see `flashgen kinds`.", autocompletion=kind_names),
    ] = None,
    name: Annotated[str | None, typer.Argument(metavar="ID", help="The fact's id, unique in its deck.")] = None,
    deck: OneDeckOption = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="The file to put it in, new or not.")
    ] = None,
    new_kind: Annotated[
        str | None, typer.Option("--kind", metavar="NAME", help="Start a kind in templates/ instead of a fact.")
    ] = None,
    words: Annotated[
        str | None,
        typer.Option("--words", metavar="CODE", help="Write the words of cards, to be put into a language."),
    ] = None,
) -> None:
    """Start a fact to be filled in, a kind, or the words of a language."""
    from flashgen.commands.new import run, run_kind, run_words

    root = project(context.obj)
    if new_kind is None and words is None:
        raise typer.Exit(run(root, kind, name, deck, file, ask(), findings(context.obj, root), base(context.obj)))
    if kind or name or deck or file or (new_kind and words):
        flag, what = ("--words", "a language's words") if new_kind is None else ("--kind", "a kind")
        raise ProjectError(f"`{flag}` starts {what}, and takes nothing else", "give one command for each")
    if words is not None:
        raise typer.Exit(run_words(root, words, screen(context.obj), base(context.obj)))
    raise typer.Exit(run_kind(root, new_kind or "", screen(context.obj), base(context.obj)))


@app.command(epilog=examples("flashgen kinds sequence"))
def kinds(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Show this kind in full.", autocompletion=kind_names)
    ] = None,
) -> None:
    """List the kinds of facts, what each holds, and an example."""
    from flashgen.commands.kinds import run

    raise typer.Exit(run(project_or_none(context.obj), name, findings(context.obj, Path())))


@app.command(epilog=examples("flashgen schema --wire", "flashgen schema --check"))
def schema(
    context: typer.Context,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing, and fail where a schema is not up to date.")
    ] = False,
    wire: Annotated[
        bool, typer.Option("--wire", help="Also name its schema in each YAML file that names none.")
    ] = False,
) -> None:
    """Write to .schema/ what editors complete and check your files by."""
    from flashgen.commands.schema import run

    root = project(context.obj)
    if check and wire:
        raise ProjectError("`--check` writes nothing, and `--wire` does", "give one of the two")
    raise typer.Exit(run(root, findings(context.obj, root), check=check, wired=wire))


@app.command(epilog=examples("flashgen build --deck kubernetes --language ko", 'open "$(flashgen build -q)"'))
def build(
    context: typer.Context,
    deck: DeckOption = None,
    language: LanguageOption = None,
    locked: Annotated[bool, typer.Option("--locked", help="Fail where a deck's lock would change, for CI.")] = False,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    strict: StrictOption = False,
    format_: FormatOption = Format.AUTO,
    output: OutputOption = None,
    statistics: StatisticsOption = False,
    watch: WatchOption = False,
) -> None:
    """Check all facts, then write the packages to dist/."""
    code = runs.build(
        context.obj,
        deck or (),
        language or (),
        locked=locked,
        select=select,
        ignore=ignore,
        strict=strict,
        format_=format_,
        output=output,
        statistics=statistics,
        watch=watch,
    )
    raise typer.Exit(code)


@app.command(epilog=examples("flashgen check --watch", "flashgen check --format sarif -o flashgen.sarif"))
def check(
    context: typer.Context,
    deck: DeckOption = None,
    language: LanguageOption = None,
    fix: Annotated[
        bool,
        typer.Option("--fix", help="First write the cures that are sure into your files: ids, quotes, `formerly:`."),
    ] = False,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    strict: StrictOption = False,
    format_: FormatOption = Format.AUTO,
    output: OutputOption = None,
    statistics: StatisticsOption = False,
    watch: WatchOption = False,
) -> None:
    """Check all facts and their cards; --fix first mends what is sure."""
    code = runs.check(
        context.obj,
        deck or (),
        language or (),
        fix=fix,
        select=select,
        ignore=ignore,
        strict=strict,
        format_=format_,
        output=output,
        statistics=statistics,
        watch=watch,
    )
    raise typer.Exit(code)


@app.command(epilog=examples("flashgen preview --open"))
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
    stages = Stages()
    with stages("load"):
        from flashgen.commands.preview import run, run_static
    root = project(context.obj)
    with aids() as means:
        if static:
            shown = findings(context.obj, root)
            code = run_static(root, deck or (), language or (), shown, means, stages, static)
        else:
            code = run(root, deck or (), language or (), screen(context.obj), port, means, open_=open_)
    raise typer.Exit(code)


@app.command(epilog=examples("flashgen release 1.1 --dry-run"))
def release(
    context: typer.Context,
    version: Annotated[str, typer.Argument(metavar="VERSION", help="Numbers joined by dots, such as 1.0.")],
    deck: OneDeckOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the release notes, and write nothing.")] = False,
) -> None:
    """Make a deck's state public: stamp it, build it, tell learners."""
    from flashgen.commands.release import run

    root, decks = project(context.obj), [deck] if deck else ()
    shown = findings(context.obj, root)
    with aids() as means:
        code = run(root, version, now(), decks, shown, means, base(context.obj), dry_run=dry_run)
    raise typer.Exit(code)


@app.command(epilog=examples("flashgen diff published.apkg --sides"))
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
        lambda: project(context.obj),
        packages,
        deck or (),
        language or (),
        format_,
        findings(context.obj, Path()),
        sides=sides,
        exit_code=exit_code,
    )
    raise typer.Exit(code)


@app.command(epilog=examples("flashgen adopt old.apkg --deck kubernetes --language ko --by Front --dry-run"))
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
    """Take over a deck made elsewhere, and keep its learners' reviews."""
    from flashgen.commands.adopt import run

    root = project(context.obj)
    raise typer.Exit(run(root, old, deck, language, by, table, findings(context.obj, root), dry=dry_run))


@app.command(epilog=examples("flashgen explain duplicate-id"))
def explain(
    rule: Annotated[
        str | None,
        typer.Argument(
            metavar="RULE", help="A rule's code or name; without one, all are listed.", autocompletion=rule_names
        ),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="List all rules.")] = False,
) -> None:
    """Say what a rule finds, why it matters, and what to write instead."""
    from flashgen.commands.explain import run

    raise typer.Exit(run(None if all_ else rule, width()))


def main() -> NoReturn:
    """Run the command line, and leave with its exit code."""
    end(_run)


def _run() -> int | None:
    try:
        code: int | None = app(prog_name="flashgen", standalone_mode=False)
    except UsageError as error:
        raise FlashgenError(*told(error)) from error
    except typer.Abort:
        raise KeyboardInterrupt from None
    return code
