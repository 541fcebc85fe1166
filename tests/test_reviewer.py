"""Holds `flashgen.render.reviewer` against real Anki.

First cases by hand, each named after its rule; then generated note types and notes (seeded, so every run sees the
same ones), for which Anki's backend must make the same cards and show the same text. By default a few hundred notes;
`FLASHGEN_FULL=1` takes 20,000 (half a minute).
"""

import os
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pytest
from anki.collection import Collection  # first, as anki's modules import each other in a circle

# isort: split
from anki.cards import Card
from anki.decks import DeckId
from anki.errors import CardTypeError
from anki.models import NotetypeDict
from anki.notes import Note
from anki.sound import SoundOrVideoTag
from anki.template import TemplateRenderOutput

from flashgen.render import reviewer
from flashgen.render.reviewer import TemplateError, cloze_ords, is_empty, parse, renders, standard_ords

FULL: Final = os.environ.get("FLASHGEN_FULL") == "1"
NOTE_TYPES: Final = 2000 if FULL else 70
NOTES_EACH: Final = 5
ERROR_PAGE: Final = "templates/errors.html#template-syntax-error"
DECK: Final = "Kubernetes::Control plane"
HINT: Final = re.compile("hint[0-9a-f]{16}")

# --- Anki


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    opened = Collection(str(tmp_path_factory.mktemp("anki") / "collection.anki2"))
    yield opened
    opened.close()


def add_note_type(
    collection: Collection, fields: Sequence[str], sides: Sequence[tuple[str, str]], *, cloze: bool
) -> NotetypeDict | None:
    """Return the note type as Anki keeps it, or None if Anki refuses it."""
    models = collection.models
    note_type = models.new(f"Type {len(models.all_names_and_ids())}")
    note_type["type"] = int(cloze)
    note_type["flds"] = [models.new_field(name) for name in fields]
    for number, (front, back) in enumerate(sides):
        card_template = models.new_template(f"Card {number}")
        card_template.update(qfmt=front, afmt=back)
        note_type["tmpls"].append(card_template)
    try:
        added = models.add_dict(note_type)
    except CardTypeError:
        return None
    return models.get(added.id)  # type: ignore[arg-type]  # Anki types the id of an OpChangesWithId as int


def add_note(collection: Collection, note_type: NotetypeDict, values: Sequence[str], tags: Sequence[str] = ()) -> Note:
    """Return the note as Anki keeps it (in NFC, without control characters)."""
    note = collection.new_note(note_type)
    note.fields = list(values)
    note.tags = list(tags)
    collection.add_note(note, DeckId(collection.decks.id(DECK) or 1))
    return collection.get_note(note.id)


def specials_of(card: Card, note: Note, note_type: NotetypeDict) -> dict[str, str]:
    return {
        "Tags": " ".join(note.tags),
        "Type": note_type["name"],
        "Deck": DECK,
        "Subdeck": DECK.rpartition("::")[2],
        "Card": card.template()["name"],
        "CardFlag": "flag0",
        "CardID": str(card.id),
    }


@dataclass(frozen=True, slots=True)
class Case:
    """A note that Anki took, with its cards."""

    cloze: bool
    sides: tuple[tuple[str, str], ...]
    note_type: NotetypeDict
    note: Note
    cards: tuple[Card, ...]

    def fields(self) -> dict[str, str]:
        return dict(self.note.items())

    def our_ords(self) -> tuple[int, ...]:
        if self.cloze:
            return cloze_ords(self.note.fields)
        return standard_ords([parse(front) for front, _ in self.sides], self.fields(), tags=bool(self.note.tags))

    def is_empty(self, card: Card) -> bool:
        """Return whether Anki's Tools > Empty Cards should list the card."""
        if self.cloze:  # the further cloze keeps card 0 from being listed for want of others
            return card.ord not in cloze_ords([*self.note.fields, "{{c65535::}}"])
        filled = reviewer.filled_names(self.fields(), tags=bool(self.note.tags))
        return not renders(parse(self.sides[card.ord][0]), filled)

    def anki_ords(self) -> tuple[int, ...]:
        # Anki 26.9 adds one card for each of c500, c501, …, all with the last ord; one is meant.
        return tuple(sorted({card.ord for card in self.cards}))

    def rendered(self, card: Card) -> reviewer.Rendered | None:
        """Return what we make of the card, or None for a faulty template."""
        front, back = self.sides[0 if self.cloze else card.ord]
        specials = specials_of(card, self.note, self.note_type)
        try:
            return reviewer.render(parse(front), parse(back), self.fields(), specials, card.ord, cloze=self.cloze)
        except TemplateError:
            return None


