"""The Jinja that templates are written in, and where in them a fault stands."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import jinja2

from flashgen import rules
from flashgen.diagnostics import Rule, Span, did_you_mean
from flashgen.read.files import is_file, read_bytes
from flashgen.render.bounds import BoundedEnvironment
from flashgen.render.faults import Misuse, TemplateFault
from flashgen.render.given import Given

# These hand on what they are given, so that a field may pass through them.
_HANDING_ON = ("d", "default", "e", "escape", "safe")
_TAGS = ("block", "extends", "for", "given", "if", "import", "include", "macro", "set")
_UNKNOWN = re.compile(r"No (filter|test) named '([^']+)'")
_INNERMOST = r".*The innermost block that needs to be closed is '([^']+)'"
_UNKNOWN_TAG = re.compile(rf"Encountered unknown tag '([^']+)'(?:{_INNERMOST})?")
_UNCLOSED = re.compile(rf"Unexpected end of template{_INNERMOST}")


class Templates:
    """The template folders of a project, the project's own first."""

    def __init__(self, folders: Iterable[Path], shown: Callable[[Path], str]) -> None:
        self.folders, self.shown = tuple(folders), shown
        self.environment = BoundedEnvironment(
            loader=jinja2.FunctionLoader(self._load),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            extensions=[Given],
        )
        self.environment.filters = {name: _no_field(name, made) for name, made in self.environment.filters.items()}
        # Jinja's own globals (`range`, `lipsum`, `cycler` …) are for pages; cards have no use for them.
        self.environment.globals = {}

    def get(self, name: str) -> jinja2.Template:
        """Return a template by its name under the template folders. Raises TemplateFault."""
        self.environment.start()
        try:
            template = self.environment.get_template(name)
        except jinja2.TemplateSyntaxError as error:
            raise _syntax_fault(error, self, self.folders[0] / name) from None
        except jinja2.TemplateNotFound as error:
            message = f"there is no template `{error.name}`"
            raise TemplateFault(rules.MISSING_TEMPLATE, message, Span(self.shown(self.folders[0] / name))) from None
        except (SyntaxError, RecursionError, MemoryError, ValueError, OverflowError, Misuse):
            # Python's own limits, which Jinja hands on: blocks inside blocks, digits of a number.
            message, hint = "this template nests too deep, or holds too large a number", "write it flatter"
            where = Span(self.shown(next(iter(self.files(name)), self.folders[0] / name)))
            raise TemplateFault(rules.TEMPLATE_SYNTAX, message, where, hint) from None
        # Where faults of its run are told; Jinja leaves templates room for such things.
        template.flashgen = self  # type: ignore[attr-defined]
        return template

    def _load(self, name: str) -> tuple[str, str, None] | None:
        """Return a template's text and file for Jinja, or None where none has its name. Raises TemplateFault."""
        parts = name.split("/")
        if any(part in ("", ".", "..") or "\\" in part or ":" in part for part in parts):
            return None
        file = next(iter(self.files(name)), None)
        return None if file is None else (self.text(file), str(file), None)

    def files(self, name: str) -> list[Path]:
        """Return the files of a name, the project's own first."""
        return [folder / name for folder in self.folders if is_file(folder / name)]

    def text(self, file: Path) -> str:
        """Return the text of a file. Raises TemplateFault where it cannot be read."""
        try:
            return read_bytes(file).decode("utf-8-sig")
        except (UnicodeDecodeError, OSError) as error:
            raise self._unreadable(file, error) from None

    def _unreadable(self, file: Path, error: UnicodeDecodeError | OSError) -> TemplateFault:
        where = Span(self.shown(file))
        if isinstance(error, OSError):
            return TemplateFault(rules.UNREADABLE_FILE, f"cannot be read: {error.strerror or error}", where)
        message = f"the byte 0x{error.object[error.start]:02x} is not UTF-8"
        return TemplateFault(rules.NOT_UTF8, message, where, "save the file as UTF-8")


