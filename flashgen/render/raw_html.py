"""HTML that an author wrote as HTML: it goes to the field as it stands, or not at all.

nh3 (ammonia) reads it as a browser does and leaves out what could do harm. Where it would leave out anything, or read
the text otherwise than it is written, that is told: nothing is mended in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html.parser import HTMLParser
from itertools import zip_longest

from flashgen import rules
from flashgen.render.html import Html, Problem, inert, quote, without_gaps
from flashgen.values import FORBIDDEN, nfc

_TAG_NAMES = """
    a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure
    h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub summary sup table
    tbody td tfoot th thead time tr u ul var wbr
"""
_TAGS = frozenset(_TAG_NAMES.split())
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"class", "dir", "lang", "role", "style", "title"},
    "a": {"href"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "img": {"alt", "height", "src", "width"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_PREFIX = "aria-"
_WEB = re.compile(r"https?://[^/?#]|mailto:[^?#]", re.IGNORECASE)
_SCRIPT = re.compile(r"[\s\x00-\x20]*(?:javascript|vbscript|data):", re.IGNORECASE)
# What makes a browser load something, and the backslash that could hide it.
_LOADS = re.compile(r"url\s*\(|image-set\s*\(|image\s*\(|src\s*\(|@import|expression\s*\(|\\", re.IGNORECASE)
# A browser puts it in where it is left out.
_IMPLIED = "tbody"

_MOST_WORK = 30_000_000

# A tag opened, with its attributes; a tag closed; or text.
_Event = tuple[str, str, tuple[tuple[str, str], ...]]


@lru_cache(maxsize=1024)
def raw_html(text: str) -> Html:
    """Return HTML as it stands, its pictures' tags as Markdown's are, or none where an error is in it."""
    text = nfc(text.strip())
    if text.count("<") * len(text) > _MOST_WORK:
        # Python's reader of HTML begins anew at each `<`, where a tag is never closed.
        return Html("", ((rules.TOO_LONG, "this text has too many tags for its length", "split it"),))
    reader = _Reader(text)
    problems = tuple(dict.fromkeys(_refused(reader.events)))
    made = Html(inert(without_gaps(reader.written())), problems)
    if made.sound:
        made = Html(made.html, (*problems, *_misread(text, reader.events)))
    return made if made.sound else Html("", made.problems)


class _Reader(HTMLParser):
    """Reads HTML into events; and writes it again, where its pictures' tags alone may differ."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.events: list[_Event] = []
        self.text = text
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self._pictures: list[tuple[int, int, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = tuple((name, value or "") for name, value in attrs)
        self.events.append(("open", tag, values))
        if tag == "img":
            line, column = self.getpos()
            start = self._lines[line - 1] + column
            end = start + len(self.get_starttag_text() or "")
            self._pictures.append((start, end, _picture(dict(values))))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.events.append(("close", tag, ()))

    def handle_data(self, data: str) -> None:
        if words := " ".join(data.split()):
            self.events.append(("text", words, ()))

    def handle_comment(self, data: str) -> None:
        self.events.append(("comment", data, ()))

    def handle_decl(self, decl: str) -> None:
        self.events.append(("comment", decl, ()))

    def handle_pi(self, data: str) -> None:
        self.events.append(("comment", data, ()))

    def unknown_decl(self, data: str) -> None:
        self.events.append(("comment", data, ()))

    def written(self) -> str:
        out, at = [], 0
        for start, end, tag in self._pictures:
            out += [self.text[at:start], tag]
            at = end
        return "".join([*out, self.text[at:]])


def _picture(values: dict[str, str]) -> str:
    rest = "".join(f' {name}="{quote(value)}"' for name, value in values.items() if name not in ("src", "alt"))
    return f'<img src="{quote(values.get("src", ""))}" alt="{quote(values.get("alt", ""))}"{rest} />'


def _refused(events: list[_Event]) -> Iterator[Problem]:
    """Yield what may not stand in a field, by its name."""
    for what, name, attributes in events:
        if what == "comment":
            yield rules.REFUSED_HTML, "a comment would be shown to nobody", "delete `<!-- … -->`"
        elif what == "open" and name in ("script", "noscript"):
            yield rules.SCRIPT_IN_CARD, f"`<{name}>` cannot stand on a card", "delete it; cards run no script of ours"
        elif what == "open" and name not in _TAGS:
            hint = "delete it, or write it with a tag that only shows something"
            yield rules.REFUSED_HTML, f"`<{name}>` cannot stand on a card", hint
        elif what == "open":
            for key, value in attributes:
                yield from _refused_attribute(name, key, value)


def _refused_attribute(tag: str, key: str, value: str) -> Iterator[Problem]:
    allowed = key in _ATTRIBUTES["*"] or key in _ATTRIBUTES.get(tag, ()) or key.startswith(_PREFIX)
    if key.startswith("on"):
        message = f"`{key}` of `<{tag}>` cannot stand on a card"
        yield rules.SCRIPT_IN_CARD, message, "delete it; cards run no script of ours"
    elif not allowed:
        yield rules.REFUSED_HTML, f"`{key}` of `<{tag}>` cannot stand on a card", "delete it"
    elif key in ("href", "src") and _SCRIPT.match(value):
        yield rules.SCRIPT_IN_CARD, f"`{value}` of `<{tag}>` cannot stand on a card", "delete it"
    elif key == "href" and not _WEB.match(value):
        message = f"the link `{value}` leads nowhere from a card"
        yield rules.BAD_LINK, message, "link to `https://…`, `http://…` or `mailto:…`"
    elif key == "style" and (found := _LOADS.search(re.sub(r"/\*.*?\*/", "", value, flags=re.DOTALL))) is not None:
        yield rules.EXTERNAL_REQUEST, f"the style of `<{tag}>` would load something: `{found.group()}`", "delete it"
    elif key == "style":
        message = f"the theme cannot reach the style of `<{tag}>`: by night it may not be readable"
        yield rules.INLINE_STYLE, message, "give it a class, and write its rules in the kind's style.css"


def _misread(text: str, events: list[_Event]) -> Iterator[Problem]:
    """Yield the first place where a browser reads the text otherwise than it is written."""
    import nh3  # noqa: PLC0415 - imported only where it is needed

    clean = nh3.clean(
        text,
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        generic_attribute_prefixes={_PREFIX},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    if (found := FORBIDDEN.search(clean)) is not None:
        message = f"the character U+{ord(found.group()):04X} cannot stand on a card"
        yield rules.CONTROL_CHARACTER, message, "delete its entity"
        return
    ours, theirs = _comparable(events), _comparable(_Reader(clean).events)
    for (what, name, values), other in zip_longest(ours, theirs, fillvalue=("end", "", ())):
        if (what, name, values) == other:
            continue
        if what == "end" and other[0] == "close":
            yield rules.BROKEN_HTML, f"`<{other[1]}>` is never closed", f"close it: `</{other[1]}>`"
        else:
            shown = {"open": f"<{name}>", "close": f"</{name}>", "end": "its end"}.get(what, name[:40])
            message = f"a browser would read this HTML otherwise than it is written, at `{shown}`"
            yield rules.BROKEN_HTML, message, "close every tag, in the reverse order, and write each attribute once"
        return


def _comparable(events: list[_Event]) -> list[_Event]:
    """Return the events without what a browser may put in, and with each tag's attributes in one order."""
    found: list[_Event] = []
    for what, name, attributes in events:
        if name == _IMPLIED and what != "text":
            continue
        if what == "text" and found and found[-1][0] == "text":
            found[-1] = ("text", f"{found[-1][1]} {name}", ())
        else:
            found.append((what, name, tuple(sorted(attributes))))
    return found