def make_case(
    collection: Collection,
    fields: Sequence[str],
    sides: Sequence[tuple[str, str]],
    values: Sequence[str],
    *,
    cloze: bool = False,
    tags: Sequence[str] = (),
) -> Case:
    note_type = add_note_type(collection, fields, sides, cloze=cloze)
    assert note_type is not None, "Anki refuses the note type"
    note = add_note(collection, note_type, values, tags)
    return Case(cloze, tuple(sides), note_type, note, tuple(note.cards()))


# --- By hand: templates


@pytest.mark.parametrize(
    ("template", "message", "offset"),
    [
        ("ab{{#A}}x", "`{{#A}}` is never closed", 2),
        ("{{#A}}{{^B}}", "`{{^B}}` is never closed", 6),
        ("{{A}}{{/A}}", "`{{/A}}` closes a section that is not open", 5),
        ("{{#A}}{{#B}}{{/A}}{{/B}}", "`{{/A}}` stands where `{{/B}}` has to come first", 12),
    ],
)
def test_a_section_that_does_not_nest_is_an_error(template: str, message: str, offset: int) -> None:
    with pytest.raises(TemplateError) as caught:
        parse(template)
    assert (str(caught.value), caught.value.offset) == (message, offset)


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ("{{Oops}}", "`{{Oops}}` names no field of the note"),
        ("{{hint:text:Oops}}", "`{{hint:text:Oops}}` names no field of the note"),
        ("{{#Oops}}{{/Oops}}", "`{{#Oops}}` names no field of the note"),
        ("{{^Oops}}{{/Oops}}", "`{{^Oops}}` names no field of the note"),
        ("{{#Empty}}{{Oops}}{{/Empty}}", "`{{Oops}}` names no field of the note"),
    ],
)
def test_an_unknown_field_is_an_error_even_in_a_hidden_section(tag: str, message: str) -> None:
    template = parse(("" if "Empty" in tag else "{{#Empty}}{{/Empty}}") + tag)
    with pytest.raises(TemplateError, match=re.escape(message)):
        reviewer.render(template, template, {"Empty": ""}, {}, 0, cloze=False)


def test_names_are_all_fields_of_replacements_and_conditions() -> None:
    sections = "{{#C}}{{^D}}{{text:Tags}}{{/D}}{{/C}}{{#c1}}{{FrontSide}}{{/c1}}"
    template = parse("{{A}}{{hint:B}}<!--{{E}}-->{{hint:}}" + sections)
    assert template.names() == {"A", "B", "C", "D", "Tags", "FrontSide"}


@pytest.mark.parametrize(
    ("field", "empty"),
    [
        ("", True),
        (" \t\r\n", True),
        ("<br>", True),
        ("<BR/><br />", True),
        ("<div> <br> </div>", True),
        ("</div>", True),
        ("&nbsp;", False),
        ("\u3000", False),
        ("<br  >", False),
        ("<p></p>", False),
        ('<div class="a"></div>', False),
        ("<img src=a.png>", False),
        ("0", False),
    ],
)
def test_an_empty_field_holds_only_white_space_breaks_and_bare_divs(field: str, empty: bool) -> None:
    assert is_empty(field) is empty


@pytest.mark.parametrize(
    ("front", "filled", "shows"),
    [
        ("{{A}}", {"A"}, True),
        ("{{A}}", {"B"}, False),
        ("static text <img src=x>", {"A"}, False),
        ("<!-- {{A}} -->", {"A"}, False),
        ("{{A}}{{B}}", {"B"}, True),
        ("{{#A}}{{B}}{{/A}}", {"B"}, False),
        ("{{#A}}{{B}}{{/A}}", {"A", "B"}, True),
        ("{{#A}}text{{/A}}", {"A"}, False),
        ("{{^A}}{{B}}{{/A}}", {"B"}, True),
        ("{{^A}}{{B}}{{/A}}", {"A", "B"}, False),
        ("{{^A}}{{^B}}{{C}}{{/B}}{{/A}}", {"C"}, True),
        ("{{hint:text:A}}", {"A"}, True),
        ("{{type:A}}", {"A"}, True),
        ("{{tts en_US:A}}", {"A"}, True),
        ("{{Ex. 1}}", {"Ex. 1"}, True),
        ("{{ A }}{{{B}}}", {"B"}, True),
        ("{{Deck}}", {"Deck"}, True),
        ("{{FrontSide}}", {"A"}, False),
    ],
)
def test_a_front_renders_when_a_replacement_reaches_a_filled_field(front: str, filled: set[str], shows: bool) -> None:
    assert renders(parse(front), filled) is shows


