"""The rows of the learner's matrix: a change in the sources each, and what it is to bring.

Every story begins and ends as `Story.begin` and `Story.end` tell, with release 1 and the last one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import media_files

from learner.author import MEANING, WORD, Author, built_in
from learner.story import Story

ROWS: dict[str, Callable[[Story], Mapping[str, object] | None]] = {}
SEOUL, LARGER, BERN = (media_files.png(label) for label in ("Seoul", "Seoul, larger", "Bern"))
# The notes of the project's own kind, and its note type.
WORDS = {"sun", "moon"}
TYPE = "Story – Word"
# What 2.1.66 calls the copy that it makes for new notes.
COPY = "Story – Word++"


# A field or card template that has another name looks like another shape there.
CUT_OFF_WITHOUT_IDS = {"without_ids": {"changed": {"seoul", "paris"}, "conflicting": {"sun"}, "held": {TYPE}}}


def row(tell: Callable[[Story], Mapping[str, object] | None]) -> Callable[[Story], Mapping[str, object] | None]:
    """Add a row. What it returns is how the last release differs in this story."""
    ROWS[tell.__name__] = tell
    return tell


def told(name: str, root: Path) -> Story:
    """Return a row's story, with all its packages built."""
    story = Story(root)
    story.begin()
    story.end(**(ROWS[name](story) or {}))
    return story


# --- Facts


@row
def text_changed(story: Story) -> None:
    story.author.fact("seoul")["back"] = "Seoul (서울)"
    story.author.fact("tea")["steps"][1]["text"] = "let it steep"
    shows = {"seoul": "Seoul (서울)", "tea": "{{c2::let it steep}}", "paris": "Paris, on the Seine"}
    story.release_and_take(10, changed={"seoul", "tea"}, shows=shows)
    # A change that is taken back is a change too.
    story.author.fact("seoul")["back"] = "Seoul"
    story.release_and_take(20, changed={"seoul"})


@row
def picture_changed(story: Story) -> None:
    """The text stays as it was; what its picture shows does not."""
    story.author.media = {"map.png": SEOUL, "flag.png": BERN}
    story.author.fact("seoul")["back"] = "Seoul ![on the map](map.png)"
    story.author.fact("bern")["back"] = "Bern ![its flag](media/flag.png)"
    story.release_and_take(10, changed={"seoul", "bern"}, shows={"seoul": f"map-{named(SEOUL)}.png"})
    story.author.media["map.png"] = LARGER
    story.release_and_take(20, changed={"seoul"}, shows={"seoul": f"map-{named(LARGER)}.png"})


def named(picture: bytes) -> str:
    """What the name of a picture in Anki says of its content."""
    return hashlib.sha256(picture).hexdigest()[:16]


@row
def both_changed_a_note(story: Story) -> None:
    """The newer whole note wins."""
    story.author.fact("paris")["back"] = "Paris, since 987"
    story.author.fact("riga")["front"] = "What is the capital of Latvia?"
    shows = {"paris": "Paris, since 987", "riga": "What is the capital of Latvia?"}
    story.release_and_take(10, changed={"paris", "riga"}, shows=shows)
    # The learner's edit is newer than the release that comes next, which was made before.
    story.author.fact("paris")["back"] = "Paris, since 508"
    story.release(20)
    story.does(22, "edit", "paris", field="Back", text="Paris, my own words")
    story.take(23, shows={"paris": "Paris, my own words"})


@row
def corrected_before_a_leech_and_released_after(story: Story) -> None:
    story.author.fact("seoul")["back"] = "Seoul (서울)"
    story.author.build(20)
    story.does(25, "fail", "seoul")
    story.author.build(27)
    story.release_and_take(30, changed={"seoul"}, shows={"seoul": "Seoul (서울)"})


