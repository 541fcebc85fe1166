"""Colours of a terminal, which only ever repeat what the words say."""

from __future__ import annotations

from flashgen.diagnostics import Severity

# SGR parameters (ECMA-48, 8.3.117). Only the eight old colours: every terminal has its own readable shade of them.
BOLD, CYAN, GREEN, RED, YELLOW, BLUE = "1", "36", "32", "31", "33", "34"
_SEVERITIES = {Severity.ERROR: RED, Severity.WARNING: YELLOW}


class Paint:
    """Colours text, or leaves it as it is."""

    def __init__(self, *, on: bool = False) -> None:
        self.on = on

    def __call__(self, text: str, *styles: str) -> str:
        """Return the text in these styles."""
        return f"\x1b[{';'.join(styles)}m{text}\x1b[0m" if self.on and text else text

    def severity(self, text: str, severity: Severity, *styles: str) -> str:
        """Return the text in the colour of how much a finding weighs."""
        return self(text, *styles, _SEVERITIES[severity])


PLAIN = Paint()
