"""FG504: a project's own colours that are too close to be told apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import tinycss2
from msgspec import Struct
from tinycss2.color3 import RGBA, parse_color

from flashgen import rules
from flashgen.diagnostics import Span
from flashgen.lint.check import Found, Limits, Whole, WholeCheck
from flashgen.lint.sources import own_files, rules_of
from flashgen.read.project import built_in_templates

_TOKENS = "_theme/tokens.css"
_NIGHT = ("nightmode", "night_mode")
_GROUND, _CODE = "--fg-ground", "--fg-code"
# What is written on what. WCAG 2.2, 1.4.3: text needs 4.5:1, and by 1.4.11 lines that carry meaning need 3:1.
_TEXTS = (
    *((f"--fg-{name}", _GROUND) for name in ("text", "muted", "accent", "link")),
    *((f"--fg-accent-{family}", _GROUND) for family in ("gap", "structure", "command")),
    ("--fg-text", "--fg-plate"),
    ("--fg-text", "--fg-accent-soft"),
    ("--fg-accent", "--fg-accent-soft"),
    *((f"--fg-accent-{family}", f"--fg-accent-{family}-soft") for family in ("gap", "structure", "command")),
    *((f"--fg-{state}-text", f"--fg-{state}") for state in ("good", "bad", "missed")),
    ("--fg-terminal-text", "--fg-terminal"),
    ("--fg-terminal-sign", "--fg-terminal"),
    *((f"--fg-code-{name}", _CODE) for name in ("text", "comment", "keyword", "string", "number", "name", "tag")),
)
_LINES = (("--fg-line", _GROUND),)


class _Colour(Struct, frozen=True):
    """A colour of a theme, and where a project sets it; `at` is None for a built-in one."""

    value: RGBA
    at: Span | None


def _judge(whole: Whole, limits: Limits) -> Iterator[Found]:
    own = [(path, text) for path, text in own_files(whole.project, "tokens.css") if path.endswith(_TOKENS)]
    if not own:
        return
    shipped = (built_in_templates() / _TOKENS).read_text(encoding="utf-8")
    light, night = _themes(shipped, None)
    for path, text in own:
        more_light, more_night = _themes(text, path)
        light |= more_light
        night |= more_night
    for theme, colours in (("", light), (" at night", {**light, **night})):
        for least, pairs in ((limits.share("text"), _TEXTS), (limits.share("lines"), _LINES)):
            yield from _low(colours, pairs, least, theme)


def _low(
    colours: Mapping[str, _Colour], pairs: tuple[tuple[str, str], ...], least: float, theme: str
) -> Iterator[Found]:
    for name, ground in pairs:
        one, other = colours.get(name), colours.get(ground)
        if one is None or other is None or min(one.value.alpha, other.value.alpha) < 1:
            continue
        at = one.at or other.at
        if at is None:
            continue
        ratio = contrast(one.value, other.value)
        if ratio < least:
            message = f"`{name}` on `{ground}` has a contrast of {ratio:.1f}:1{theme}; {least:g}:1 can be read"
            yield Found(at, message, "make one of them lighter or darker, in both themes")


def _themes(css: str, path: str | None) -> tuple[dict[str, _Colour], dict[str, _Colour]]:
    """Return the colours of a sheet of tokens by name, by day and by night."""
    light: dict[str, _Colour] = {}
    night: dict[str, _Colour] = {}
    for rule in rules_of(css):
        if rule.type != "qualified-rule":
            continue
        is_night = any(word in tinycss2.serialize(rule.prelude).lower() for word in _NIGHT)
        for entry in tinycss2.parse_declaration_list(rule.content, skip_comments=True, skip_whitespace=True):
            if entry.type == "declaration" and (colour := _colour(entry)) is not None:
                line, column = entry.source_line, entry.source_column
                at = None if path is None else Span(path, line, column, line, column + len(entry.name))
                (night if is_night else light)[entry.name] = _Colour(colour, at)
    return light, night


def _colour(declaration: Any) -> RGBA | None:
    values = [token for token in declaration.value if token.type not in ("whitespace", "comment")]
    colour = parse_color(values[0]) if len(values) == 1 else None
    return colour if isinstance(colour, RGBA) else None


def contrast(one: RGBA, other: RGBA) -> float:
    """Return the contrast of two colours as WCAG 2.2 defines it, from 1 to 21."""
    darker, lighter = sorted(map(_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: RGBA) -> float:
    parts: list[float] = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - the constants of sRGB
        for part in colour[:3]
    ]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


CHECK = WholeCheck(rules.LOW_CONTRAST, _judge, limits={"text": 4.5, "lines": 3.0})