@row
def imported_late(story: Story) -> None:
    """Release 2 is taken only after release 3 was made, and then release 3 as well."""
    story.author.fact("seoul")["back"] = "Seoul (서울)"
    story.release(10)
    second = story.first
    story.author.fact("seoul")["back"] = "Seoul, 서울"
    story.author.fact("bern")["back"] = "Bern, not Zürich"
    story.release(20)
    story.take(25, second, changed={"seoul"})
    missed = {"changed": {"bern"}, "shows": {"seoul": "Seoul (서울)"}}
    story.take(26, changed={"seoul", "bern"}, shows={"seoul": "Seoul, 서울"}, with_stamps=missed)


@row
def release_skipped(story: Story) -> None:
    story.author.fact("seoul")["back"] = "Seoul (서울)"
    story.release(10)
    story.author.fact("bern")["back"] = "Bern, not Zürich"
    story.release_and_take(20, changed={"seoul", "bern"})


@row
def imported_twice(story: Story) -> None:
    story.take(10)
    story.author.fact("seoul")["back"] = "Seoul (서울)"
    story.release_and_take(20, changed={"seoul"})
    story.take(22)


@row
def tags_changed(story: Story) -> None:
    story.author.fact("seoul")["tags"] = ["capital", "asia"]
    story.author.fact("sun")["tags"] = ["sky"]
    story.release_and_take(10, changed={"seoul", "sun"})
    del story.author.fact("sun")["tags"]
    story.release_and_take(20, changed={"sun"})


@row
def fact_added(story: Story) -> None:
    story.author.files["capitals"].insert(0, {"id": "roma", "front": "Capital of Romania?", "back": "Bucharest"})
    story.author.files["words"].append({"id": "star", "kind": "word", "word": "stella", "meaning": "star"})
    story.release_and_take(10, new={"roma", "star"})
    story.author.fact("star")["meaning"] = "star, constellation"
    story.release_and_take(20, changed={"star"})


@row
def fact_removed(story: Story) -> None:
    story.author.remove("rome")
    story.author.remove("moon")
    story.author.deck["retired"] = ["rome", "moon"]
    story.release_and_take(10)
    # One comes back, as it was.
    story.author.deck["retired"] = ["rome"]
    story.author.files["words"].append({"id": "moon", "kind": "word", "word": "luna", "meaning": "moon"})
    story.release_and_take(20)


@row
def note_deleted_by_the_learner(story: Story) -> None:
    story.does(9, "delete", "bern")
    story.author.fact("seoul")["back"] = "Seoul (서울)"
    story.release_and_take(10, changed={"seoul"}, new={"bern"})


@row
def facts_in_another_order(story: Story) -> None:
    for facts in story.author.files.values():
        facts.reverse()
    story.release_and_take(10)
    story.author.files["capitals"].sort(key=lambda fact: fact["id"])
    story.release_and_take(20)


@row
def moved_between_files(story: Story) -> None:
    files = story.author.files
    files["europe"] = [story.author.remove(name) for name in ("paris", "rome", "moon")]
    story.release_and_take(10)
    files["capitals"].append(story.author.remove("paris"))
    story.release_and_take(20)


@row
def moved_between_subdecks(story: Story) -> None:
    story.author.fact("paris")["deck"] = "Western"
    story.author.fact("riga")["deck"] = "Northern"
    story.release_and_take(10)
    del story.author.fact("paris")["deck"]
    story.release_and_take(20)


@row
def id_renamed(story: Story) -> None:
    for old, new in (("seoul", "seoul-city"), ("paris", "paris-city"), ("moon", "luna"), ("tea", "green-tea")):
        story.author.fact(old).update({"id": new, "formerly": [old]})
    story.release_and_take(10)
    story.author.fact("paris-city").update({"id": "lutetia", "formerly": ["paris", "paris-city"]})
    story.release_and_take(20)
    # Back to the first id: it was that note's all along.
    for name, first in (("seoul-city", "seoul"), ("lutetia", "paris")):
        fact = story.author.fact(name)
        fact["id"] = first
        del fact["formerly"]


