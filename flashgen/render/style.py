"""The theme → the stylesheet of a note type."""

from __future__ import annotations

import re

from flashgen.model import Kind
from flashgen.render.environment import Templates


def stylesheet(kind: Kind, templates: Templates) -> str:
    """Return the tokens, the shared rules and the kind's own, as Anki stores them."""
    files = ("_theme/tokens.css", "_theme/card.css", f"{kind.name}/style.css")
    parts = (_tidy(templates.text(name)) for name in files)
    return "\n".join(part for part in parts if part)


def _tidy(css: str) -> str:
    """Return a stylesheet without its comments: they are for maintainers, and learners would carry them."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return "\n".join(line.rstrip() for line in css.splitlines() if line.strip())
