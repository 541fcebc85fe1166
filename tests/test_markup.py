"""Holds `flashgen.render.markup`: each HTML here was reasoned from CommonMark's and Anki's rules, not copied."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashgen.render import clozes as anki_clozes
from flashgen.render import html, markup, parsed, reviewer
from flashgen.render.commonmark import to_html
from flashgen.render.markup import MAX_GAP, Html, cloze_html, gap_html, markdown_html, plain_html, strip_tags
from flashgen.render.raw_html import raw_html
from flashgen.render.scan import Scan
from flashgen.values import FORBIDDEN, nfc

# What starts markup somewhere, and what stands beside it.
SPECIAL: Final = "-+#>|=~0123456789.) \t:;!\"'(]}{@$%^/?,*_`\\[<&\n한글　 a\xa0\u200b\u2003"
# Gaps, and what can come in their way.
PIECES: Final = (
    "{{c1::", "{{c2::", "{{c1::", "{{c0::", "{{c501::", "}}", "}}", "}}", "}", "{", "::", ":", "a", "b c", "한", "**",
    "*", "`", "``", "\\(", "\\)", "\\[", "\\]", "\\", "\n", "\n\n", "- ", "1. ", "# ", "> ", "[x](y)", "[x](y", "<",
    "&", "|", "$", "^{", "_{", "&#125;", "&#58;", "\\}", "\\{", "\\:", "<b>", "|\n|-|\n",
)  # fmt: skip


def accepted(text: str) -> str:
    made = cloze_html(text)
    assert made.problems == ()
    return made.html


def clozes(nodes: Iterable[str | anki_clozes.Cloze]) -> Iterator[anki_clozes.Cloze]:
    """The gaps that Anki finds, those inside others too."""
    for node in nodes:
        if not isinstance(node, str):
            yield node
            yield from clozes(node.nodes)


def shown(cloze: anki_clozes.Cloze) -> str:
    return "".join(node if isinstance(node, str) else shown(node) for node in cloze.nodes)


def decoded(html: str) -> str:
    return html.replace("&#125;", "}").replace("&#58;", ":")


# --- Text without markup


@given(st.text(max_size=30) | st.text(SPECIAL, max_size=12))
def test_text_without_markup_needs_no_parser(text: str) -> None:
    text = nfc(text)  # as every source is, once read
    if not FORBIDDEN.search(text):
        assert markdown_html(text) == parsed.markdown(text.strip())


# What a line can hold that never meets the parser though it has markup, and what comes in its way.
SPANS: Final = (
    "*", "**", "`", "*", "**", "`", "[a](https://a.b/c)", "[a b](http://x-y.z/~q?r=1#s)", "![a](https://a.b)",
    "![a](b.png)", "![a b](c/d.mp3)",
    "[", "](", "a", "b1", "파드", "한글", " ", " ", ".", ",", "(", ")", " - ", '"', "'", ">", "}", "{{c1", "::", "-",
    "1.", "!", ":", "é", "日", "。", "「", "\xa0", "\u3000", "…", "½", "_", "|", "#", "\u200b", "😀", "€", "/", "&",
    "\\",
)  # fmt: skip


@given(st.lists(st.sampled_from(SPANS), min_size=1, max_size=9).map("".join))
def test_a_line_of_plain_spans_needs_no_parser(text: str) -> None:
    if markup._PLAIN_LINE.fullmatch(text.strip()):
        assert markdown_html(text) == parsed.markdown(text.strip())


LINES: Final = (
    "a", "파드", "**b**", "- a", "- 파드 b", "- `c`", "-", "- ", "- - a", "-  a", " - a", "- 1. a", "", "", "\t", "a ",
    "- a ",    "---", "--", "a | b", "- :", "-|-", "# a", "> a", "1. a", "===", "* a", "+ a", "![a](b.png)", "[a]: https://a.b/c",
    "a  ",
    ":-", ":-|-:", ": a", "**b** `c`",
    "- \xa0a", "\xa0", "- a\u3000", "- [ ] a", "\u2003a", "- =", "    a", "- a\r",
)  # fmt: skip


@given(st.lists(st.sampled_from(LINES), min_size=2, max_size=7).map("\n".join))
def test_paragraphs_and_lists_of_plain_lines_need_no_parser(text: str) -> None:
    text = text.strip()
    if not markup._PLAIN_LINE.fullmatch(text) and (made := markup._blocks_html(text)) is not None:
        assert Html(markup.inert(markup.without_gaps(made))) == parsed.markdown(text)


@given(st.lists(st.sampled_from([*SPANS, *PIECES, *LINES]), min_size=1, max_size=9).map("".join))
def test_what_is_left_of_plain_clozes_needs_no_parser(text: str) -> None:
    scan = Scan()
    cut = scan.cut(text.strip(), gaps=True)
    if (made := markup.quick_html(cut)) is not None:
        assert made == to_html(cut, scan)


@pytest.mark.parametrize(
    "text", ["it does:\n\n- one\n- two", "- one\n- **two**", "first\n\nsecond", "a:\n- b\n\nc", "one\ntwo"]
)
def test_lists_as_authors_write_them_need_no_parser(text: str) -> None:
    assert markup._blocks_html(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "**bold** text",
        "run `kubectl get pods`",
        "see [docs](https://kubernetes.io/docs/)",
        "![a Pod and its containers](pods/one-pod.png)",
    ],
)
def test_lines_as_authors_write_them_need_no_parser(text: str) -> None:
    assert markup._PLAIN_LINE.fullmatch(text)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("The smallest unit", "The smallest unit"),
        ("  파드\n", "파드"),
        ("1 > 0", "1 &gt; 0"),
        ('It\'s "fine"', 'It\'s "fine"'),
        ("a: {b}", "a: {b}"),
        ("2024. It began", '<ol start="2024">\n<li>It began</li>\n</ol>'),
        ("1.10", "1.10"),
        ("5-1", "5-1"),
        ("http://a.b/c", "http://a.b/c"),
        ("", ""),
    ],
)
def test_plain_sentences(text: str, html: str) -> None:
    assert markdown_html(text).html == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("kubectl get pods -o *", "kubectl get pods -o *"),
        ("a < b & c", "a &lt; b &amp; c"),
        ("one\ntwo\n", "one<br>two"),
        ("`code` **bold**", "`code` **bold**"),
        ("{{c1::a}}", "{&#123;c1::a}}"),
    ],
)
def test_plain_text_is_no_markdown(text: str, html: str) -> None:
    assert plain_html(text).html == html


# --- Markdown


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("A **Pod**", "A <strong>Pod</strong>"),
        ("`a < b`", "<code>a &lt; b</code>"),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        ("<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("&lt; &amp;", "&lt; &amp;"),
        ("[a](https://b.c)", '<a href="https://b.c">a</a>'),
        ("[a](https://b.c/한*(d)*한)", '<a href="https://b.c/%ED%95%9C*(d)*%ED%95%9C">a</a>'),
        ("[a](https://b.c/\\(d\\))", '<a href="https://b.c/\\(d\\)">a</a>'),
        ("[a](https://b.c/%F4%8F%BF%BF)", '<a href="https://b.c/%F4%8F%BF%BF">a</a>'),
        (
            "<https://b.c> <mailto:a@b.c> <a@b.c>",
            (
                '<a href="https://b.c">https://b.c</a> '
                '<a href="mailto:a@b.c">mailto:a@b.c</a> <a href="mailto:a@b.c">a@b.c</a>'
            ),
        ),
        # CommonMark takes it for an address.
        ("<std::string>", "&lt;std::string&gt;"),
        ("a\\*b\\*", "a*b*"),
        ("snake_case_name", "snake_case_name"),
        ("Only {{c1::cloze}} fields have gaps", "Only {&#123;c1::cloze}} fields have gaps"),
        ("`{{c1::a}}`", "<code>{&#123;c1::a}}</code>"),
        (
            "| a | b | c | d |\n|---|:--|:-:|--:|\n| 1 | 2 | 3 | 4 |",
            (
                '<div class="fg-table" tabindex="0"><table>\n<thead>\n<tr>\n<th>a</th>\n'
                '<th class="fg-left-aligned">b</th>\n'
                '<th class="fg-center-aligned">c</th>\n<th class="fg-right-aligned">d</th>\n</tr>\n</thead>\n<tbody>\n'
                '<tr>\n<td>1</td>\n<td class="fg-left-aligned">2</td>\n<td class="fg-center-aligned">3</td>\n'
                '<td class="fg-right-aligned">4</td>\n</tr>\n</tbody>\n</table></div>'
            ),
        ),
    ],
)
def test_markdown(text: str, html: str) -> None:
    assert markdown_html(text) == markup.Html(html)


# --- HTML that is let through


@pytest.mark.parametrize(
    "text",
    [
        "Press <kbd>Ctrl</kbd>+<kbd>C</kbd>",
        "<ruby>漢<rp>(</rp><rt>한</rt><rp>)</rp></ruby>",
        "H<sub>2</sub>O, 2<sup>10</sup>",
        "<mark>here</mark>",
        "<mark><kbd>F1</kbd></mark>",
    ],
)
def test_tags_that_markdown_has_no_marks_for_are_let_through(text: str) -> None:
    assert markdown_html(text) == markup.Html(text)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<mark>**a**</mark>", "<mark><strong>a</strong></mark>"),
        ("**<kbd>a</kbd>**", "<strong><kbd>a</kbd></strong>"),
        ("- <kbd>a</kbd>\n- b", "<ul>\n<li><kbd>a</kbd></li>\n<li>b</li>\n</ul>"),
        # Never closed, never opened, closed by another, across Markdown's own marks, across paragraphs.
        ("<kbd>a", "&lt;kbd&gt;a"),
        ("a</kbd>", "a&lt;/kbd&gt;"),
        ("<sub>a</sup>", "&lt;sub&gt;a&lt;/sup&gt;"),
        ("**<kbd>a**</kbd>", "<strong>&lt;kbd&gt;a</strong>&lt;/kbd&gt;"),
        ("<kbd>**a</kbd>**", "&lt;kbd&gt;<strong>a&lt;/kbd&gt;</strong>"),
        ("<kbd>a\n\nb</kbd>", "<p>&lt;kbd&gt;a</p>\n<p>b&lt;/kbd&gt;</p>"),
        ("<sub><kbd>a</sub></kbd>", "&lt;sub&gt;<kbd>a&lt;/sub&gt;</kbd>"),
        # With an attribute, in capitals, with white space; a reading of nothing.
        ('<kbd class="x">a</kbd>', '&lt;kbd class="x"&gt;a&lt;/kbd&gt;'),
        ("<KBD>a</KBD>", "&lt;KBD&gt;a&lt;/KBD&gt;"),
        ("<kbd >a</kbd>", "&lt;kbd &gt;a&lt;/kbd&gt;"),
        ("<rt>a</rt>", "&lt;rt&gt;a&lt;/rt&gt;"),
        # In code they are code; an escape is an escape.
        ("`<kbd>a</kbd>`", "<code>&lt;kbd&gt;a&lt;/kbd&gt;</code>"),
        ("\\<kbd>a</kbd>", "&lt;kbd&gt;a&lt;/kbd&gt;"),
        # All else is text.
        ("<i>a</i><br><img src=x>", "&lt;i&gt;a&lt;/i&gt;&lt;br&gt;&lt;img src=x&gt;"),
        ("<!-- a -->", "&lt;!-- a --&gt;"),
    ],
)
def test_other_html_is_text(text: str, html: str) -> None:
    assert markdown_html(text) == markup.Html(html)


TAGS: Final = [f"<{slash}{name}>" for name in ("kbd", "ruby", "rt", "rp", "sub", "sup", "mark") for slash in ("", "/")]


@given(
    st.lists(st.sampled_from([*TAGS, "**", "*", "a", " ", "[b](https://b.c)", "`c`", "\n- "]), max_size=12).map("".join)
)
def test_every_tag_on_a_card_is_closed(text: str) -> None:
    made = markdown_html(text)
    assert made.problems == ()
    assert html.balanced(made.html)


# --- HTML of the author's own


@pytest.mark.parametrize(
    "text",
    [
        "<b>a</b>",
        "a < b & c &nbsp;",
        "<TABLE><tr><td colspan=2>a</td></tr></TABLE>",
        "<ul>\n<li>a</li>\n</ul>",
        "a<br>b<br/>c<hr>",
        '<p class="x" lang="ko" aria-label=\'a "b"\'>a</p>',
        '<a href="mailto:a@b.c">a</a>',
        "<details open><summary>a</summary>b</details>",
        "<pre>\n a\n</pre>",
        r"\(a\)",
        "# a *b*",
    ],
)
def test_html_goes_to_the_field_as_it_is_written(text: str) -> None:
    assert raw_html(f" {text}\n") == markup.Html(text)


def test_gaps_and_sounds_in_html_are_text() -> None:
    assert raw_html("<b>{{c1::a}}</b> [sound:a.mp3]").html == "<b>{&#123;c1::a}}</b> &#91;sound:a.mp3]"


def test_a_picture_in_html_waits_for_the_library_as_one_in_markdown_does() -> None:
    made = raw_html("<p><img width=4 src='a b.png' alt='&quot;x&quot; &amp; y'></p>")
    assert made == markup.Html('<p><img src="a b.png" alt="&quot;x&quot; &amp; y" width="4" /></p>')


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("<script>a</script>", "script-in-card"),
        ("<p ONCLICK=a>b</p>", "script-in-card"),
        ("<a href=' JavaScript:a'>b</a>", "script-in-card"),
        ("<a href='java&#10;script:a'>b</a>", "bad-link"),
        ("<img src='data:image/png;base64,x' alt=a>", "script-in-card"),
        ("<iframe src=a></iframe>", "refused-html"),
        ("<svg><a></a></svg>", "refused-html"),
        ("<math><mi>a</mi></math>", "refused-html"),
        ("<link rel=stylesheet href=https://a.b>", "refused-html"),
        ("<form><input></form>", "refused-html"),
        ("<img srcset='a.png 2x' src=a.png alt=a>", "refused-html"),
        ("<hr id=answer>", "refused-html"),
        ("<!-- a -->", "refused-html"),
        ("<p style='background: URL (a)'>b</p>", "external-request"),
        ("<p style='background: u\\72l(a)'>b</p>", "external-request"),
        ("<p style='background: ur/**/l(a)'>b</p>", "external-request"),
        ("<p style='background: image-set(\"a\" 1x)'>b</p>", "external-request"),
        ("<b><i>a</b></i>", "broken-html"),
        ("<p>a", "broken-html"),
        ("a</p>", "broken-html"),
        ("<p>a<p>b</p></p>", "broken-html"),
        ("<td>a</td>", "broken-html"),
        ("<b class=a class=b>c</b>", "broken-html"),
        ("<table>a<tr><td>b</td></tr></table>", "broken-html"),
        ("a&#27;b", "control-character"),
    ],
)
def test_html_that_could_do_harm_or_is_read_otherwise_reaches_no_field(text: str, rule: str) -> None:
    made = raw_html(text)
    assert rule in [told.name for told, _, _ in made.problems]
    assert made.html == ""


HTML: Final = (
    "<b>", "</b>", "<p>", "</p>", "<table>", "<tr>", "<td>", "</td>", "</tr>", "</table>", "<br>", "a", "<", ">",
    "&lt;",
    "<!--", "-->", "<script>", "</script>", "<style>", "</style>", "<svg>", "</svg>", "<math>", "<title>", "</title>",
    "<img src=x onerror=y>", "<a href='", "'", '"', "javascript:x", "<noscript>", "<textarea>", "<![CDATA[", "]]>", " ",
)  # fmt: skip


@given(st.lists(st.sampled_from(HTML), max_size=10).map("".join))
def test_no_html_that_reaches_a_field_can_run_or_load(text: str) -> None:
    made = raw_html(text).html
    # As a browser reads it, no tag but these is left in it, and none has an attribute.
    kept = nh3.clean(made, tags={"b", "p", "table", "tbody", "tr", "td", "br"}, attributes={})
    assert html.balanced(re.sub(r"<br>", "", kept))
    assert re.findall(r"</?[a-z]+", made.replace("<br>", "")) == [
        tag for tag in re.findall(r"</?[a-z]+", kept.replace("<br>", "")) if tag not in ("<tbody", "</tbody")
    ]


# --- Links


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:x",
        "data:text/html,x",
        "file:///etc",
        "pod.md",
        "#a",
        "//b.c",
        "ftp://b.c",
        "&#106;avascript:x",
        "https:",
        "\\(javascript:x\\)",
    ],
)
def test_links_that_lead_nowhere_are_told_and_not_made(url: str) -> None:
    made = markdown_html(f"[a]({url})")
    assert [rule.name for rule, _, _ in made.problems] == ["bad-link"]
    assert made.html == "<a>a</a>"


# --- What Anki would play


@pytest.mark.parametrize("text", ["[sound:a.mp3]", "[anki:tts lang=en_US]a[/anki:tts]", "[latex]a[/latex]", "[$]a[/$]"])
def test_what_anki_would_act_on_is_text(text: str) -> None:
    for made in (plain_html(text), markdown_html(text), markdown_html(f"`{text}`"), cloze_html("{{c1::a}} " + text)):
        assert "&#91;" in made.html
        assert reviewer._number_sounds(made.html, "q", {}) == made.html
        assert not re.search(r"\[(?:latex|\$)", made.html)


def test_a_sound_that_is_written_by_hand_is_told_with_its_cure() -> None:
    ((rule, message, hint),) = markdown_html("Hear [sound:a.mp3]!").problems
    assert (rule.name, message) == (
        "handwritten-sound",
        "`[sound:a.mp3]` is Anki's own way to write a sound, and plays nothing here",
    )
    assert hint == "write `![](a.mp3)`"
    assert markdown_html("`[sound:a.mp3]`").problems == ()


# --- Code


def block(inner: str, kind: str = ' class="fg-hl"') -> str:
    return f'<div class="fg-code"><pre><code{kind}>{inner}</code></pre></div>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("```\na < b\n\nc\n```", block("a &lt; b\n\nc", "")),
        ("So:\n\n    a < b", f"<p>So:</p>\n{block('a &lt; b', '')}"),
        ("```text\n{a: b}\n```", block("{a: b}", "")),
        ("~~~yaml\n# why\n~~~", block('<span class="c1"># why</span>')),
        (
            "```YAML title\nkind: Pod\n```",
            block('<span class="nt">kind</span><span class="p">:</span> <span class="l">Pod</span>'),
        ),
        # A part of a program is no error.
        ("```json\n...\n```", block("...")),
        (
            "```python\n\n\ta = 1\n\n```",
            block('\n\t<span class="n">a</span> <span class="o">=</span> <span class="mi">1</span>\n'),
        ),
        ("Run:\n```sh\nls\n```", f"<p>Run:</p>\n{block('ls')}"),
    ],
)
def test_code_is_highlighted_by_classes(text: str, html: str) -> None:
    assert markdown_html(text) == markup.Html(html)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("```sh\necho {{c1::hello}}\n```", block('<span class="nb">echo</span> {{c1::hello}}')),
        ("```sh\n{{c1::echo}} hi\n```", block('{{c1::<span class="nb">echo</span>}} hi')),
        # A gap cuts a word in two, and both keep its class.
        ("```sh\nec{{c1::ho}} hi\n```", block('<span class="nb">ec</span>{{c1::<span class="nb">ho</span>}} hi')),
        # A hint is no code.
        (
            "```yaml\nkind: {{c1::Pod::a: {b} }}\n```",
            block('<span class="nt">kind</span><span class="p">:</span> {{c1::<span class="l">Pod</span>::a: {b} }}'),
        ),
        # Its own braces and colons close no gap and start no hint.
        ("```cpp\n{{c1::std\\:\\:a}}\n```", None),
        ("{{c2::a}}\n```\n{{c1::x {y} }}\n```", f"<p>{{{{c2::a}}}}</p>\n{block('{{c1::x {y} }}', '')}"),
        # Several lines, with an empty one; a gap in a gap.
        ("```sh\n{{c1::a\n\n{{c2::b}} c}}\n```", block("{{c1::a\n\n{{c2::b}} c}}")),
        # What would be mathematics elsewhere.
        ("```sh\na \\(b\\) {{c1::c}}\n```", None),
        # Where no backticks tell that it is code.
        ("~~~sh\n: \\(b\\) {{c1::c}}\n~~~", None),
    ],
)
def test_gaps_in_code(text: str, html: str | None) -> None:
    made = accepted(text)
    if html is None:
        assert strip_tags(made) == strip_tags(html_of_plain(text))
    else:
        assert made == html


def html_of_plain(text: str) -> str:
    """The code of a fence, gaps and all, with nothing done to it."""
    return markup.escape(text.partition("\n")[2].rpartition("\n")[0])


def test_a_language_that_is_not_known_is_told_with_the_closest() -> None:
    made = markdown_html("```yalm\na: b\n```")
    assert made.html == block("a: b", "")
    assert [(rule.name, rule.severity, message, hint) for rule, message, hint in made.problems] == [
        ("unknown-code-language", "warning", "`yalm` is no language that can be highlighted", "did you mean `yaml`?")
    ]
    assert made.sound


def test_a_warning_hides_no_error_about_gaps() -> None:
    for text, message in (("none", "there is no gap in this text"), ("**{{c1::a** b}}", "a gap starts or ends in the")):
        _, (rule, told, _) = cloze_html(f"```xyz\na\n```\n\n{text}").problems
        assert (rule.name in ("missing-gap", "bad-gap"), told.startswith(message)) == (True, True)


CODE: Final = (
    "{{c1::",
    "{{c2::",
    "}}",
    "::",
    "a",
    " ",
    "kind: Pod",
    "\n",
    "\n\n",
    "std::x",
    "{",
    "}",
    "\\(",
    "\\)",
    "#",
    '"',
    "<",
    "&",
)


@given(st.lists(st.sampled_from(CODE), max_size=12).map("".join), st.sampled_from(["yaml", "python", "cpp", "sh", ""]))
def test_highlighting_changes_no_code(inner: str, language: str) -> None:
    highlighted, plain = (cloze_html(f"{{{{c9::x}}}}\n```{name}\n{inner}\n```") for name in (language, ""))
    assert highlighted.problems == plain.problems
    if not plain.problems:
        # A brace beside a mark is written otherwise where no tag stands between them.
        assert decoded(re.sub(r'</?span[^>]*>| class="fg-hl"', "", highlighted.html)) == decoded(plain.html)
        assert html.balanced(highlighted.html)


def test_a_picture_keeps_its_address_until_the_library_places_it() -> None:
    assert markdown_html("See ![a Pod](pod.png)") == markup.Html('See <img src="pod.png" alt="a Pod" />')


@pytest.mark.parametrize(
    ("text", "html"),
    [
        # CommonMark would look for emphasis in all of these.
        (r"\(a_1 * b_2 * c_3\)", r"\(a_1 * b_2 * c_3\)"),
        (r"\[x < y \& z\]", r"\[x &lt; y \&amp; z\]"),
        (r"**So \(a*b\)** it is", r"<strong>So \(a*b\)</strong> it is"),
        (r"\(a\) and \(b\)", r"\(a\) and \(b\)"),
        ("\\[\na\n\nb\n\\]", "\\[\na\n\nb\n\\]"),
        # In code a formula is code.
        (r"`\(a < b\)`", r"<code>\(a &lt; b\)</code>"),
        (r"`a\` \(b\)", r"<code>a\</code> \(b\)"),
        # Half a formula is none; the backslash escapes the bracket, as CommonMark has it.
        (r"\(a", "(a"),
        (r"\\(a\\)", r"\(a\)"),
    ],
)
def test_mathematics_is_left_alone(text: str, html: str) -> None:
    assert markdown_html(text).html == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        # A mark of punctuation before the stars, a letter behind them: CommonMark alone takes none of these.
        ("**(선택)**은 없어도 된다", "<strong>(선택)</strong>은 없어도 된다"),
        ("*“말”*은", "<em>“말”</em>은"),
        ("**'파드'**를", "<strong>'파드'</strong>를"),
        ("**kubectl!**을", "<strong>kubectl!</strong>을"),
        ("**100%**의", "<strong>100%</strong>의"),
        ("***(강조)***은", "<em><strong>(강조)</strong></em>은"),
        ("**「用語」**は", "<strong>「用語」</strong>は"),
        ("**（可选）**的", "<strong>（可选）</strong>的"),
        ("**파드.**노드", "<strong>파드.</strong>노드"),
        # The same at the start.
        ("은**(선택)** 다", "은<strong>(선택)</strong> 다"),
        ("파드는**“최소”**단위", "파드는<strong>“최소”</strong>단위"),
        ("用語は*「これ」*です", "用語は<em>「これ」</em>です"),
        ("단위는**(a)**와 **(b)**다", "단위는<strong>(a)</strong>와 <strong>(b)</strong>다"),
        # What CommonMark takes by itself.
        ("**파드**는", "<strong>파드</strong>는"),
        ("**Pod**는", "<strong>Pod</strong>는"),
        ("가*나*다", "가<em>나</em>다"),
        # What is no emphasis stays none.
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("(가) * 나", "(가) * 나"),
        (r"\*(a)\*은", "*(a)*은"),
        ("`**(a)**은`", "<code>**(a)**은</code>"),
        ("**(a)** 은", "<strong>(a)</strong> 은"),
        ("*(a)은", "*(a)은"),
    ],
)
def test_emphasis_beside_letters_that_take_no_space(text: str, html: str) -> None:
    made = markdown_html(text)
    assert made.html == html
    assert not made.problems


# --- Gaps


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("A {{c1::Pod}} runs.", "A {{c1::Pod}} runs."),
        ("{{c1::파드::단위}}는 작다.", "{{c1::파드::단위}}는 작다."),
        ("{{c12::a}} {{c500::b}}", "{{c12::a}} {{c500::b}}"),
        ("{{c1::a {{c2::b}} c}}", "{{c1::a {{c2::b}} c}}"),
        ("{{c1::a}}{{c1::b}}", "{{c1::a}}{{c1::b}}"),
        # Markdown inside and around
        ("{{c1::**Pod**}}", "{{c1::<strong>Pod</strong>}}"),
        ("**{{c1::Pod}}**", "<strong>{{c1::Pod}}</strong>"),
        ("**{{c1::파드}}**는", "<strong>{{c1::파드}}</strong>는"),
        ("- {{c1::a}}\n- {{c2::b}}", "<ul>\n<li>{{c1::a}}</li>\n<li>{{c2::b}}</li>\n</ul>"),
        ("[{{c1::a}}](https://b.c)", '<a href="https://b.c">{{c1::a}}</a>'),
        ("{{c1::snake_case_name}}", "{{c1::snake_case_name}}"),
        ("a < b & {{c1::c > d::e & f}}", "a &lt; b &amp; {{c1::c &gt; d::e &amp; f}}"),
        ("{{c1::<b>}}", "{{c1::&lt;b&gt;}}"),
        # Code: its own braces and colons must not close the gap or start a hint.
        ("`kubectl {{c1::get}} pods`", "<code>kubectl {{c1::get}} pods</code>"),
        ("{{c1::`a::b`}}", "{{c1::<code>a&#58;&#58;b</code>}}"),
        ("{{c1::`std::vector`::type}}", "{{c1::<code>std&#58;&#58;vector</code>::type}}"),
        ("{{c1::`{{x}}`}}", "{{c1::<code>{{x&#125;&#125;</code>}}"),
        ("{{c1::``a`b``}}", "{{c1::<code>a`b</code>}}"),
        (r"`\` {{c1::a}}", r"<code>\</code> {{c1::a}}"),
        # Outside of gaps they are what they are.
        ("std::vector {{c1::a}} }}", "std::vector {{c1::a}} }}"),
        ("`a::b` {{c1::c}}", "<code>a::b</code> {{c1::c}}"),
        ("{a} {{c1::{b} }}", "{a} {{c1::{b} }}"),
        # An escape is kept from being a gap.
        (r"\{{c1::a}} {{c1::b}}", "{&#123;c1::a}} {{c1::b}}"),
        (r"{{c1::a\}}}", "{{c1::a&#125;}}"),
        (r"{{c1::a\:\:b}}", "{{c1::a:&#58;b}}"),
        # Nor do HTML's own names for these characters.
        ("{{c1::a&#125;&#125;b&#58;&#58;c}}", "{{c1::a}&#125;b:&#58;c}}"),
        # Formulas: their own braces stand apart from the gap's.
        (r"\(x = {{c1::\frac{1}{2}}}\)", r"\(x = {{c1::\frac{1}{2} }}\)"),
        (r"{{c1::\(a_{b_{c}}\)}}", r"{{c1::\(a_{b_{c} }\)}}"),
        (r"{{c1::\(\frac{1}{2}\)}}", r"{{c1::\(\frac{1}{2}\)}}"),
        (r"\({{c1::a}}\) \({{c2::b}}\)", r"\({{c1::a}}\) \({{c2::b}}\)"),
        (r"{{c1::\(a::b\)::hint}}", r"{{c1::\(a:&#58;b\)::hint}}"),
        (r"\({{c1::a::hint}}\)", r"\({{c1::a::hint}}\)"),
        (r"\(a_{b}\) {{c1::c}}", r"\(a_{b}\) {{c1::c}}"),
        # Outside of gaps a formula's braces may meet.
        (r"\(a_{b_{c}}\) {{c1::d}}", r"\(a_{b_{c}}\) {{c1::d}}"),
    ],
)
def test_gaps(text: str, html: str) -> None:
    assert accepted(text) == html


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("None here", "there is no gap in this text"),
        ("a }} b", "there is no gap in this text"),
        ("`{{c1` a", "there is no gap in this text"),
        ("{{c1::a", "the gap `{{c1::` is never closed"),
        ("{{c1::`a}}", None),
        ("{{c1::}}", "the gap `{{c1::}}` is empty"),
        ("{{c1:: }}", "the gap `{{c1::}}` is empty"),
        ("{{c1::::hint}}", "the gap `{{c1::}}` is empty"),
        ("{{c1:: ::hint}}", "the gap `{{c1::}}` is empty"),
        ("{{c0::a}}", "`{{c0::` makes no card"),
        (f"{{{{c{MAX_GAP + 1}::a}}}}", "`{{c501::` makes no card"),
        (r"\({{c0::a}}\)", "`{{c0::` makes no card"),
        (r"\({{c1::}}\)", "the gap `{{c1::}}` is empty"),
        ("{{c::a}}", "`{{c::` opens no gap"),
        ("{{C1::a}}", "`{{C1::` opens no gap"),
        ("{{1::a}}", "`{{1::` opens no gap"),
        ("{{c1:a}}", "`{{c1:` opens no gap"),
        ("{{c1 a}}", "`{{c1` opens no gap"),
        ("{{ c1::a}}", "`{{ c1::` opens no gap"),
        ("{{c1::std::vector::type}}", "the gap `{{c1::` has more than one `::`"),
        ("{{c1::{a}}}", "`}}` closes the gap `{{c1::` before its own `}`"),
        ("{{c1::a\n\nb}}", "the gap `{{c1::` runs over two paragraphs"),
        ("{{c1::**a}} b**", "a gap starts or ends in the middle of formatting"),
        ("**{{c1::a** b}}", "a gap starts or ends in the middle of formatting"),
        ("- {{c1::a\n- b}}", "a gap starts or ends in the middle of formatting"),
        ("[a](https://b.c/{{c1::d}})", "a gap stands where no text is shown"),
        ("{{c1::[a](https://b.c/d::e)}}", "a gap stands where no text is shown"),
        ("{{c1::**a::b**}}", "a gap's hint starts in the middle of formatting"),
        (r"\({{c1::\frac{1}{2}\)", "a gap in this formula is never closed"),
    ],
)
def test_gaps_that_would_break_a_card(text: str, message: str | None) -> None:
    made = cloze_html(text)
    assert [told for _, told, _ in made.problems] == ([message] if message else [])
    assert all(hint for _, _, hint in made.problems)


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_anki_finds_the_gaps_that_we_accept(text: str) -> None:
    made = cloze_html(text)
    if made.problems:
        return
    nodes = anki_clozes.parse(made.html)
    found = list(clozes(nodes))
    assert found
    assert made.html.count("{{c") == len(found)
    for cloze in found:
        assert all(1 <= number <= MAX_GAP for number in cloze.numbers)
        assert shown(cloze).strip()
        assert html.balanced(shown(cloze))
    assert not re.search("[\U00100000-\U0010ffff]|%F4%8", made.html)
    # No mark of a gap is left for a learner to see.
    assert "{{c" not in "".join(node if isinstance(node, str) else shown(node) for node in nodes)


@pytest.mark.parametrize(
    ("inner", "hint", "html"),
    [
        ("Pod", "", "{{c7::Pod}}"),
        ("Pod", "unit", "{{c7::Pod::unit}}"),
        ("a}}b", "", "{{c7::a}&#125;b}}"),
        ("{a}", "", "{{c7::{a&#125;}}"),
        ("a}}}", "", "{{c7::a}&#125;&#125;}}"),
        ("std::vector", "", "{{c7::std:&#58;vector}}"),
        ("a:", "", "{{c7::a&#58;}}"),
        ("a:", "b", "{{c7::a&#58;::b}}"),
        ("a", "b::c", "{{c7::a::b:&#58;c}}"),
        ("a", "{b}", "{{c7::a::{b&#125;}}"),
        ("<code>a::b</code>", "", "{{c7::<code>a:&#58;b</code>}}"),
        (r"\(\frac{1}{2}\)", "", r"{{c7::\(\frac{1}{2}\)}}"),
    ],
)
def test_a_gap_of_html_that_was_made_before(inner: str, hint: str, html: str) -> None:
    assert gap_html(7, inner, hint) == html


@given(st.text("{}:ac", max_size=8), st.text("{}:ac", max_size=5))
def test_anki_reads_back_the_gap_that_we_write(inner: str, hint: str) -> None:
    if not inner or "{{c" in inner or "{{c" in hint:
        return
    nodes = anki_clozes.parse(gap_html(3, inner, hint))
    [cloze] = clozes(nodes)
    assert [node for node in nodes if node] == [cloze]
    assert cloze.numbers == (3,)
    assert decoded(shown(cloze)) == inner
    assert decoded(cloze.hint) == (hint or "...")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        # Anki strips the tags of a first field, and puts nothing in their place.
        ("What is a <em>Pod</em>?", "What is a Pod?"),
        ("<p>one</p>\n<p>two</p>", "one two"),
        ("<br>", ""),
        # Two questions about two pictures are two questions.
        ('What is <img src="pod-1.png" alt="a Pod">?', "What is pod-1.png ?"),
    ],
)
def test_first_fields_are_compared_without_tags(html: str, text: str) -> None:
    assert strip_tags(html) == text