@row
def kind_of_a_fact_changed(story: Story) -> None:
    story.author.remove("moon")
    story.author.files["words"].append({"id": "moon", "kind": "basic", "front": "luna?", "back": "moon"})
    story.author.deck["retired"] = ["word/moon"]
    story.release_and_take(10, new={"moon"})
    story.author.fact("moon")["back"] = "the moon"
    story.release_and_take(20, changed={"moon"})


@row
def reverse_card_switched_on_and_off(story: Story) -> None:
    story.author.fact("rome")["reverse"] = "true"
    story.release_and_take(10, changed={"rome"})
    del story.author.fact("rome")["reverse"]
    story.release_and_take(20, changed={"rome"}, empty={"rome/1"})
    return {"empty": {"rome/1"}}


# --- Items


@row
def step_inserted(story: Story) -> None:
    story.author.fact("tea")["steps"].insert(1, {"id": "warm", "text": "warm the pot"})
    # Each card asks what it asked before.
    shows = {"tea": "{{c1::boil}}<br>{{c4::warm the pot}}<br>{{c2::steep}}<br>{{c3::pour}}"}
    story.release_and_take(10, changed={"tea"}, shows=shows)
    story.author.fact("tea")["steps"].reverse()
    shows = {"tea": "{{c3::pour}}<br>{{c2::steep}}<br>{{c4::warm the pot}}<br>{{c1::boil}}"}
    story.release_and_take(20, changed={"tea"}, shows=shows)


@row
def step_removed(story: Story) -> Mapping[str, object]:
    steps = story.author.fact("tea")["steps"]
    poured = steps.pop()
    story.release_and_take(10, changed={"tea"}, empty={"tea/2"})
    # A new step does not get the removed one's card; the removed one, should it come back, does.
    steps.append({"id": "sip", "text": "sip"})
    story.release_and_take(20, changed={"tea"}, empty={"tea/2"}, shows={"tea": "{{c4::sip}}"})
    steps.append(poured)
    story.release_and_take(30, changed={"tea"}, shows={"tea": ("{{c3::pour}}", "{{c4::sip}}")})
    return {}


@row
def step_renamed(story: Story) -> None:
    story.author.fact("tea")["steps"][1].update({"id": "draw", "formerly": ["steep"]})
    story.release_and_take(10)
    story.author.fact("tea")["steps"][1]["text"] = "let it draw"
    story.release_and_take(20, changed={"tea"})


# --- Decks and languages


@row
def deck_renamed_and_the_learner_renames_it_first(story: Story) -> None:
    story.author.deck.update({"name": "Tales", "formerly": ["Story"]})
    story.does(9, "rename_deck", old="Story", new="Tales")
    story.author.files["words"].append({"id": "star", "kind": "word", "word": "stella", "meaning": "star"})
    story.release_and_take(10, new={"star"})


@row
def deck_renamed_and_the_learner_does_not(story: Story) -> None:
    """New cards come apart; nothing is lost."""
    story.author.deck.update({"name": "Tales", "formerly": ["Story"]})
    story.author.files["words"].append({"id": "star", "kind": "word", "word": "stella", "meaning": "star"})
    story.release_and_take(10, new={"star"})


@row
def deck_moved_by_the_learner(story: Story) -> None:
    story.does(9, "rename_deck", old="Story", new="Learning::Story")
    story.author.fact("seoul")["back"] = "Seoul (서울)"
    story.release_and_take(10, changed={"seoul"})


@row
def description_changed(story: Story) -> None:
    story.author.deck["description"] = "Words, and capitals"
    story.release_and_take(10)


@row
def language_added(story: Story) -> None:
    author = story.author
    author.deck.update({"name": {"en": "Story", "ko": "이야기"}, "languages": ["en", "ko"]})
    author.languages["ko"] = {"title": "낱말", "cards": {"meaning": "낱말 → 뜻", "word": "뜻 → 낱말"}}
    story.release(10)
    english, korean = story.latest["en"], story.latest["ko"]
    story.take(11, english)
    story.take(12, korean, new=set(korean.notes))
    author.fact("seoul")["back"] = {"en": "Seoul (서울)", "ko": "서울"}
    story.release(20)
    for language in ("ko", "en"):
        story.take(21, story.latest[language], changed={"seoul"})
    author.fact("seoul")["back"] = "Seoul"


