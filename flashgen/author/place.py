"""Where a new fact goes: which file of which deck, and which line of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from flashgen.errors import FlashgenError, ProjectError
from flashgen.model import DeckFolder, Document
from flashgen.schema import good_id, ids_of, why_no_id
from flashgen.values import Map, Seq, Value
from flashgen.write.edit import Edit, Places, apply, line_break, readable, value_of

_FLAT = "{} is written so that a fact cannot be put in"


class Placed(Struct, frozen=True):
    """A file's text with a fact put in, and the line, from 1, that the fact starts on."""

    text: str
    line: int


def refuse_id(deck: DeckFolder, name: str) -> None:
    """Raise ProjectError where a name is no id, or is one that the deck has or had."""
    if not good_id(name):
        raise ProjectError(*why_no_id(name))
    for document in deck.files:
        for fact in facts_of(document):
            for known, at in ids_of(fact):
                if known == name:
                    where = f"{document.path}:{at[0] + 1}"
                    raise ProjectError(f"`{name}` names a fact of this deck already: {where}", "choose another id")
    retired = deck.deck.value.get("retired") if isinstance(deck.deck.value, Map) else None
    if isinstance(retired, Seq) and name in retired:
        hint = f"choose another id, or take `{name}` out of there if the fact comes back"
        raise ProjectError(f"`{name}` is retired in {deck.deck.path}, and learners may have it", hint)


def facts_of(document: Document) -> Iterator[Map]:
    """Yield the facts of a file, as far as it holds any."""
    facts = document.value.get("facts") if isinstance(document.value, Map) else None
    if isinstance(facts, Seq):
        yield from (fact for fact in facts if isinstance(fact, Map))


def file_for(root: Path, deck: DeckFolder, kind: str) -> Path:
    """Return the file of a deck that a fact of a kind belongs in; where there is none yet, a new one of that name."""
    for document in deck.files:
        if isinstance(document.value, Map) and document.value.get("kind") == kind:
            return root / document.path
    for document in deck.files:
        if any(fact.get("kind") == kind for fact in facts_of(document)):
            return root / document.path
    return deck.folder / f"{kind}.yaml"


def kind_of(text: str) -> str | None:
    """Return the kind that a file gives to facts which name none."""
    value = value_of(text)
    kind = value.get("kind") if isinstance(value, Map) else None
    return kind if isinstance(kind, str) else None


def put_fact(text: str, shown: str, name: str, lines: Sequence[str]) -> Placed:
    """Return a fact file's text with a fact put in behind its last one; all else stays as it is.

    `lines` are those of the fact `name` at the left margin, `shown` is the file's name. Raises FlashgenError where the
    file cannot take it.
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    body = text.removeprefix(mark)
    value = value_of(body)
    if not readable(body):
        raise FlashgenError(f"{shown} has mistakes", "run `flashgen check`, and mend them first")
    for placed in _ways(body, value, lines):
        if _holds(placed.text, value, name):
            return Placed(mark + placed.text, placed.line)
    raise FlashgenError(_FLAT.format(shown), "name another file with `--file`; a new one will do")


def _ways(body: str, value: Value | None, lines: Sequence[str]) -> Iterator[Placed]:
    """Yield the texts that the file could become, the tidiest first."""
    newline = line_break(body)
    facts = value.get("facts") if isinstance(value, Map) else None
    places = Places(body)
    if isinstance(value, Map) and isinstance(facts, Seq) and facts:
        column, apart = _habit(body, facts, places)
        following = [at[0] for key, at in value.keys_at.items() if at[0] > facts.values_at[-1][0]]
        end = places.starts[min(following)] if following else len(body)
        # Comments before the next property are about that one.
        tidy = _end_of_lines(body, end, comments=not following)
        block = newline.join(" " * column + line if line else "" for line in lines)
        # An empty line would belong to a text that keeps those at its end.
        for offset, gap in ((tidy, newline if apart else ""), (end, "")):
            before = newline if offset and body[offset - 1] not in "\r\n" else ""
            yield _placed(body, offset, f"{before}{gap}{block}{newline}", len(before + gap))
        return
    block = newline.join("  " + line if line else "" for line in lines)
    if isinstance(value, Map) and "facts" in value and not facts:
        key_line = value.keys_at["facts"][0]
        if isinstance(facts, Seq):
            brackets = places.start(facts.at)
            body = apply(body, [Edit(len(body[:brackets].rstrip(" ")), places.end(facts.at), "")])
        starts = Places(body).starts
        offset = starts[key_line + 1] if key_line + 1 < len(starts) else len(body)
        before = "" if body[:offset].endswith(("\n", "\r")) else newline
        yield _placed(body, offset, f"{before}{block}{newline}", len(before))
    else:
        before = "" if not body or body.endswith(("\n", "\r")) else newline
        yield _placed(body, len(body), f"{before}facts:{newline}{block}{newline}", len(f"{before}facts:{newline}"))


def _placed(body: str, offset: int, new: str, start: int) -> Placed:
    text = apply(body, [Edit(offset, offset, new)])
    return Placed(text, Places(text).line(offset + start) + 1)


def _habit(body: str, facts: Seq, places: Places) -> tuple[int, bool]:
    """Return the column of the facts' dashes, and whether an empty line goes before each."""
    lines = [body[: places.start(at)].rfind("-") for at in facts.values_at]
    column = lines[-1] - places.starts[places.line(lines[-1])]
    apart = [not _line_before(body, dash, places).strip() for dash in lines[1:]]
    return column, apart[-1] if apart else True


def _line_before(body: str, offset: int, places: Places) -> str:
    line = places.line(offset)
    return body[places.starts[line - 1] : places.starts[line]] if line else ""


def _end_of_lines(body: str, end: int, *, comments: bool) -> int:
    """Return where the last line before `end` ends that says something."""
    places = Places(body)
    line = places.line(max(end - 1, 0))
    while line > 0:
        said = body[places.starts[line] : end].strip()
        if said and (comments or not said.startswith("#")):
            break
        end = places.starts[line]
        line -= 1
    return end


def _holds(text: str, before: Value | None, name: str) -> bool:
    """Whether a text says what was said before, and one fact more behind the others."""
    value = value_of(text)
    facts = value.get("facts") if isinstance(value, Map) else None
    if not isinstance(value, Map) or not isinstance(facts, Seq) or not isinstance(facts[-1], Map):
        return False
    old = before if isinstance(before, Map) else {}
    had = old.get("facts")
    kept = had if isinstance(had, Seq) else []
    others = {key: entry for key, entry in value.items() if key != "facts"}
    same = others == {key: entry for key, entry in old.items() if key != "facts"}
    return same and facts[:-1] == kept and facts[-1].get("id") == name