# --- By hand: which cards a note has


def test_a_note_that_fills_no_front_gets_card_0() -> None:
    assert standard_ords([parse("{{A}}"), parse("{{B}}")], {"A": "", "B": "<br>"}, tags=True) == (0,)


def test_the_files_of_sounds_are_known_by_their_buttons(collection: Collection) -> None:
    front, back = "{{A}} {{tts en_US:B}}", "{{FrontSide}}{{B}}"
    case = make_case(collection, ("A", "B"), [(front, back)], ["[sound:a&amp;b.mp3]", "x[sound:c d.mp4]"])
    ours = case.rendered(case.cards[0])
    assert ours
    assert ours.sounds == sounds_of(case.cards[0].render_output()) == {"q:0": "a&b.mp3", "a:0": "c d.mp4"}


def test_special_fields_count_as_filled_and_tags_only_with_tags() -> None:
    fronts = [parse("{{A}}"), parse("{{Deck}}"), parse("{{#Tags}}{{Card}}{{/Tags}}"), parse("{{Tags}}")]
    assert standard_ords(fronts, {"A": ""}, tags=False) == (1,)
    assert standard_ords(fronts, {"A": ""}, tags=True) == (1, 2, 3)


@pytest.mark.parametrize(
    ("fields", "ords"),
    [
        (["no cloze"], (0,)),
        (["{{c2::b}}", "{{c1::a}} {{c2::b}}"], (0, 1)),
        (["{{c3::outer {{c1::inner}}}}"], (0, 2)),
        (["{{c3::outer {{c1::inner}}"], (0,)),
        (["{{c0::none}}"], (0,)),
        (["{{c0::none}}{{c2::b}}"], (1,)),
        (["{{c1,3::both}}"], (0, 2)),
        (["{{c500::a}}{{c501::b}}{{c9999::c}}"], (499,)),
        (["{{c65536::a}}"], (0,)),
        (["{{C2::a}}{{ c2::a}}{{c2:a}}"], (0,)),
        (["{{c2::}}"], (1,)),
        (["{{c2::a\nb}}"], (1,)),
        (["{{c02::a}}"], (1,)),
    ],
)
def test_a_cloze_note_has_a_card_for_each_number_of_a_closed_cloze(fields: list[str], ords: tuple[int, ...]) -> None:
    assert cloze_ords(fields) == ords


# --- By hand: what a card shows, and that Anki shows the same


def join_hints(side: str) -> str:
    """Return a side with the ids of its hints numbered: they only join a link to its text, by a hash of Anki's own."""
    ids = {match: f"hint{number}" for number, match in enumerate(dict.fromkeys(HINT.findall(side)))}
    return HINT.sub(lambda match: ids[match[0]], side)


def join_both(output: TemplateRenderOutput) -> tuple[str, str]:
    return join_hints(output.question_text), join_hints(output.answer_text)


def sounds_of(output: TemplateRenderOutput) -> dict[str, str]:
    """Return the files that Anki would play, by the side and number of their buttons; speech has none."""
    sides = {"q": output.question_av_tags, "a": output.answer_av_tags}
    return {
        f"{side}:{number}": tag.filename
        for side, tags in sides.items()
        for number, tag in enumerate(tags)
        if isinstance(tag, SoundOrVideoTag)
    }