# --- How cards look


@row
def template_changed(story: Story) -> None:
    templates = story.author.templates
    templates["word/meaning.html.j2"] = MEANING.replace("{{ word }}", "<i>{{ word }}</i>")
    story.release_and_take(10)
    templates["word/meaning.html.j2"] = MEANING
    story.release_and_take(20)


@row
def style_changed(story: Story) -> None:
    story.author.templates["_theme/card.css"] = built_in("_theme/card.css") + ".fg { color: teal; }\n"
    story.release_and_take(10)
    story.author.templates["word/style.css"] = ".fg-word { color: navy; }\n"
    story.release_and_take(20)


@row
def style_changed_also_by_the_learner(story: Story) -> None:
    """An own style goes where the author makes a new one, and only then."""
    story.does(9, "restyle", "sun", css=".mine { color: red; }")
    story.author.fact("sun")["meaning"] = "the sun"
    story.release_and_take(10, changed={"sun"}, held={TYPE})
    story.author.templates["word/style.css"] = ".fg-word { color: navy; }\n"
    story.release_and_take(20)


@row
def kind_title_changed(story: Story) -> None:
    story.author.labels["title"] = "Latin word"
    story.release_and_take(10)
    story.author.labels["title"] = "Vocabulary"
    story.release_and_take(20)


@row
def note_type_renamed_by_the_learner(story: Story) -> None:
    story.does(9, "rename_type", "sun", name="My words")
    story.author.fact("sun")["meaning"] = "the sun"
    story.release_and_take(10, changed={"sun"}, held={TYPE})
    story.author.labels["title"] = "Latin word"
    story.release_and_take(20)


# --- Shapes


@row
def card_title_changed(story: Story) -> None:
    story.author.labels["cards"] = {"meaning": "What it means", "word": "Meaning → word"}
    story.release_and_take(10, without_ids={"held": {TYPE}})
    story.author.labels["cards"] = {"meaning": "Meaning", "word": "Word"}
    story.release_and_take(20, without_ids={"held": {TYPE}})
    return CUT_OFF_WITHOUT_IDS


@row
def card_id_renamed(story: Story) -> None:
    author = story.author
    author.kind["cards"] = [{"id": "sense", "formerly": ["meaning"]}, "word"]
    author.labels["cards"] = {"sense": "Word → meaning", "word": "Meaning → word"}
    author.templates["word/sense.html.j2"] = author.templates.pop("word/meaning.html.j2")
    story.release_and_take(10)
    author.templates["word/sense.html.j2"] = MEANING.replace("{{ word }}", "<i>{{ word }}</i>")
    story.release_and_take(20)


@row
def field_renamed(story: Story) -> None:
    author = story.author
    author.kind["fields"] = {
        "Word": "word",
        "Sense": {"from": "meaning", "formerly": ["Meaning"]},
        "Extra": "remark",
    }
    author.templates["word/meaning.html.j2"] = MEANING.replace("{{ meaning }}", "{{ sense }}")
    author.templates["word/word.html.j2"] = WORD.replace("{{ meaning }}", "{{ sense }}")
    story.release_and_take(10, without_ids={"held": {TYPE}})
    author.fact("sun")["meaning"] = "the sun"
    author.files["words"].append({"id": "star", "kind": "word", "word": "stella", "meaning": "star"})
    otherwise = {"changed": set(), "conflicting": {"sun"}, "held": {TYPE}, "copies": {COPY}}
    story.release_and_take(20, changed={"sun"}, new={"star"}, without_ids=otherwise)
    return CUT_OFF_WITHOUT_IDS


