"""One property of a YAML file set anew, with the rest of the file kept to the byte."""

from __future__ import annotations

from flashgen.errors import FlashgenError
from flashgen.values import Map
from flashgen.write.edit import Edit, Places, apply, line_break, quoted, value_of


def set_property(text: str, name: str, value: str) -> str:
    """Return the text of a YAML mapping in which a property has a value, changed where it stands, else added last.

    Raises FlashgenError where the text is no mapping written in lines.
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    body = text.removeprefix(mark)
    mapping = value_of(body)
    if not isinstance(mapping, Map) or body.lstrip().startswith("{"):
        raise FlashgenError(
            f"deck.yaml is not written in `key: value` lines, so `{name}` cannot be put in",
            "write each property on a line of its own, without the braces around them",
        )
    places, new = Places(body), quoted(value)
    if name in mapping:
        at = mapping.values_at[name]
        start, end = places.start(at), places.end(at)
        changed = apply(body, [Edit(start, end, new if start < end else f" {new}")])
    else:
        newline = line_break(body)
        changed = body if body.endswith(("\n", "\r")) or not body else body + newline
        changed += f"{name}: {new}{newline}"
    # YAML has more ways to be written than those above were made for.
    if value_of(changed) != {**mapping, name: value}:
        raise FlashgenError(f"deck.yaml is written so that `{name}` cannot be put in", f"write `{name}: {new}` in it")
    return mark + changed
