"""A page a rule: what it finds, why that matters, and what to write instead.

The pages are Markdown, so that they are documents too. `tests/test_rule_pages.py` holds their examples to them.
"""

from __future__ import annotations

import re
from pathlib import Path

from flashgen import rules
from flashgen.diagnostics import Rule, did_you_mean, one_of
from flashgen.errors import FlashgenError

PAGES = Path(__file__).parent / "pages"
# A line of the list of rules has its code, name and severity as well.
_LONG = 90
# The rules by what they judge: the first figure of their codes.
GROUPS = {
    "0": "Files and YAML",
    "1": "Properties",
    "2": "Identity",
    "3": "Formulation",
    "4": "Kinds and templates",
    "5": "Look",
    "6": "Pictures, sounds and drawings",
    "7": "Decks",
}


def find_rule(word: str) -> Rule:
    """Return the rule of a code or a name, in whatever case. Raises FlashgenError where there is none."""
    wanted = word.strip().lower()
    names = {key: rule for rule in rules.RULES for key in (rule.code.lower(), rule.code[2:], rule.name)}
    if wanted in names:
        return names[wanted]
    known = [rule.name for rule in rules.RULES]
    hint = did_you_mean(wanted, known)
    # `alt` is close to no name, and can only mean `missing-alt`.
    if hint is None and (holding := [name for name in known if wanted and wanted in name]):
        hint = f"did you mean {one_of(holding)}?"
    raise FlashgenError(f"there is no rule `{word}`", hint or "`flashgen explain` lists them all")


def page(rule: Rule) -> str:
    """Return the page of a rule, as Markdown."""
    return (PAGES / f"{rule.name}.md").read_text(encoding="utf-8")


def summary(rule: Rule) -> str:
    """Return the first sentence of a rule's page, what it finds; of a long one, what stands before its colon."""
    paragraph = " ".join(page(rule).split("\n\n")[1].split())
    sentence = re.split(r"(?<=\.) (?=[A-Z`])", paragraph, maxsplit=1)[0]
    return sentence if len(sentence) <= _LONG else re.split("[:;] ", sentence, maxsplit=1)[0].rstrip(".") + "."


def groups() -> list[tuple[str, list[Rule]]]:
    """Return the title of each group, and its rules by their codes."""
    found: dict[str, list[Rule]] = {title: [] for title in GROUPS.values()}
    for rule in sorted(rules.RULES, key=lambda rule: rule.code):
        found[GROUPS[rule.code[2]]].append(rule)
    return list(found.items())