@row
def more_shown_on_the_back(story: Story) -> None:
    author = story.author
    author.kind["facts"]["extra"] = {"type": "markdown"}
    author.kind["fields"]["More"] = "extra"
    # One note was not touched, the other was edited: its edit is older than what it gains.
    author.fact("sun")["extra"] = "as in *solar*"
    story.release_and_take(10, changed={"sun"}, shows={"sun": "as in <em>solar</em>", "moon": "the moon"})
    author.fact("moon")["extra"] = "as in *lunar*"
    story.release_and_take(20, changed={"moon"}, shows={"moon": "as in <em>lunar</em>"})


def _companion(story: Story) -> None:
    author = story.author
    author.kind["facts"]["usage"] = {"type": "markdown"}
    author.kind["companions"] = {"usage": {"fields": {"Usage": "usage", "Word": "word"}, "cards": ["usage"]}}
    author.labels["cards"]["usage"] = "Usage"
    author.templates["word/usage.html.j2"] = MEANING.replace("{{ word }}", "{{ usage }}").replace("meaning", "word")
    author.fact("sun")["usage"] = "What shines *de caelo*?"


@row
def card_added_as_a_companion(story: Story) -> None:
    """It comes for notes as they were, and for one that the learner had edited."""
    _companion(story)
    story.release_and_take(10, new={"sun+usage"}, shows={"sun+usage": "What shines <em>de caelo</em>?"})
    story.author.fact("moon")["usage"] = "What shines at night?"
    story.release_and_take(20, new={"moon+usage"})
    story.author.fact("sun")["usage"] = "What shines by day?"
    story.release_and_take(30, changed={"sun+usage"})


@row
def companion_for_a_learner_with_an_own_style(story: Story) -> None:
    story.does(9, "restyle", "sun", css=".mine { color: red; }")
    _companion(story)
    story.author.fact("moon")["usage"] = "What shines at night?"
    story.release_and_take(10, new={"sun+usage", "moon+usage"}, held={TYPE})
    return {"held": {TYPE}}


@row
def companion_for_a_learner_with_an_own_field(story: Story) -> Mapping[str, object]:
    """The learner's change of the note type has cut its notes off from corrections; new cards arrive all the same."""
    story.does(9, "add_field", "sun", name="Mine")
    _companion(story)
    story.author.fact("moon")["usage"] = "What shines at night?"
    cut_off = {"conflicting": WORDS, "held": {TYPE}}
    # Older ones skip only what they would have updated.
    story.release_and_take(10, new={"sun+usage", "moon+usage"}, **cut_off, without_ids={"conflicting": set()})
    return {**cut_off, "changed": {"seoul", "paris"}, "without_ids": {"conflicting": {"sun"}}}


def _revise(story: Story) -> None:
    author = story.author
    author.kind["facts"]["origin"] = {"type": "text"}
    author.kind["fields"]["Origin"] = "origin"
    author.kind["revision"] = "2"
    author.templates["word/meaning.html.j2"] = MEANING.replace("{{ meaning }}", "{{ meaning }} {{ origin }}")
    author.fact("sun")["origin"] = "PIE *sóh₂wl̥"


@row
def revision_raised_and_merge_ticked(story: Story) -> Mapping[str, object]:
    """An edit stays in a note that the new field leaves empty; the note that fills it is replaced as a whole."""
    _revise(story)
    merged = {"changed": {"sun"}, "moved": {"moon"}, "dropped": {TYPE}, "full_sync": True}
    shows = {"sun": "PIE *sóh₂wl̥", "moon": "the moon"}
    skipped = _skipped("sun") | {"shows": {"moon": "the moon"}}
    story.release_and_take(10, merge=True, **merged, shows=shows, without_merge=skipped)
    # Anki remembers what was ticked.
    story.author.fact("moon")["origin"] = "PIE *lówksneh₂"
    story.release_and_take(20, changed={"moon"}, without_merge=_skipped("sun", "moon"))
    return {"without_merge": _skipped("sun", "moon") | {"changed": {"seoul", "paris"}}}


