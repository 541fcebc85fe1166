"""What kind.yaml may hold, and what every fact may hold whatever its kind."""

from __future__ import annotations

from flashgen.model import Family
from flashgen.schema import Property, Type

# What every fact may hold, whatever its kind.
COMMON = {
    prop.name: prop
    for prop in (
        Property("id", Type.PLAIN, required=True, about="Unique in the deck; progress hangs on it"),
        Property("kind", Type.PLAIN, about="The folder under templates/ that says what this fact holds"),
        Property("tags", Type.WORDS, about="Tags in Anki, added to those of the file"),
        Property("source", Type.TEXT, about="The page that proves the fact"),
        Property("covers", Type.WORDS, about="The statements of outline.yaml that this fact teaches"),
        Property("formerly", Type.WORDS, about="The ids this fact had before, the oldest first"),
        Property("deck", Type.TEXT, about="The subdeck for this fact's cards"),
        Property("draft", Type.BOOLEAN, about="`true` leaves the fact out of builds"),
        Property("allow", Type.MAP, about="Rules that this fact breaks on purpose, each with its reason"),
        Property("see", Type.WORDS, about="Ids of facts that belong beside this one"),
        Property("confused_with", Type.WORDS, about="Ids of facts that learners mix up with this one"),
        Property("as_of", Type.TEXT, about="When the fact was last known to be true, for facts that age"),
        Property("context", Type.TEXT, about="The quiet line above the prompt that says what the card is about"),
    )
}
# What an item of a list may hold beside its kind's properties.
PART = {
    "id": Property("id", Type.PLAIN, required=True, about="Unique among its siblings; progress hangs on it"),
    "formerly": Property("formerly", Type.WORDS, about="The ids this item had before, the oldest first"),
}
KIND = {
    prop.name: prop
    for prop in (
        Property("about", Type.PLAIN, about="What a fact of this kind is, in a sentence"),
        Property("family", Type.CHOICE, choices=tuple(Family), about="What Anki makes cards by: templates, or gaps"),
        Property("facts", Type.ANY, required=True, about="the properties of a fact"),
        Property("each", Type.ANY, about="The list whose items make a note each"),
        Property("gaps", Type.PLAIN, about="The list whose items make a gap each"),
        Property("fields", Type.ANY, required=True, about="Anki's fields, in order"),
        Property("cards", Type.ANY, required=True, about="the ids of its card templates"),
        Property("revision", Type.NUMBER, about="Raised to leave a released shape"),
        Property("companions", Type.ANY, about="Note types beside the kind's own, with the same facts"),
    )
}
PROPERTY = {
    prop.name: prop
    for prop in (
        Property(
            "type",
            Type.CHOICE,
            required=True,
            choices=tuple(type_ for type_ in Type if type_ not in (Type.WORDS, Type.ANY)),
            about="what it holds",
        ),
        Property("required", Type.BOOLEAN, about="`true` where a fact must have it"),
        Property("about", Type.PLAIN, about="What it is for"),
        Property("max", Type.NUMBER, about="How many characters it may have"),
        Property("min", Type.NUMBER, about="How many items it must have"),
        Property("of", Type.WORDS, minimum=2, about="What a choice may be"),
        Property("items", Type.ANY, about="The properties of a list's records"),
        Property("keys", Type.PLAIN, about="The list whose ids are the keys of a map"),
    )
}
# What a note type beside the kind's own holds: it has the same facts, and other fields and cards.
COMPANION = {name: prop for name, prop in KIND.items() if name not in ("about", "facts", "companions")}
# A field or card that was renamed.
FIELD = {
    "from": Property("from", Type.PLAIN, required=True, about="the property or file that fills it"),
    "formerly": Property("formerly", Type.WORDS, required=True, minimum=1, about="its names before, the oldest first"),
}
CARD = {
    "id": Property("id", Type.PLAIN, required=True, about="it names the template's file"),
    "formerly": Property("formerly", Type.WORDS, required=True, minimum=1, about="its ids before, the oldest first"),
}
EACH = {"in": Property("in", Type.PLAIN, required=True), "having": Property("having", Type.PLAIN)}
