"""What a prompt in English asks, in one form for the many ways of asking it.

“Who was the winner of the battle?” and “Who won the battle?” become the same words in the same order. The order stays
what it means: who defeated whom is told apart, in an active and in a passive.
"""

from __future__ import annotations

from typing import Final

from flashgen.lint import english
from flashgen.lint.words import word_set
from flashgen.pattern import pattern

_AROUND: Final = "?？.,!;:\"'“”‘’()…"
_IN_LETTERS = pattern("[A-Z]?[a-z'’]+")
# A short word, such as `bed` and `one`, is no stem with an ending.
_LONG_ENOUGH: Final = 4
# Of `planned`, `plan` is left.
_TWICE = pattern(r"([bdgmnprt])\1$")
# A prompt of more words is no question that is asked in many ways.
_LONGEST: Final = 40
_QUIET: Final = word_set("""
    a an the of be been have what that this these those it its there you we by 's name main chief primary exactly
    please tell me
""")
# Where a phrase stands before the question that it belongs to, and what that begins with.
_BEFORE = word_set("in at on for under within during after before with according")
_ASKING = word_set("what which who whom when where why how")
# Each line: a word, and the others that stand for it. Those behind a `/` are its past or its participle.
_SAME = """
    be is are was were
    do does did
    have has had
    what which
    who whom
    colour color
    behaviour behavior
    grey gray
    kind type sort
    begin start commence / began begun started
    become / became
    bring / brought
    build / built
    buy / bought
    call / called
    catch / caught
    choose / chose chosen
    come / came
    die / died
    draw / drew drawn
    eat / ate eaten
    fall / fell fallen
    fight / fought
    find / found
    forbid / forbade forbidden
    freeze / froze frozen
    get / got gotten
    give / gave given
    grow / grew grown
    hold / held
    keep / kept
    know / knew known
    lead / led
    lose / lost
    make / made
    mean / meant
    meet / met
    need require / needed required
    pay / paid
    run / ran
    say / said
    see / seen
    sell / sold
    send / sent
    sing / sang sung
    speak / spoke spoken
    steal / stole stolen
    take / took taken
    teach / taught
    think / thought
    use / used
    wear / wore worn
    win / won
    write / wrote written
"""
_LINES = [line.split(" / ") for line in _SAME.strip().splitlines()]
_PAST = {word: line[0].split()[0] for line in _LINES for word in line[1:] for word in word.split()}
_BASE = {word: line[0].split()[0] for line in _LINES for word in line[0].split()}
# “Who was the winner of …?”: who won it. “When was the fall of …?”: when it fell.
_DOES = dict(
    pair.split(":")
    for pair in word_set("""
    winner:win author:write writer:write painter:paint composer:compose inventor:invent discoverer:discover
    founder:found builder:build creator:create leader:lead ruler:rule killer:kill designer:design
""")
)
_HAPPENS = dict(
    pair.split(":")
    for pair in word_set("""
    beginning:begin begin:begin end:end fall:fall rise:rise death:die collapse:collapse
""")
)
_IS_DONE = {"discovery": "discover", "invention": "invent", "foundation": "found", "founding": "found"}
_SIZES = {"length": "long", "duration": "long", "height": "high", "depth": "deep", "width": "wide", "age": "old"}
_ONE_WORD = _DOES | _HAPPENS | _IS_DONE | _SIZES | {"tall": "high"}
# Behind a past and a participle, which has its own place in a passive; stands as `*` in what follows.
_MARK = "\ue000"
_AT = r"(?:in|on|at|during|for|after|before|from|to|with|through|into|when|if)"
_MAIN = "(?:main |chief |primary )?"
# One way of asking for each of many. Each is tried once, in this order, on words in their plain form.
_WAYS = (
    (r"^(?:please )?(?:name|give|state|define) (?!who|when|where|why|how|what)", "what be "),
    (r"^(?:what be the reason (?:why|that|for)|for what reason)\b", "why"),
    (r"^in what way\b", "how"),
    (r"^how (?:can|could|should) (?:you|we|one)\b", "how do you"),
    (r"^(how|where) can (.+?) be (\S+\*)", r"\1 be \2 \3"),
    (r"^(when|where) do (.+) (?:happen|occur|take place)$", r"\1 be \2"),
    (r"^(when|where) be (.*battle.*) fight\*$", r"\1 be \2"),
    (r"^where (?:be (.+) (?:locat|situat|find)\*|do (.+) lie)$", r"where be \1\2"),
    (r"^how (long|high|tall|deep|wide|old|heavy) be\b", r"size \1"),
    (r"^how long do (.+) last$", r"size long \1"),
    (rf"^what be the ({'|'.join(_SIZES)}) of\b", r"size \1"),
    (r"^who be the first (?:\S+ )?to\b", "who first"),
    (r"^what be (?:the name of )?the (\S+) (?:that|what|who)\b", r"what \1"),
    (r"^what do (.+) consist of$", r"what be \1 make of"),
    (r"^what (?:do (.+) stand for|be (.+) short for|be (.+) an (?:abbreviation|acronym) (?:of|for))$", r"short \1\2\3"),
    (r"^what do the (?:(?!same )(\S+) )?(?:word|phrase|term) (.+) mean$", r"what do \2 mean \1"),
    (r"\bcapital city\b", "capital"),
    (r"^(what happen\b.*) if\b", r"\1 when"),
    (r"^what be the number of\b", "how many"),
    (r"^what be (?:the )?definition of\b", "what be"),
    (r"^(what|who) be (?!.* of )(?:the |a |an )?(.+?) 's (.+)$", r"\1 be the \3 of \2"),
    (r"^what do (?:you|we|one) call\b", "what be"),
    (r"^what be (.+) call\*$", r"what be \1"),
    (r"^what be the (?:name|term|word) (?:of|for)\b", "what be"),
    (r"^what be (?:the meaning of|mean\* by)\b(.+)$", r"what do\1 mean"),
    (r"^what be (.+) use\* for$", r"purpose \1"),
    (r"^what do (?:you|we|one|people) use (.+) for$", r"purpose \1"),
    (rf"^what be the {_MAIN}(?:use|purpose) of\b", "purpose"),
    (r"^what (?:do|be) (.+) do(?= in | at |$)", r"role \1"),
    (rf"^what be the {_MAIN}(?:role|function|job|task) of\b", "role"),
    (r"^what (?:role|function|task) do (.+) (?:have|play|serve)\b", r"role \1"),
    (r"^what be need\* (?:for|by) (.+?) to\b", r"what do \1 need to"),
    (r"^(what be the \S+(?: \S+)?) for\b", r"\1 of"),
    (rf"^(who) be the ({'|'.join(_DOES)}) of\b", r"\1 \2"),
    (rf"^(when|where|why|how) be the ({'|'.join(_HAPPENS)}) of (.+)$", r"\1 \3 \2"),
    (rf"^(when|where|how) be the ({'|'.join(_IS_DONE)}) of (.+)$", r"\1 \2 \3"),
)
_PASSIVES = (
    # A passive tells who does it first, as an active does; “by whom” at its end asks who does it.
    (r"^(who|what(?: \S+)??) be (.+?) (\S+)\* by$", r"\1 \3 \2"),
    (r"^by (who|what(?: \S+)*?) be (.+) (\S+)\*$", r"\1 \3 \2"),
    (rf"^((?!who|when|where|why|how|what).+?) be (\S+)\* by ((?:who|what).*?)((?: {_AT} .*)?)$", r"\3 \2 \1\4"),
    (rf"^((?:\S+ )+?)be ((?:\S+ )*?)(\S+)\* by (.+?)((?: {_AT} .*)?)$", r"\1 \4 \3 \2\5"),
    # Without a word of who does it, the verb comes first, as in “How do you open a file?”.
    (rf"^((?:\S+ )+?)be ((?:\S+ )+?)(\S+)\*((?: {_AT} .*)?)$", r"\1 \3 \2\4"),
)
_TURNS, _PASSIVE_TURNS = (
    [(pattern(found.replace(r"\*", _MARK)), put) for found, put in ways] for ways in (_WAYS, _PASSIVES)
)
_DIFFERENCE = pattern(
    r"^(?:what be the difference between (.+) and (.+)"
    r"|how (?:do|be) (.+?) (?:differ(?:ent)? from|and) (.+?)(?: differ(?:ent)?)?)$"
)
_CODE_THEN_NOUN = pattern(
    r"(<code\b[^>]*>[^<]*</code>) (function|method|command|operator|keyword|statement|option|tag|module|class)\b"
)