def shown(
    collection: Collection, front: str, back: str, values: Sequence[str], *, cloze: bool = False
) -> tuple[str, str]:
    """Return both sides of the first card, on which Anki and we agree."""
    fields = ("A", "B", "Ex. 1")[: len(values)]
    case = make_case(collection, fields, [(front, back)], values, cloze=cloze, tags=["two", "one"])
    output = case.cards[0].render_output()
    ours = case.rendered(case.cards[0])
    assert ours
    assert tuple(map(join_hints, (ours.question, ours.answer))) == join_both(output)
    assert ours.sounds == sounds_of(output)
    return ours.question, ours.answer


def test_a_section_follows_whether_its_field_is_empty(collection: Collection) -> None:
    template = "{{#A}}a{{/A}}{{^A}}no a{{/A}}{{#B}}b{{/B}}{{^B}}no b{{/B}}"
    assert shown(collection, "{{A}}", template, ["x", "<br>"])[1] == "ano b"


def test_the_front_side_is_the_question_with_its_sounds_taken_out(collection: Collection) -> None:
    sides = shown(collection, "{{A}}[sound:q.mp3]", "{{text:FrontSide}}|{{B}}", ["x", "[sound:a.mp3]"])
    assert sides == ("x[anki:play:q:0]", "x[anki:play:q:0]|[anki:play:a:0]")


def test_special_fields(collection: Collection) -> None:
    sides = shown(collection, "{{A}}{{Tags}}|{{Deck}}|{{Subdeck}}|{{Card}}|{{CardFlag}}|", "{{Type}}", ["x"])
    assert sides[0] == f"xone two|{DECK}|Control plane|Card 0|flag0|"


def test_comments_stay_and_are_not_read(collection: Collection) -> None:
    assert shown(collection, "{{A}}<!-- {{B}} -->", "<!--{{#A}}-->", ["x", "y"]) == ("x<!-- {{B}} -->", "<!--{{#A}}-->")


def test_braces_that_do_not_close_are_text(collection: Collection) -> None:
    assert shown(collection, "{{A}}}} {{", "{{{A}}}", ["x"]) == ("x}} {{", "x}")


def test_an_outermost_type_filter_overrules_all_but_cloze_and_nc(collection: Collection) -> None:
    front = "{{type:Ex. 1}}{{type:cloze:A}}{{type:nc:A}}{{type:text:A}}{{text:type:A}}"
    assert shown(collection, front, "", ["x", "y", "z"])[0] == (
        "[[type:Ex. 1]][[type:cloze:A]][[type:nc:A]][[type:A]][[type:A]]"
    )


def test_an_unknown_filter_and_all_outside_it_are_left_out(collection: Collection) -> None:
    sides = shown(collection, "{{text:mine:A}}", "{{mine:text:A}}{{:A}}{{mine:}}", ["<b>x</b>"])
    assert sides == ("<b>x</b>", "x<b>x</b>")


def test_the_text_filter_strips_tags_and_decodes_all_entities_or_none(collection: Collection) -> None:
    assert shown(collection, "{{text:A}}", "{{text:B}}", ["<b>a</b>&lt;&nbsp;&#233;", "&lt;&hearts;&oops;"]) == (
        "a< é",
        "&lt;&hearts;&oops;",
    )


def test_a_hint_is_a_link_that_shows_its_text(collection: Collection) -> None:
    question, answer = shown(collection, "{{hint:A}}", "{{hint:B}}{{hint:Ex. 1}}", ["foo", " ", "long " * 1000])
    assert question.startswith('\n<a class=hint href="#"\nonclick="this.style.display=')
    assert len(re.findall("hint[0-9a-f]{16}", answer)) == 2


def test_ruby_filters(collection: Collection) -> None:
    template = "{{furigana:A}}|{{kanji:A}}|{{kana:A}}"
    assert shown(collection, template, "", ["a 日本[にほん]&nbsp;語[ご]x[sound:a]"])[0] == (
        "a<ruby><rb>日本</rb><rt>にほん</rt></ruby><ruby><rb>語</rb><rt>ご</rt></ruby>x[anki:play:q:0]"
        "|a日本語x[anki:play:q:1]|aにほんごx[anki:play:q:2]"
    )


def test_speech_becomes_a_play_button(collection: Collection) -> None:
    assert shown(collection, "{{tts en_US voices=X:A}}", "[anki:tts]x[/anki:tts][anki:x]y[/anki:x]", ["x"])[0] == (
        "[anki:play:q:0]"
    )


