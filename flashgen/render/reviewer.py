"""What Anki's reviewer makes of card templates and a note: which cards exist, and what they show.

The rules are Anki 26.9's, and `tests/test_reviewer.py` holds them against its backend. Text is expected in NFC, as Anki
stores it. Four things differ: a template over which Anki would show a page of help raises `TemplateError`, as do the
filter `cloze-only` and the `{{=<% %>=}}` syntax of old; `[latex]` and `[$]`, which become pictures, stay as written;
and the id that joins a hint's link to its text is another.
"""

import hashlib
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from html.entities import name2codepoint
from typing import Final

from msgspec import Struct

from flashgen.render import clozes

Texts = Mapping[str, str]
# Filled on every card, so a front that shows one of them is never blank. `Tags` joins if the note has tags.
FILLED_SPECIALS: Final = frozenset({"Type", "Deck", "Subdeck", "Card", "CardFlag", "CardID"})
# Unicode's White_Space, which Rust trims; `str.strip` would take U+001C to U+001F as well.
_SPACE: Final = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_EMPTY: Final = re.compile(r"(?:[\t\n\v\f\r ]|</?(?:br|div) ?/?>)*+", re.IGNORECASE | re.ASCII)
_TAG: Final = re.compile(r"\{\{(.*?)\}\}|<!--.*?-->", re.DOTALL)
_CLOZE_CONDITION: Final = re.compile(r"c\+?0*[0-9]{1,9}")
_MATHJAX: Final = re.compile(r"(\\[(\[])(.*?)(\\[\])])", re.DOTALL)
_HTML: Final = re.compile(r"<!--.*?-->|<style.*?>.*?</style>|<script.*?>.*?</script>|<.*?>", re.DOTALL | re.IGNORECASE)
_ENTITY: Final = re.compile(r"&(?:#x([0-9A-Fa-f]+);|#([0-9]+);|([A-Za-z0-9]+);)?")
_RUBY: Final = re.compile(r" ?([^ >]+?)\[(.+?)\]")
_SOUND: Final = re.compile(  # `[sound:file]`, or `[anki:name key=value key="value"]text[/anki:name]`
    r"(?s)\[sound:[^\]]+\]|\[anki:([^\] \t\r\n]++)[ \t\r\n]*+"
    r'((?:[^\] \t\r\n=]++=(?:"[^"]*+"|[^\] \t\r\n"]*+)[ \t\r\n]*+)*+)\].*?\[/anki:\1\]'
)
_OPTION: Final = re.compile(r'([^\] \t\r\n=]+)=("[^"]*"|[^\] \t\r\n"]*)')
_SPOKEN: Final = re.compile(r"\{\{tts [^{}]*:([^{}:]+)\}\}")
_HELP: Final = "<br><a href='https://docs.ankiweb.net/templates/errors.html#{}'>More information</a></div>"
_NO_FIELD: Final = "<div>The front of this card is blank." + _HELP.format("front-of-card-is-blank")
_NO_CLOZE: Final = (
    "<div>No cloze \u2068{}\u2069 found on card.\nPlease either add a cloze deletion, or use the Empty Cards tool."
    + _HELP.format("no-cloze-filter-on-cloze-note-type")
)


class TemplateError(ValueError):
    """A card template that Anki refuses, said to its author; `offset` is where in its text, if it does not parse."""

    def __init__(self, message: str, offset: int | None = None) -> None:
        super().__init__(message)
        self.offset = offset


class Replacement(Struct, frozen=True):
    """`{{filter:Field}}`; its filters stand in the order in which they apply."""

    field: str
    filters: tuple[str, ...]


class Section(Struct, frozen=True):
    """`{{#Field}}…{{/Field}}`, or `{{^Field}}…{{/Field}}` if negated."""

    field: str
    negated: bool
    nodes: "tuple[str | Replacement | Section, ...]"


class Template(Struct, frozen=True):
    """One side of a card template, parsed once per note type."""

    nodes: tuple[str | Replacement | Section, ...]

    def names(self) -> frozenset[str]:
        """Return all fields it mentions, special ones too; the `c1` of `{{#c1}}` is not a field."""
        names, pending = set(), list(self.nodes)
        for node in pending:
            if isinstance(node, Section):
                pending.extend(node.nodes)
            if not isinstance(node, str) and not (isinstance(node, Section) and _CLOZE_CONDITION.fullmatch(node.field)):
                names.add(node.field)
        return frozenset(names)


class Rendered(Struct, frozen=True):
    """Both sides of a card as Anki's backend hands them on; a blank front shows no field, or not its cloze.

    `sounds` names the file behind each `[anki:play:q:0]` by its side and number: speech has none.
    """

    question: str
    answer: str
    is_blank: bool
    sounds: Texts


