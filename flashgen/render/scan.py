"""Clozes and mathematics, cut out of a text before Markdown sees it, and put back after it.

They wait as single characters of plane 16, which `values.FORBIDDEN` keeps out of every source. So neither can break the
other, and a gap can stand in code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from msgspec import Struct, field

from flashgen import rules
from flashgen.diagnostics import Rule, Severity
from flashgen.model import MAX_GAP
from flashgen.pattern import pattern
from flashgen.render.html import Problem, apart, balanced, escape

_SHOWN = 20
_FIRST_STAND_IN = 0x100000
STAND_IN = re.compile("[\U00100000-\U0010ffff]")
# In the address of a link, Markdown writes them in UTF-8 and percent signs.
_STAND_IN_ADDRESS = re.compile("[\U00100000-\U0010ffff]|%F4%8[0-9A-F](?:%[89AB][0-9A-F]){2}")
_TOKEN = re.compile(
    r"(?P<math>\\[(\[])"
    r"|(?P<escape>\\.)"
    r"|(?P<code>`+)"
    r"|(?P<open>\{\{c(?P<number>[0-9]+)::)"
    r"|(?P<close>\}\})"
    r"|(?P<hint>::)",
    re.DOTALL,
)
_ALMOST_GAP = re.compile(r"(?<!\\)\{\{ *(?:c?\d*:{1,2}|c\d+ |[Cc] ?\d+:{1,2})")
_PUNCTUATION = r"[!-/:-@\[-`{-~‘-‟«»、。〈-】（）！？：；…·]"
_CJK = r"[぀-ヿ㐀-䶿一-鿿가-힣ㄱ-ㆎ]"
# CommonMark takes no emphasis between a punctuation mark and a letter, though Korean, Chinese and Japanese put no space
# there: `**(선택)**은`. An unseen letter beside the mark lets it see the emphasis.
_CLOSES_BEFORE_CJK = pattern(rf"({_PUNCTUATION})(?<!\*)(\*{{1,3}})(?={_CJK})")
_OPENS_AFTER_CJK = pattern(rf"({_CJK}\*{{1,3}})(?!\*)(?={_PUNCTUATION})")


class _Gap(Struct):
    number: int
    code: int
    start: int
    hints: int = 0


class Scan(Struct):
    """One text's way to Markdown and back."""

    kept: list[str] = field(default_factory=list)
    numbers: set[int] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    marks: list[tuple[str, str]] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether no problem is an error."""
        return not any(rule.severity is Severity.ERROR for rule, _, _ in self.problems)

    def say(self, rule: Rule, message: str, hint: str) -> None:
        """Note a problem of the text."""
        self.problems.append((rule, message, hint))

    def keep(self, html: str) -> str:
        """Return a character that stands in for HTML."""
        self.kept.append(html)
        return chr(_FIRST_STAND_IN + len(self.kept) - 1)

    def stands_for(self, character: str) -> str:
        """Return what a stand-in was put for."""
        index = ord(character) - _FIRST_STAND_IN
        return self.kept[index] if index < len(self.kept) else character

    def put_back(self, html: str) -> str:
        """Return the HTML with all that was cut out of its text."""

        def kept(match: re.Match[str]) -> str:
            character = unquote(match[0])
            index = ord(character) - _FIRST_STAND_IN
            return self.kept[index] if index < len(self.kept) else match[0]

        return (_STAND_IN_ADDRESS if "%F4%8" in html else STAND_IN).sub(kept, html)

    def cut(self, text: str, *, gaps: bool) -> str:  # noqa: C901 - one branch a token
        """Return the text with its mathematics and clozes as stand-ins."""
        out: list[str] = []
        open_: list[_Gap] = []
        code_end, at = 0, 0
        ends = {sign: text.rfind(sign) for sign in (r"\)", r"\]")}
        while (match := _TOKEN.search(text, at)) is not None:
            start = match.start()
            in_code = start < code_end
            out.append(text[at:start] if in_code else self._help_cjk(text[at:start]))
            at = match.end()
            what, token = match.lastgroup, match.group()
            if match["open"] is not None:
                what = "open"
            if what == "code" and not in_code:
                code_end = _end_of_code(text, at, token)
                out.append(token)
            elif what == "math" and not in_code and (end := _end_of_math(text, start, ends)):
                at = end
                out.append(self._math(text[start:end], gaps=gaps, inside=bool(open_)))
            elif what in ("math", "escape") and in_code:
                # In code a backslash is a backslash: what follows it is looked at again.
                out.append(token[0])
                at = start + 1
            elif what in ("math", "escape") or not gaps or what == "code":
                out.append(token)
            elif what == "open":
                out.append(self._open(token, _number_of(match["number"]), open_, code_end if in_code else 0, len(out)))
            elif what == "close":
                out.append(self._close(token, open_, code_end if in_code else 0, out))
            else:
                out.append(self._hint(token, open_, code_end if in_code else 0))
        rest = text[at:]
        out.append(rest if at < code_end else self._help_cjk(rest))
        for gap in open_:
            self.say(rules.BAD_GAP, f"the gap `{{{{c{gap.number}::` is never closed", "close it with `}}`")
        if gaps and (almost := _ALMOST_GAP.search("".join(out))) is not None:
            message = f"`{almost.group().strip()}` opens no gap"
            self.say(rules.BAD_GAP, message, "write gaps as `{{c1::answer}}` or `{{c1::answer::hint}}`")
        return "".join(out)

    def _help_cjk(self, text: str) -> str:
        if "*" not in text:
            return text
        unseen = self.keep("")
        text = _CLOSES_BEFORE_CJK.sub(rf"\1{unseen}\2", text)
        return _OPENS_AFTER_CJK.sub(rf"\1{unseen}", text)

    def keep_apart(self, html: str) -> str:
        """Return the HTML with what only looks like a mark of a gap, inside of one, written otherwise."""
        marks, depth, at = dict(self.marks), 0, 0
        out: list[str] = []
        for match in STAND_IN.finditer(html):
            text = html[at : match.start()]
            out += [apart(text) if depth else text, match.group()]
            at = match.end()
            depth += {"open": 1, "close": -1}.get(marks.get(match.group(), ""), 0)
        return "".join([*out, html[at:]])

    def _open(self, token: str, number: int, open_: list[_Gap], code: int, start: int) -> str:
        self._number(token, number)
        open_.append(_Gap(number, code, start))
        self.marks.append((self.keep(token), "open"))
        return self.marks[-1][0]

    def _number(self, token: str, number: int) -> None:
        if not 1 <= number <= MAX_GAP:
            shown = token if len(token) <= _SHOWN else f"{token[:_SHOWN]}…"
            self.say(rules.BAD_GAP, f"`{shown}` makes no card", f"number gaps from 1 to {MAX_GAP}")
        self.numbers.add(number)

    def _close(self, token: str, open_: list[_Gap], code: int, out: list[str]) -> str:
        if not open_ or open_[-1].code != code:
            # Inside a gap these two would close it: Anki reads no HTML entities, the browser does.
            return self.keep("&#125;&#125;") if open_ else token
        gap = open_.pop()
        inner = "".join(out[gap.start + 1 :])
        seen = self.put_back(inner)
        answer = seen.partition("::")[0] if gap.hints else seen
        if not answer.strip():
            self.say(rules.BAD_GAP, f"the gap `{{{{c{gap.number}::}}}}` is empty", "write its answer in it")
        elif gap.hints > 1:
            message = f"the gap `{{{{c{gap.number}::` has more than one `::`"
            self.say(rules.BAD_GAP, message, "write an answer that holds `::` in backticks")
        elif seen.count("{") > seen.replace("&#125;", "}").count("}"):
            message = f"`}}}}` closes the gap `{{{{c{gap.number}::` before its own `}}`"
            self.say(rules.BAD_GAP, message, "put a space before the last `}}`")
        if "\n\n" in inner and not code:
            message = f"the gap `{{{{c{gap.number}::` runs over two paragraphs"
            self.say(rules.BAD_GAP, message, "give each paragraph a gap of the same number")
        self.marks.append((self.keep(token), "close"))
        return self.marks[-1][0]

    def _hint(self, token: str, open_: list[_Gap], code: int) -> str:
        if not open_:
            return token
        if open_[-1].code != code:
            return self.keep("&#58;&#58;")
        open_[-1].hints += 1
        self.marks.append((self.keep(token), "hint"))
        return self.marks[-1][0]

    def _math(self, token: str, *, gaps: bool, inside: bool) -> str:  # noqa: C901 - one branch a character
        """Return a stand-in for mathematics. Braces that are its own and meet in a gap are kept apart by a space."""
        if not gaps or ("{{c" not in token and not inside):
            return self.keep(escape(token))
        out: list[str] = []
        depth = [0] if inside else []
        at = 0
        while at < len(token):
            opened = re.compile(r"\{\{c([0-9]+)::").match(token, at)
            if opened is not None:
                self._number(opened.group(), _number_of(opened[1]))
                depth.append(0)
                out.append(opened.group())
                at = opened.end()
                continue
            character = token[at]
            if character == ":" and token[at + 1 : at + 2] == ":" and inside and len(depth) == 1:
                # A hint of the gap around the formula cannot start in it.
                out.append(":&#58;")
                at += 2
                continue
            if character == "{" and depth:
                depth[-1] += 1
            elif character == "}" and depth:
                own = depth[-1] > 0 or len(depth) == (1 if inside else 0)
                if not own and token[at : at + 2] == "}}":
                    depth.pop()
                    if (empty := re.search(r"(\{\{c\d+::)\s*(?:::.*)?\Z", "".join(out), re.DOTALL)) is not None:
                        self.say(rules.BAD_GAP, f"the gap `{empty[1]}}}}}` is empty", "write its answer in it")
                    out.append("}}")
                    at += 2
                    continue
                depth[-1] -= 1
                if out and out[-1][-1:] == "}":
                    out.append(" ")
            out.append(escape(character))
            # A brace of the mathematics right before the gap's end would close the gap one brace early.
            if character == "}" and token[at + 1 : at + 3] == "}}" and depth and depth[-1] == 0:
                out.append(" ")
            at += 1
        if len(depth) > (1 if inside else 0):
            hint = "close it with `}}` before the formula ends"
            self.say(rules.BAD_GAP, "a gap in this formula is never closed", hint)
        return self.keep("".join(out))

    def check_nesting(self, html: str) -> None:
        """Report gaps that cut through formatting, or that Markdown lost in a link's address."""
        opened: list[int] = []
        for mark, what in self.marks:
            where = html.find(mark)
            if where < 0:
                hint = "keep gaps out of the addresses of links and pictures"
                self.say(rules.BAD_GAP, "a gap stands where no text is shown", hint)
                return
            if what == "open":
                opened.append(where)
            elif what == "hint" and opened and not balanced(html[opened[-1] : where]):
                hint = "end the formatting before the `::`"
                self.say(rules.BAD_GAP, "a gap's hint starts in the middle of formatting", hint)
                return
            elif what == "close" and opened and not balanced(html[opened.pop() : where]):
                hint = "start and end the formatting inside the gap, or outside of it"
                self.say(rules.BAD_GAP, "a gap starts or ends in the middle of formatting", hint)
                return


def _end_of_math(text: str, start: int, ends: Mapping[str, int]) -> int:
    """Return where the mathematics that starts here ends, or 0 where it never does; `ends` holds the last of each."""
    sign = r"\)" if text[start + 1] == "(" else r"\]"
    # It holds something: what closes it stands behind that.
    return text.index(sign, start + 3) + 2 if ends[sign] >= start + 3 else 0


def _number_of(digits: str) -> int:
    """Return the number that digits say, or one too high where Python would not even read it."""
    return int(digits) if len(digits) <= len("65535") else MAX_GAP + 1


def _end_of_code(text: str, start: int, ticks: str) -> int:
    """Return where the code span that these backticks open ends, or 0 where they open none."""
    for match in re.compile("`+").finditer(text, start):
        if match.group() == ticks:
            return match.end()
    return 0