def noun_first(html: str) -> str:
    """Return HTML in which “the `map` function” is “the function `map`”."""
    return _CODE_THEN_NOUN.sub(r"\2 \1", html) if "<code" in html else html


def plain_question(prompt: str) -> tuple[str, ...]:
    """Return the words that tell what a prompt asks, in an order that all ways of asking it share."""
    words = prompt.split()
    text = " ".join(map(_plain, _in_order(words)))
    if "iffer" in text and (found := _DIFFERENCE.match(text)):
        return ("differ", *sorted(_telling(" ".join(filter(None, found.groups())).split())))
    if len(words) <= _LONGEST:
        for way, put in [*_TURNS, *_PASSIVE_TURNS] if _MARK in text else _TURNS:
            text = way.sub(put, text)
    return _telling(text.replace(_MARK, "").split())


def _telling(found: list[str]) -> tuple[str, ...]:
    last = len(found) - 1
    told = (
        _ONE_WORD.get(word, word)
        for at, word in enumerate(found)
        if word not in _QUIET
        and (word != "do" or at == last)
        # What is in a thing is not what the thing is.
        and (word != "in" or at == 0 or found[at - 1] == "be")
    )
    # Whether an `e` belongs to the verb, as in `stored`, cannot be seen of its past: it goes everywhere.
    return tuple(word.removesuffix("e") if len(word) >= _LONG_ENOUGH else word for word in told)


def _in_order(words: list[str]) -> list[str]:
    """Return the words of a prompt with the phrase behind them that stands before its question: “In Python, …”."""
    for at, word in enumerate(words[:-1]):
        if word.endswith(",") and words[0].casefold() in _BEFORE and words[at + 1].casefold() in _ASKING:
            return [*words[at + 1 :], *words[: at + 1]]
    return words


def _plain(written: str) -> str:
    written = written.strip(_AROUND)
    word = written.casefold()
    if word in _PAST:
        return _PAST[word] + _MARK
    # HTTPS is no plural.
    if not _IN_LETTERS.fullmatch(written):
        return word
    owner = " 's" if word.endswith(("'s", "’s")) else ""
    if word in _BASE:
        return _BASE[word]
    word = english.stem(word)
    if word in _BASE or len(word) <= _LONG_ENOUGH:
        return _BASE.get(word, word) + owner
    if word.endswith(("ied", "ie")):
        return word.removesuffix("d")[:-2] + ("y" + _MARK if word.endswith("d") else "y") + owner
    return _TWICE.sub(r"\1", word[:-2]) + _MARK if word.endswith("ed") else word + owner