def parse(template: str) -> Template:
    """Return the tree of one side of a card template; braces that never close are text, as in Anki."""
    outer: list[tuple[str, str, int, list[str | Replacement | Section]]] = []
    nodes: list[str | Replacement | Section] = []
    end = 0
    for match in _TAG.finditer(template):
        if match[1] is None:  # a comment is text, whatever it holds
            continue
        nodes.extend(filter(None, [template[end : match.start()]]))
        end, offset = match.end(), match.start()
        tag = match[1].lstrip("{").strip(_SPACE)
        sign, name = tag[:1], tag[1:].lstrip(_SPACE)
        if not name or sign not in "#^/":
            nodes.extend(_parse_replacement(tag))
        elif sign != "/":
            outer.append((sign, name, offset, nodes))
            nodes = []
        elif not outer:
            raise TemplateError(f"`{{{{/{name}}}}}` closes a section that is not open", offset)
        elif name != outer[-1][1]:
            raise TemplateError(f"`{{{{/{name}}}}}` stands where `{{{{/{outer[-1][1]}}}}}` has to come first", offset)
        else:
            opening, _, _, around = outer.pop()
            nodes = [*around, Section(name, opening == "^", tuple(nodes))]
    if outer:
        raise TemplateError(f"`{{{{{outer[-1][0]}{outer[-1][1]}}}}}` is never closed", outer[-1][2])
    return Template((*nodes, template[end:]))


def _parse_replacement(tag: str) -> Iterator[Replacement]:
    field, *filters = reversed(tag.split(":"))
    if filters[-1:] == ["type"]:  # outermost, it overrules all filters but these two
        filters = ["type-" + filters[0] if filters in (["cloze", "type"], ["nc", "type"]) else "type"]
    if field or not filters:  # filters without a field are for add-ons, which put in text of their own
        yield Replacement(field, tuple(filters))


def is_empty(field: str) -> bool:
    """Return whether Anki takes a field for empty: only white space and bare `<br>` and `<div>` tags."""
    return not field or (field[0] in "\t\n\v\f\r <" and _EMPTY.fullmatch(field) is not None)


def filled_names(fields: Texts, *, tags: bool) -> set[str]:
    """Return the names that count as filled when Anki decides which cards a note has."""
    filled = {*FILLED_SPECIALS, "Tags"} if tags else set(FILLED_SPECIALS)
    filled.update(fields)
    return filled.difference([name for name, text in fields.items() if is_empty(text)])


def renders(front: Template | Section, filled: Container[str]) -> bool:
    """Return whether the front shows one of the filled fields; static text does not count."""
    for node in front.nodes:
        if isinstance(node, Replacement):
            if node.field in filled:
                return True
        elif isinstance(node, Section) and (node.field in filled) is not node.negated and renders(node, filled):
            return True
    return False


def standard_ords(fronts: Sequence[Template], fields: Texts, *, tags: bool) -> tuple[int, ...]:
    """Return the ords of a standard note's cards; a note that fills no front gets card 0."""
    filled = filled_names(fields, tags=tags)
    return tuple([number for number, front in enumerate(fronts) if renders(front, filled)]) or (0,)


def cloze_ords(fields: Iterable[str]) -> tuple[int, ...]:
    """Return the ords of a cloze note's cards; number 0 makes none, numbers above 500 make that of 500."""
    return tuple(sorted({min(number, 500) - 1 for number in clozes.numbers_in(fields)})) or (0,)


def render(front: Template, back: Template, fields: Texts, specials: Texts, card_ord: int, *, cloze: bool) -> Rendered:
    """Return both sides of a card as Anki in English shows it; `specials` holds all special fields but `FrontSide`."""
    values = {f"c{card_ord + 1}": "1", **specials, **fields}
    filled = frozenset(name for name, text in values.items() if not is_empty(text))
    question = _fill(front.nodes, _Scene(values, filled, card_ord + 1, None))
    shows = card_ord + 1 in clozes.numbers_in(values.values()) if cloze else renders(front, filled)
    blank = "" if shows else _NO_CLOZE.format(card_ord + 1) if cloze else _NO_FIELD
    sounds: dict[str, str] = {}
    question = _number_sounds(question + blank, "q", sounds)
    answer = blank or _fill(back.nodes, _Scene(values, filled, card_ord + 1, question))
    return Rendered(question, _number_sounds(answer, "a", sounds), bool(blank), sounds)


def fill(side: Template, values: Texts, card_ord: int, front: str | None = None) -> str:
    """Return a side or a stretch of one with all its fields, special ones too; on a back, `front` is the front."""
    values = {f"c{card_ord + 1}": "1", **values}
    filled = frozenset(name for name, text in values.items() if not is_empty(text))
    return _fill(side.nodes, _Scene(values, filled, card_ord + 1, front))


class _Scene(Struct, frozen=True):
    values: Texts
    filled: Container[str]
    number: int
    front: str | None  # None while the front itself is filled


