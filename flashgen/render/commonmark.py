"""Markdown → HTML, by markdown-it and a few rules of our own: code, tables, tags that are let through, links."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from flashgen import rules
from flashgen.render.code import block_html
from flashgen.render.html import escape
from flashgen.render.scan import Scan

# HTML that Markdown has no marks for. Without attributes it can do nothing but this.
_TAG = re.compile(r"<(/?)(kbd|mark|rp|rt|ruby|sub|sup)>")
_IN_RUBY = ("rp", "rt")
_ALIGNED = re.compile(r"text-align:(left|center|right)")
_WEB = re.compile(r"https?://[^/?#]|mailto:[^?#]", re.IGNORECASE)
_SOUND = re.compile(r"\[sound:([^\]]+)\]")


def to_html(text: str, scan: Scan) -> str:
    """Return the HTML of Markdown. A single paragraph comes without its `<p>`; problems are told to the scan."""
    parser = _parser()
    env = {"scan": scan}
    tokens = parser.parse(text, env)
    if [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]:
        tokens = tokens[1:2]
    return str(parser.renderer.render(tokens, parser.options, env)).strip()


@cache
def _parser():  # type: ignore[no-untyped-def]  # noqa: ANN202 - markdown-it is imported only where it is needed
    from markdown_it import MarkdownIt  # noqa: PLC0415

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    # Which links there may be is told to the author; to leave one as it is written tells nothing.
    parser.validateLink = _any_link  # type: ignore[method-assign]
    parser.inline.ruler.before("autolink", "tag", _tag)
    parser.core.ruler.push("judge", _judge)
    parser.add_render_rule("text", lambda _, tokens, index, *__: escape(tokens[index].content))
    parser.add_render_rule("fence", _code)
    parser.add_render_rule("code_block", _code)
    parser.add_render_rule("table_open", lambda *_: '<div class="fg-table" tabindex="0"><table>\n')
    parser.add_render_rule("table_close", lambda *_: "</table></div>\n")
    parser.add_render_rule("th_open", _cell)
    parser.add_render_rule("td_open", _cell)
    return parser


def _any_link(url: str) -> bool:  # noqa: ARG001 - markdown-it's own shape
    return True


def _code(_: Any, tokens: Sequence[Any], index: int, __: Any, env: dict[str, Scan]) -> str:
    token = tokens[index]
    language = token.info.split()[0] if token.info.strip() else ""
    return block_html(token.content, language, env["scan"])


def _cell(_: Any, tokens: Sequence[Any], index: int, *__: Any) -> str:
    token = tokens[index]
    aligned = _ALIGNED.fullmatch(str(token.attrs.get("style", "")))
    return f'<{token.tag} class="fg-{aligned[1]}-aligned">' if aligned else f"<{token.tag}>"


def _tag(state: Any, silent: bool) -> bool:
    """Take a tag that is let through. Whether it is opened and closed as it has to be is seen later."""
    found = _TAG.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        token = state.push("html_inline", found[2], 0)
        token.nesting, token.content = -1 if found[1] else 1, found.group()
    state.pos = found.end()
    return True


def _judge(state: Any) -> None:
    """Go through each line: tags that do not fit become text, and what an author has to know is told."""
    for block in state.tokens:
        if block.type == "inline":
            _pair_tags(block.children)
            _judge_line(block.children, state.env["scan"])


def _pair_tags(tokens: Sequence[Any]) -> None:
    open_: list[Any] = []
    for token in tokens:
        if token.nesting == 1:
            around = open_[-1].tag if open_ else ""
            if token.type == "html_inline" and token.tag in _IN_RUBY and around != "ruby":
                _become_text(token)
            else:
                open_.append(token)
        elif token.nesting == -1 and token.type == "html_inline":
            if open_ and open_[-1].type == "html_inline" and open_[-1].tag == token.tag:
                open_.pop()
            else:
                _become_text(token)
        elif token.nesting == -1:
            # Markdown's own marks always come in pairs; a tag between them that is still open never closes in time.
            while open_[-1].type == "html_inline":
                _become_text(open_.pop())
            open_.pop()
    for token in open_:
        if token.type == "html_inline":
            _become_text(token)


def _become_text(token: Any) -> None:
    token.type, token.tag, token.nesting = "text", "", 0


def _judge_line(tokens: Sequence[Any], scan: Scan) -> None:
    for index, token in enumerate(tokens):
        if token.type == "link_open" and not _WEB.match(url := str(token.attrs.get("href", ""))):
            if token.info == "auto":
                # `<std::string>` is no address, though CommonMark takes it for one.
                _become_text(token)
                _become_text(tokens[index + 2])
                token.content, tokens[index + 2].content = "<", ">"
            else:
                token.attrs.clear()
                message = f"the link `{url}` leads nowhere from a card"
                scan.say(rules.BAD_LINK, message, "link to `https://…`, `http://…` or `mailto:…`")
        elif token.type == "text" and (sound := _SOUND.search(token.content)) is not None:
            message = f"`{sound.group()}` is Anki's own way to write a sound, and plays nothing here"
            scan.say(rules.HANDWRITTEN_SOUND, message, f"write `![]({sound[1]})`")