def test_an_active_cloze_is_hidden_on_the_question_only(collection: Collection) -> None:
    sides = shown(collection, "{{cloze:A}}", "{{cloze:A}}", ["{{c1::<i>é'\"</i>::hint}} {{c2::b}}"], cloze=True)
    hidden = "&lt;i&gt;&#xE9;&#x27;&quot;&lt;&#x2F;i&gt;"
    other = ' <span class="cloze-inactive" data-ordinal="2">b</span>'
    assert sides[0] == f'<span class="cloze" data-cloze="{hidden}" data-ordinal="1">[hint]</span>' + other
    assert sides[1] == '<span class="cloze" data-ordinal="1"><i>é\'"</i></span>' + other


def test_a_nested_cloze_is_hidden_with_the_one_around_it(collection: Collection) -> None:
    text = "{{c2::outer {{c1::inner}} end::hint}}"
    question, answer = shown(collection, "{{cloze:A}}", "{{cloze:A}}", [text], cloze=True)
    assert question.startswith(
        '<span class="cloze-inactive" data-ordinal="2">outer <span class="cloze" data-cloze="inner"'
    )
    assert "hint" not in answer


def test_the_filter_cloze_only_is_not_supported() -> None:
    template = parse("{{cloze-only:A}}")
    with pytest.raises(TemplateError, match="the filter `cloze-only` can be shown by Anki only"):
        reviewer.render(template, template, {"A": "{{c1::a}}"}, {}, 0, cloze=True)


def test_a_field_without_the_cards_cloze_shows_nothing(collection: Collection) -> None:
    sides = shown(collection, "{{cloze:A}}|{{cloze:B}}", "{{cloze:A}}", ["{{c1::a}}", "{{c2::b}} text"], cloze=True)
    assert sides[0].endswith("</span>|")


@pytest.mark.parametrize("depth", [9, 10, 11, 12])
def test_the_eleventh_nested_cloze_does_not_open(collection: Collection, depth: int) -> None:
    text = "".join(f"{{{{c{number}::{number}" for number in range(1, depth + 1)) + "}}" * depth
    shown(collection, "{{cloze:A}}", "{{cloze:A}}", [text], cloze=True)
    assert cloze_ords([text]) == tuple(range(min(depth, 10)))


def test_every_character_of_a_hidden_cloze_is_escaped_as_in_anki(collection: Collection) -> None:
    characters = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x250), 0x2028, 0x20AC, 0xFEFF, 0xFFFD, 0x1F600]))
    shown(collection, "{{cloze:A}}", "{{cloze:A}}", ["{{c1::" + characters.replace("}", "") + "}}"], cloze=True)


def test_a_blank_front_says_so_on_both_sides(collection: Collection) -> None:
    question, answer = shown(collection, "<p>{{A}}</p>", "{{B}}", ["", "b"])
    assert question == "<p></p>" + answer
    assert "The front of this card is blank." in answer
    question, answer = shown(collection, "<p>{{cloze:A}}</p>", "{{cloze:A}}", ["none"], cloze=True)
    assert "No cloze \u20681\u2069 found on card." in answer


def test_html_inside_mathjax_of_a_cloze_field_is_stripped(collection: Collection) -> None:
    sides = shown(collection, "{{cloze:A}}", "{{cloze:A}}", [r"\(<b>x</b> {{c1::y}}\) <b>z</b>"], cloze=True)
    assert sides == (r"\(x [...]\) <b>z</b>", r"\(x y\) <b>z</b>")


def test_an_image_occlusion_is_a_div_with_its_shape(collection: Collection) -> None:
    shape = "image-occlusion:rect:left=.1:top=0:width=0:angle=:oi=1:fill=#fff"
    label = r"{{c0::image-occlusion:text:text=a\:b c:scale=2:fs=.05}}"
    text = f"{{{{c1::{shape}}}}}{{{{c2::image-occlusion:polygon:points=1,2 3 4,5}}}}{label}"
    question, answer = shown(collection, "{{cloze:A}}", "{{cloze:A}}", [text], cloze=True)
    assert question.startswith(
        '<div class="cloze" data-ordinal="1" data-shape="rect" data-left=".1" data-top="0" ></div>'
    )
    assert answer.startswith('<div class="cloze-highlight" data-ordinal="1" ')


# --- Generated