def _fill(nodes: Iterable[str | Replacement | Section], scene: _Scene) -> str:
    parts = []
    for node in nodes:
        if isinstance(node, str):
            parts.append(node)
        elif isinstance(node, Replacement):
            parts.append(_replace(node, scene))
        elif node.field not in scene.values and not _CLOZE_CONDITION.fullmatch(node.field):
            raise TemplateError(f"`{{{{{'#^'[node.negated]}{node.field}}}}}` names no field of the note")
        else:
            inner = _fill(node.nodes, scene)  # even if hidden: Anki complains of unknown fields there too
            parts.append(inner if (node.field in scene.filled) is not node.negated else "")
    return "".join(parts)


def _replace(node: Replacement, scene: _Scene) -> str:
    if node.field == "FrontSide":
        return scene.front or ""
    if node.field not in scene.values:
        tag = ":".join((*node.filters[::-1], node.field))
        raise TemplateError(f"`{{{{{tag}}}}}` names no field of the note")
    text = scene.values[node.field]
    for name in node.filters:
        if name.startswith("tts "):
            text = f"[anki:tts lang={name[4:]}]{text}[/anki:tts]"
        elif name in _FILTERS:
            text = _FILTERS[name](text, node.field, scene)
        elif name == "cloze-only":
            raise TemplateError("the filter `cloze-only` can be shown by Anki only")
        else:  # an unknown filter, and all that follow, are left to add-ons
            break
    return text


def _number_sounds(text: str, side: str, sounds: dict[str, str]) -> str:
    """Return the text with its sounds and speech as `[anki:play:q:0]`, and add the sounds' files."""
    numbers = iter(range(len(text)))

    def number(match: re.Match[str]) -> str:
        if match[1] == "tts" and not dict(_OPTION.findall(match[2])).get("lang", "").strip('"'):
            return "[Error in directive '\u2068anki:tts\u2069': \u2068'\u2068lang\u2069' not set\u2069]"
        if match[1] not in (None, "tts"):
            return match[0]
        place = f"{side}:{next(numbers)}"
        if match[1] is None:
            # Anki plays nothing outside of its folder of media.
            sounds[place] = _decode(match[0][len("[sound:") : -1]).rpartition("/")[2]
        return f"[anki:play:{place}]"

    return _SOUND.sub(number, text)


def _show_cloze(text: str, _: str, scene: _Scene) -> str:
    shown, found = clozes.reveal(clozes.parse(text), scene.number, hide=scene.front is None)
    return _MATHJAX.sub(lambda math: math[1] + _HTML.sub("", math[2]) + math[3], shown) if found else ""


def strip_html(text: str, *_: object) -> str:
    """Return what is left of a text without its markup, its entities decoded."""
    return _decode(_HTML.sub("", text))


def _decode(text: str) -> str:
    try:  # half a surrogate pair fails to encode
        return _ENTITY.sub(_decode_entity, text).encode().decode().replace("\xa0", " ") if "&" in text else text
    except (LookupError, ValueError, OverflowError):  # one bad entity, and Anki decodes none
        return text


def _decode_entity(entity: re.Match[str]) -> str:
    return chr(int(entity[1], 16) if entity[1] else int(entity[2]) if entity[2] else name2codepoint[entity[3]])


def _show_ruby(text: str, form: str) -> str:
    return _RUBY.sub(
        lambda ruby: ruby[0] if ruby[2][:6] == "sound:" else ruby.expand(form), text.replace("&nbsp;", " ")
    )


def _hide_hint(text: str, field: str, _: _Scene) -> str:
    # Anki cuts its id from another hash; all it does is join the link to its text.
    key = "hint" + hashlib.blake2b((text + field).encode(), digest_size=8).hexdigest()
    button = f"document.getElementById('{key}').style.display='block';\nreturn false;\" draggable=false>\n{field}</a>\n"
    link = f'\n<a class=hint href="#"\nonclick="this.style.display=\'none\';\n{button}'
    return f'{link}<div id="{key}" class=hint style="display: none">{text}</div>\n' if text.strip(_SPACE) else text


_Filter = Callable[[str, str, _Scene], str]
_FILTERS: Final[Mapping[str, _Filter]] = {
    "": lambda text, *_: text,
    "text": strip_html,
    "cloze": _show_cloze,
    "type": lambda _, field, __: f"[[type:{field}]]",
    "type-cloze": lambda _, field, __: f"[[type:cloze:{field}]]",
    "type-nc": lambda _, field, __: f"[[type:nc:{field}]]",
    "hint": _hide_hint,
    "furigana": lambda text, *_: _show_ruby(text, r"<ruby><rb>\1</rb><rt>\2</rt></ruby>"),
    "kanji": lambda text, *_: _show_ruby(text, r"\1"),
    "kana": lambda text, *_: _show_ruby(text, r"\2"),
}


def spoken(side: str) -> frozenset[str]:
    """Return the fields that a side of a card template has Anki read aloud."""
    return frozenset(_SPOKEN.findall(side))