@row
def revision_raised_and_nothing_ticked(story: Story) -> Mapping[str, object]:
    """No correction arrives, and nothing is lost; to tick it later mends all."""
    _revise(story)
    story.release_and_take(10, conflicting=WORDS, without_merge=_skipped("sun"))
    story.author.fact("moon")["origin"] = "PIE *lówksneh₂"
    merged = {"changed": WORDS, "dropped": {TYPE}, "full_sync": True}
    story.release_and_take(20, merge=True, **merged, without_merge=_skipped("sun", "moon"))
    return {"without_merge": _skipped("sun", "moon") | {"changed": {"seoul", "paris"}}}


def _skipped(*notes: str) -> dict[str, object]:
    """What comes of a new revision where nothing can be ticked."""
    return {"changed": set(), "moved": set(), "dropped": set(), "full_sync": False, "conflicting": set(notes)}


# --- What `build` refuses once it was released: Anki would skip every note that learners have, or split their deck.


def _field_added(author: Author) -> None:
    author.kind["facts"]["origin"] = {"type": "text"}
    author.kind["fields"]["Origin"] = "origin"


def _field_removed(author: Author) -> None:
    del author.kind["fields"]["Extra"]


def _fields_reordered(author: Author) -> None:
    author.kind["fields"] = dict(reversed(author.kind["fields"].items()))


def _field_renamed(author: Author) -> None:
    author.kind["fields"]["Remark"] = author.kind["fields"].pop("Extra")


def _card_added(author: Author) -> None:
    author.kind["cards"].append("third")
    author.labels["cards"]["third"] = "Third"
    author.templates["word/third.html.j2"] = MEANING.replace("{{ word }}", "{{ word }}?")


def _card_removed(author: Author) -> None:
    author.kind["cards"].remove("word")
    del author.labels["cards"]["word"]
    del author.templates["word/word.html.j2"]


def _cards_reordered(author: Author) -> None:
    author.kind["cards"].reverse()


def _card_renamed(author: Author) -> None:
    author.kind["cards"][0] = "sense"
    author.labels["cards"]["sense"] = author.labels["cards"].pop("meaning")
    author.templates["word/sense.html.j2"] = author.templates.pop("word/meaning.html.j2")


def _family_changed(author: Author) -> None:
    kind = built_in("sequence/kind.yaml").replace("family: cloze\n", "").replace("gaps: steps\n", "")
    author.templates["sequence/kind.yaml"] = kind
    author.templates["sequence/fields/steps.html.j2"] = "{% for step in steps %}{{ step.text }} {% endfor %}"
    author.templates["sequence/step.html.j2"] = MEANING.replace("word", "title").replace("meaning", "steps")
    author.templates["sequence/labels/en.yaml"] = built_in("sequence/labels/en.yaml")


def _family_changed_in_a_new_revision(author: Author) -> None:
    _family_changed(author)
    author.templates["sequence/kind.yaml"] += "revision: 2\n"


def _deck_renamed(author: Author) -> None:
    author.deck["name"] = "Tales"


REFUSED: dict[str, tuple[Callable[[Author], None], str]] = {
    "field added": (_field_added, "shape-change"),
    "field removed": (_field_removed, "shape-change"),
    "fields reordered": (_fields_reordered, "shape-change"),
    "field renamed without `formerly`": (_field_renamed, "shape-change"),
    "card added": (_card_added, "shape-change"),
    "card removed": (_card_removed, "shape-change"),
    "cards reordered": (_cards_reordered, "shape-change"),
    "card renamed without `formerly`": (_card_renamed, "shape-change"),
    "family changed": (_family_changed, "shape-change"),
    # Merging would make the whole import fail.
    "family changed in a new revision": (_family_changed_in_a_new_revision, "shape-change"),
    "deck renamed": (_deck_renamed, "deck-renamed"),
}