def words(text: str) -> tuple[str, ...]:
    """Return the words of a list, in which `_` stands for a space and `⏎` for a line break."""
    return tuple(word.replace("_", " ").replace("⏎", "\n") for word in text.split(" ") if word.strip("\n"))


FIELD_NAMES: Final = words("Front Back Ex._1 뜻 a_b A&B x|y Deck Card c1 c2x type é F/G Tags x# More… FrontSide")
SPECIALS: Final = words("Tags Type Deck Subdeck Card CardFlag CardID FrontSide")
FILTERS: Final = (*words("text hint cloze type nc furigana kana kanji mine tts_de tts_ type-cloze"), "")
STATIC: Final = words(
    "x _ <br> <hr_id=answer> ⏎ }} } { {{ <!-- --> <!--_{{Front}}_--> <!--{{#Front}}--> [sound:s.mp3] [sound:] "
    "<%Front%> [anki:tts_lang=de]x[/anki:tts] [anki:tts ] [/anki:tts] é 漢 :"
)
EMPTYISH: Final = (
    *words(
        "_ ⏎ <br> <BR> <br/> <br_/> <br__/> <div></div> <div>_<br>_</div> </div> <div/> &nbsp; <p></p> <_br> <br <dıv>"
    ),
    *("", "", "\t", "\u3000", "\xa0", "\x0b\x0c", "\x1f"),
)
WORDS: Final = words(
    "a b_c <b> </b> <style>p{}</style> <!--_x_--> <script>1</script> &amp; &lt; &nbsp; &#233; &#xe9; &#xD800; &hearts; "
    "&lang; &oops; & &#0; &#1114112; ; é 한글 漢字[かんじ] _語[ご] [ ] > \" ' \\( \\) \\[ \\] [sound:a&b.mp3] [sound: "
    "[anki:tts_lang=de] [anki:tts] [/anki:tts] [anki:x] [/anki:x] lang= ⏎ <br> _ :: : { } }} 😀 ſ \\"
)
CLOZES: Final = words(
    "{{c1:: {{c1:: {{c2:: {{c3:: {{c0:: {{c1,2:: {{c3,,1:: {{c,:: {{c02:: {{c499:: {{c500:: {{c501:: {{c70000:: "
    "{{c65535:: {{C1:: {{_c1:: {{c1: {{c:: {{c-1:: {{c١:: }} }} }} }} }} }} } { :: ::: "
    "image-occlusion: image-occlusion:: image-occlusion:text image-occlusion:rect:left=.1 image-occlusion:text:text= "
    ":text=a :text=\\\\ :text=a\\:b :text=\\\\\\: "
    ":oi=1 :width=0 :scale=0 :fill=#fff :left= :fs= :points=1,2_3_4,5,6 \\: \\\\ \\ = :"
)


class Invention:
    """Invents note types and notes from a seed."""

    def __init__(self, seed: int, *, cloze: bool) -> None:
        self.random = random.Random(f"{seed} {cloze}")  # noqa: S311  # a test wants the same numbers every time
        self.cloze = cloze
        self.fields = self.random.sample(FIELD_NAMES, self.random.randint(1, 5))

    def sides(self) -> list[tuple[str, str]]:
        count = 1 if self.cloze else self.random.choice((1, 1, 2, 3, 4))
        return [(self._side() + self._needed(), self._side() + self._needed()) for _ in range(count)]

    def values(self) -> list[str]:
        return [self._value() for _ in self.fields]

    def tags(self) -> list[str]:
        return self.random.choice(([], [], ["tag"], ["two", "ein::zwei"]))

    def _needed(self) -> str:
        """Return what lets Anki take the note type: a cloze on both sides, on others often a field."""
        if self.cloze:
            return f"{{{{cloze:{self.random.choice(self.fields)}}}}}"
        return f"{{{{{self.random.choice(self.fields)}}}}}" if self.random.random() < 0.3 else ""

    def _value(self) -> str:
        chance = self.random.random()
        if chance < 0.45 - 0.25 * self.cloze:
            return "".join(self.random.choices(EMPTYISH, k=self.random.choice((1, 1, 1, 2, 3))))
        pool = WORDS + CLOZES if chance < 0.55 or not self.cloze else CLOZES * 2 + WORDS
        return "".join(self.random.choices(pool, k=self.random.choice((1, 2, 3, 5, 8, 13, 21))))

    def _name(self) -> str:
        chance = self.random.random()
        if chance < 0.12:
            return self.random.choice(SPECIALS)
        return self.random.choice(self.fields) if chance < 0.995 else self.random.choice(("", "Oops", "front"))

    def _side(self, depth: int = 0) -> str:
        return "".join(self._piece(depth) for _ in range(self.random.choice((0, 1, 1, 2, 3, 4))))

    def _piece(self, depth: int) -> str:
        chance = self.random.random()
        space = self.random.choice(("", "", "", "", " ", "\n", "\u3000"))
        if chance < 0.35:
            return self.random.choice(STATIC)
        if chance < 0.65 or depth > 3:
            filters = self.random.choices(FILTERS, k=self.random.choice((0, 0, 0, 1, 1, 2, 3)))
            tag = f"{{{{{space}{':'.join([*filters, self._name()])}{space}}}}}"
            return tag if self.random.random() < 0.95 else f"{{{tag}}}"
        name = self.random.choice(("c1", "c2", "c3")) if self.random.random() < 0.08 else self._name()
        closing = name if self.random.random() < 0.995 else self._name()
        opening = f"{{{{{space}{self.random.choice('##^')}{space}{name}}}}}"
        return f"{opening}{self._side(depth + 1)}{{{{/{closing}{space}}}}}"