def run(template: jinja2.Template, variables: Mapping[str, Any]) -> str:
    """Return what a template makes of variables. Raises TemplateFault, at the template's own line."""
    templates: Templates = template.flashgen  # type: ignore[attr-defined]
    templates.environment.start()
    try:
        return template.render(variables)
    except Misuse as misuse:
        raise _fault(misuse.rule, misuse.message, misuse.hint, misuse.culprit, misuse, templates) from None
    except jinja2.UndefinedError as error:
        message = str(error.message)
        name = re.search(r"'([^']*)'(?: is undefined|$)", message)
        culprit = name[1] if name else ""
        known = [word for word in variables if not word.startswith("_")]
        told = f"`{culprit}` is undefined" if culprit else _lower(message)
        hint = did_you_mean(culprit, known)
        raise _fault(rules.UNDEFINED_NAME, told, hint, culprit, error, templates) from None
    except jinja2.TemplateSyntaxError as error:
        raise _syntax_fault(error, templates, templates.folders[0]) from None
    except jinja2.TemplateNotFound as error:
        told = f"there is no template `{error.name}`"
        raise _fault(rules.MISSING_TEMPLATE, told, None, str(error.name), error, templates) from None
    except TemplateFault:
        # Of a file that it includes.
        raise
    except RecursionError as error:
        hint = "let it end: macros, blocks and includes may call themselves only so often"
        told = "this template calls itself without end"
        raise _fault(rules.TEMPLATE_FAILED, told, hint, "", error, templates) from None
    except (jinja2.TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        told = f"this cannot be carried out: {_lower(re.sub(r'^.*<locals>[.]', '', str(error)))}"
        raise _fault(rules.TEMPLATE_FAILED, told, None, "", error, templates) from None


def _fault(
    rule: Rule, message: str, hint: str | None, culprit: str, error: BaseException, templates: Templates
) -> TemplateFault:
    """Return the fault with the place of the innermost template line that led to it."""
    place: tuple[Path, int] | None = None
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if any(file.is_relative_to(folder) for folder in templates.folders):
            place = (file, trace.tb_lineno)
        trace = trace.tb_next
    if place is None:
        return TemplateFault(rule, message, Span(templates.shown(templates.folders[0])), hint)
    return TemplateFault(rule, message, _line(place[0], place[1], templates.shown, culprit), hint)


def _syntax_fault(error: jinja2.TemplateSyntaxError, templates: Templates, path: Path) -> TemplateFault:
    """Return the fault that Jinja met while it read a template, in an author's words."""
    file = Path(error.filename) if error.filename else path
    text, number = error.message or "cannot be read", error.lineno
    hint: str | None = None
    quoted = re.search(r"'([^']+)'$", text) or re.match(r"`([^`]+)`", text)
    culprit = quoted[1] if quoted else ""
    message = _lower(text.replace("'", "`"))
    if unknown := _UNKNOWN.match(text):
        what, culprit = unknown.groups()
        known = templates.environment.filters if what == "filter" else ()
        message, hint = f"there is no {what} `{culprit}`", did_you_mean(culprit, known)
    elif tag := _UNKNOWN_TAG.match(text):
        culprit, open_ = tag.groups()
        message = f"there is no tag `{culprit}`"
        hint = did_you_mean(culprit, _TAGS)
        if culprit.startswith("end"):
            message = f"`{culprit}` closes nothing here"
            hint = f"close `{open_}` first: `{{% end{open_} %}}`" if open_ else "delete it"
    elif unclosed := _UNCLOSED.match(text):
        culprit = unclosed[1]
        message, hint = f"`{culprit}` is never closed", f"close it: `{{% end{culprit} %}}`"
        number = _opened_at(file, culprit) or number
    return TemplateFault(rules.TEMPLATE_SYNTAX, message, _line(file, number, templates.shown, culprit), hint)


def _opened_at(file: Path, tag: str) -> int | None:
    """Return the line of the last tag of a name that is not closed."""
    open_: list[int] = []
    for number, line in enumerate(_lines(file), 1):
        for end, _ in re.findall(rf"\{{%[-+]?\s*(end)?({re.escape(tag)})\b", line):
            if not end:
                open_.append(number)
            elif open_:
                open_.pop()
    return open_[-1] if open_ else None


def _no_field(name: str, made: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter of Jinja's that refuses fields: it would work on their names."""
    if name in _HANDING_ON:
        return made

    @functools.wraps(made)
    def apply(*given: Any, **named: Any) -> Any:
        # A context or environment may come first.
        for value in given[:2]:
            if hasattr(type(value), "through"):
                message = f"the filter `{name}` takes a text, not a field"
                hint = "what a field holds is known at review time; compute it in `fields/`"
                raise Misuse(rules.FIELD_USED_AS_VALUE, message, hint, name)
        return made(*given, **named)

    return apply


def _lines(file: Path) -> list[str]:
    try:
        return re.split("\r\n|\r|\n", file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return []


def _line(file: Path, number: int, shown: Callable[[Path], str], culprit: str = "") -> Span:
    """Return the span of a word in a template's line or the next that has it, or of the line where none has."""
    lines = _lines(file)
    if not 1 <= number <= len(lines):
        return Span(shown(file), number, 1, number, 2)
    found = None
    if culprit:
        word = re.compile(rf"(?<!\w){re.escape(culprit)}(?!\w)" if culprit[0].isalnum() else re.escape(culprit))
        near = (at for at in range(number, len(lines) + 1) if word.search(lines[at - 1]))
        number = next(near, number)
        found = word.search(lines[number - 1])
    line = lines[number - 1]
    start, end = found.span() if found else (len(line) - len(line.lstrip()), len(line.rstrip()))
    return Span(shown(file), number, start + 1, number, max(end, start + 1) + 1)


def _lower(message: str) -> str:
    message = message.rstrip(".")
    return message[:1].lower() + message[1:] if message[1:2].islower() else message
