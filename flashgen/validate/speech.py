"""`speech:` of deck.yaml → the voice in which Anki reads each language aloud."""

from __future__ import annotations

from collections.abc import Sequence
from locale import locale_alias

from flashgen import rules
from flashgen.diagnostics import did_you_mean
from flashgen.schema import RECORD, Checker
from flashgen.values import Map, Value

# Anki names voices as locales are named: `ko_KR`.
_VOICES = frozenset(code for alias in locale_alias.values() if "_" in (code := alias.partition(".")[0]))


def read_speech(check: Checker, value: Map, languages: Sequence[str] | None) -> dict[str, str]:
    """Return the voices by language; what is wrong is reported. `value` is what deck.yaml holds."""
    given = value.get("speech")
    if given in (None, "", "false"):
        return {}
    at = value.values_at["speech"]
    if given == "true":
        voices = {language: _usual(language) for language in languages or ()}
        for language, voice in voices.items():
            if not voice:
                hint = f"write `speech: {{{language}: …}}` with a code such as `ko_KR`"
                check.say(rules.BAD_LANGUAGE, f"no voice is known for `{language}`", at, hint)
        if languages is None:
            hint = "write `speech: {en: en_US}`, with the language that the deck is in"
            check.say(rules.BAD_LANGUAGE, "deck.yaml lists no `languages:` that could be spoken", at, hint)
        return voices
    if not isinstance(given, Map):
        hint = "write `true`, or `{ko: ko_KR}`"
        check.say(rules.WRONG_TYPE, f"`speech` takes `true`, `false` or {RECORD}", at, hint)
        return {}
    found: dict[str, str] = {}
    for language, voice in given.items():
        if languages and language not in languages:
            hint = did_you_mean(language, languages) or "list it in deck.yaml under `languages:`, or delete it"
            message = f"`{language}` is not a language of this deck"
            check.say(rules.UNKNOWN_LANGUAGE, message, given.keys_at[language], hint)
        elif not _is_voice(voice):
            shown = f"`{voice}`" if isinstance(voice, str) else "this"
            hint = (did_you_mean(voice, _VOICES) if isinstance(voice, str) else None) or _example(language)
            check.say(rules.BAD_LANGUAGE, f"{shown} is no voice of Anki's", given.values_at[language], hint)
        else:
            found[language] = voice
    return found


def _is_voice(voice: Value) -> bool:
    return isinstance(voice, str) and voice in _VOICES


def _usual(language: str) -> str:
    code = locale_alias.get(language.replace("-", "_").lower(), "").partition(".")[0]
    return code if code in _VOICES else ""


def _example(language: str) -> str:
    return f"write `{_usual(language) or 'ko_KR'}`"