def invent(collection: Collection, *, cloze: bool) -> Iterator[Case]:
    taken = 0
    for seed in range(NOTE_TYPES * 20):
        invention = Invention(seed, cloze=cloze)
        sides = invention.sides()
        note_type = add_note_type(collection, invention.fields, sides, cloze=cloze)
        if note_type is None:
            continue
        for side in [text for pair in sides for text in pair]:
            parse(side)  # as Anki took it
        for _ in range(NOTES_EACH):
            note = add_note(collection, note_type, invention.values(), invention.tags())
            yield Case(cloze, tuple(sides), note_type, note, tuple(note.cards()))
        taken += 1
        if taken == NOTE_TYPES:
            return
    pytest.fail("Anki refuses too many of the invented note types")


@pytest.fixture(scope="module", params=[False, True], ids=["standard", "cloze"])
def cases(request: pytest.FixtureRequest, collection: Collection) -> list[Case]:
    return list(invent(collection, cloze=request.param))


def test_anki_makes_the_same_cards_of_invented_notes(cases: list[Case]) -> None:
    wrong = [
        f"{case.sides}\n{case.fields()} {case.note.tags}\nwe {case.our_ords()}, Anki {case.anki_ords()}"
        for case in cases
        if case.our_ords() != case.anki_ords()
    ]
    assert not wrong, f"{len(wrong)} of {len(cases)} notes\n" + "\n\n".join(wrong[:5])


def test_anki_shows_the_same_on_invented_cards(cases: list[Case]) -> None:
    wrong, count = [], 0
    for case in cases:
        for card in case.cards:
            count += 1
            output, ours = card.render_output(), case.rendered(card)
            anki = join_both(output)
            same = (join_hints(ours.question), join_hints(ours.answer)) == anki if ours else ERROR_PAGE in anki[0]
            if not same or (ours and ours.sounds != sounds_of(output)):
                wrong.append(f"{case.sides}\n{case.fields()} ord {card.ord}\nours {ours}\nAnki {anki}")
    assert not wrong, f"{len(wrong)} sides of {count} cards\n" + "\n\n".join(wrong[:5])


def test_check_database_and_empty_cards_agree_on_invented_notes(collection: Collection, cases: list[Case]) -> None:
    problems, _ = collection.fix_integrity()
    before = {case.note.id: case.anki_ords() for case in cases}
    after = {note: tuple(sorted({card.ord for card in collection.get_note(note).cards()})) for note in before}
    assert after == before, problems
    empty = {card_id for note in collection.get_empty_cards().notes for card_id in note.card_ids}
    wrong = [
        f"{case.sides}\n{case.fields()} ord {card.ord}"
        for case in cases
        for card in case.cards
        if case.is_empty(card) is not (card.id in empty)
    ]
    assert not wrong, f"{len(wrong)} cards\n" + "\n\n".join(wrong[:5])
