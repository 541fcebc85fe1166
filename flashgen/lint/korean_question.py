"""What a prompt in Korean asks, in one form for the many ways of asking it.

“페니실린은 누가 발견했는가?” and “페니실린을 발견한 사람은?” become the same words. Their order is free in
Korean, so it counts for nothing here; the particles that tell who does what to whom are kept.
"""

from __future__ import annotations

from flashgen.lint.korean import NIEUN, RIEUL, asks, final
from flashgen.lint.words import word_set
from flashgen.pattern import pattern

_PIEUP, _PAST = 17, 20
_HANGUL, _FINALS, _VOWELS = 0xAC00, 28, 21
_AROUND = "?？.,!;:\"'“”‘’()…"
_QUIET = word_set("모두 주로 바로 다음 중 중에서")
# What asks, and the noun that stands for it where a prompt ends in a noun: “누가 …했는가?” is “…한 사람은?”.
_ASKED = (
    (pattern("누가|누구(?:를|인가)?"), "사람"),
    (pattern("무엇(?:을|이|인가)?|무얼|뭘|뭐"), "것"),
    (pattern("언제"), "때"),
    (pattern("어디(?:에|에서|서|로)?"), "곳"),
    (pattern("왜"), "까닭"),
    (pattern("어떻게"), "방법"),
    (pattern("뭐라고?|무엇이라고?"), "말"),
    (pattern("얼마나"), "정도"),
)
_WHICH = word_set("어떤 어느 무슨")
_SAME_NOUN = dict(
    pair.split(":")
    for pair in word_set("""
    이유:까닭 시기:때 시점:때 연도:해 년도:해 장소:곳 위치:곳 인물:사람 법:방법 기능:역할 임무:역할 의미:뜻 개수:수
""")
)
# What one asks of a thing in one noun: “X가 하는 일”, “X는 어떤 역할을 하는가” and “X의 역할”.
_AS_NOUN = {
    ("하", "일"): "역할",
    ("하", "것"): "역할",
    ("하", "역할"): "역할",
    ("맡", "역할"): "역할",
    ("뜻하", "것"): "뜻",
    ("의미하", "것"): "뜻",
    ("일어나", "일"): "결과",
    ("되", "방법"): "결과",
    ("하", "말"): "말",
    ("부르", "말"): "말",
    ("이르", "말"): "말",
    ("가리키", "말"): "말",
    ("이어지", "정도"): "기간",
    ("걸리", "정도"): "기간",
    ("이어지", "기간"): "기간",
    ("걸리", "기간"): "기간",
    ("걸리", "시간"): "기간",
}
_OWNED = word_set("역할 뜻 까닭 수 결과")
_COUNTED = pattern("(?:은|는|이|가)? 몇 (?:개|명|마리|가지)(?:인가|인가요|일까|입니까|가? 있는가)$")
_IS = pattern("(?:인가|인가요|입니까|일까|일까요)$")
_ASKING, _TIMES = word_set("무엇 누구 어디 언제"), word_set("때 해 날 연대 세기")
# “캐나다의 수도는 어느 도시인가?” asks no more than “캐나다의 수도는?”.
_CLASSES = word_set("도시 나라 곳 사람 해 때 지역 왕조 시대")
_SHORT = word_set("한 된 쓴 쓸 할 될")
_ENDING = pattern("(?<=.)(?:는가요|은가요|는가|은가|던가|나요|습니까|을까요|을까|는|은|던)$")
# “‘개’를 영어로 하면?”, “‘개’는 영어로 무엇인가?” and “‘개’의 영어는?” ask the same.
_IN_LANGUAGE = pattern(
    "[을를은는의]? ((?:영|한국|일본|중국|독일|프랑스|스페인|이탈리아|러시아|라틴|그리스)어)"
    "(?:는|로|로 하면|로 무엇인가|로 뭐라고 하는가|로 어떻게 말하는가)$"
)
_IF = pattern("(?<=..)(?:이라면|라면|이면|으면|면)$")
_SUBJECT_OR_TOPIC = pattern("(?<=.)(?:이란|란|은|는|이|가)$")
_OBJECT = pattern("(?<=.)[을를]$")
_TOPIC = pattern("(?<=.)(?:이란|란|은|는)$")
_MOVES = word_set("가 오 나가 나오 나 떠나 출발하 들어오 들어가 내리")
# How the end of a stem is spoken with the past: 하 and 었 are 했, 세우 and 었 are 세웠.
_SPOKEN = {"했": "하", "썼": "쓰", "컸": "크", "껐": "끄", "떴": "뜨"}
_SPOKEN_VOWELS = {6: 20, 9: 8, 10: 11, 14: 13}


def plain_questions(prompt: str) -> tuple[tuple[str, ...], ...]:
    """Return the words that tell what a prompt asks, sorted; and those of another reading, where there is one."""
    text = " ".join(filter(None, (word.strip(_AROUND) for word in prompt.casefold().split())))
    text = _IN_LANGUAGE.sub(r"의 \1", _COUNTED.sub(" 수", text))
    found = [word for word in _with_ifs(text.split()) if word not in _QUIET]
    if not found:
        return ()
    rest, verb, noun = _parts(found)
    noun = _SAME_NOUN.get(noun, noun)
    if (verb, noun) in _AS_NOUN:
        verb, noun = "", _AS_NOUN[verb, noun]
    if noun in _OWNED and rest:
        rest[-1] = rest[-1].removesuffix("의")
    # “뇌막염에는 어떤 증상이 있는가?”: the symptoms of it.
    if verb == "있" and noun and rest:
        verb, rest[-1] = "", f"{_named(rest[-1]).removesuffix('에')}의"
    asked = (f"{verb}-", f"{noun}?")
    readings = [tuple(sorted([*asked, *(_told(word, verb) for word in rest)]))]
    # A topic may be what the verb does it to: “단조는 어떻게 만드는가?”.
    if verb and any(map(_TOPIC.search, rest)) and not any(map(_OBJECT.search, rest)):
        turned = [_TOPIC.sub("을", word) for word in rest]
        readings.append(tuple(sorted([*asked, *(_told(word, verb) for word in turned)])))
    return tuple(readings)


def _with_ifs(found: list[str]) -> list[str]:
    """Return the words, with `…면` and `…ㄹ 때` in one form."""
    made: list[str] = []
    for at, word in enumerate(found):
        is_last = at + 1 == len(found)
        if word in {"때", "때에"} and made and not is_last and final(made[-1][-1]) == RIEUL:
            before = made.pop()
            made.append(f"{before[:-1] if before.endswith('일') else _stem(before)}+면")
        else:
            made.append(word if is_last else _IF.sub("+면", word))
    return made


def _parts(found: list[str]) -> tuple[list[str], str, str]:
    """Return what stands around what is asked, the stem of its verb or "", and the noun that is asked for or ""."""
    *rest, last = found
    if rest and (said := _IS.search(last)):
        return _asked_by_being(rest, last[: said.start()])
    if asks(last):
        return _asked_by_verb(rest, _stem(last))
    # “문자열을 나누는 파이썬의 메서드”: whose it is may stand between.
    at = len(rest) - 2 if len(rest) > 1 and rest[-1].endswith("의") else len(rest) - 1
    if at >= 0 and last != "수" and _describes(rest[at]):
        return rest[:at] + rest[at + 1 :], _stem(rest[at]), _named(last)
    return rest, "", _named(last)


def _asked_by_being(rest: list[str], noun: str) -> tuple[list[str], str, str]:
    """Return the parts of a prompt that ends in 무엇인가, 언제인가, or in a noun and 인가."""
    if noun == "언제" and _SAME_NOUN.get(_named(rest[-1]), _named(rest[-1])) not in _TIMES:
        return rest, "", "때"
    if noun in _ASKING:
        return _parts(rest) if _TOPIC.search(rest[-1]) else (rest, "", "")
    if rest[-1] not in _WHICH:
        return rest, "", noun
    is_plain = noun in _CLASSES and len(rest) > 1 and _TOPIC.search(rest[-2])
    return _parts(rest[:-1]) if is_plain else (rest[:-1], "", noun)


def _describes(word: str) -> bool:
    """Whether a word may be a verb before a noun, such as 나누는, 일어난 or 쓸; some nouns look like that."""
    return word.endswith(("는", "던")) or (final(word[-1]) in {NIEUN, RIEUL} and (len(word) > 1 or word in _SHORT))


def _asked_by_verb(rest: list[str], verb: str) -> tuple[list[str], str, str]:
    """Return the parts of a prompt that ends in a verb, by the first word in it that asks."""
    for at, word in enumerate(rest):
        noun, asked, behind = next((noun for asked, noun in _ASKED if asked.fullmatch(word)), ""), word, at + 1
        if word == "몇" and rest[behind : behind + 1] in (["년에"], ["년"]):
            noun, behind = "해", behind + 1
        elif word in _WHICH and behind < len(rest):
            noun, asked, behind = _OBJECT.sub("", _named(rest[behind])), rest[behind], behind + 1
        if noun:
            others = rest[:at] + rest[behind:]
            # Where the object is asked for, what the prompt is about is no object.
            is_object = _OBJECT.search(asked) is not None or asked in {"무얼", "뭘"}
            return [_TOPIC.sub("", one) for one in others] if is_object else others, verb, noun
    return rest, verb, ""


def _named(word: str) -> str:
    return _SUBJECT_OR_TOPIC.sub("", word)


def _told(word: str, verb: str) -> str:
    """Return a word with the particle that tells what part it plays, and without the others."""
    if _OBJECT.search(word):
        return f"{word[:-1]}를"
    word = _named(word)
    if word.endswith("에서") and verb not in _MOVES:
        return f"{word.removesuffix('에서')}의"
    return "데" if word == "데에" else word


def _stem(word: str) -> str:
    """Return the stem of a verb: 일어나 of 일어났는가 and of 일어난, 만드 of 만들었는가 and of 만드는."""
    ended = _ENDING.sub("", word)
    if ended == word and len(word) > len("니까"):
        ended = word.removesuffix("니까" if word.endswith("니까") else "가")
    if len(ended) > 1 and ended[-1] in "었았였":
        ended = ended[:-1]
    elif ended[-1] in _SPOKEN:
        ended = ended[:-1] + _SPOKEN[ended[-1]]
    elif final(ended[-1]) == _PAST and ended[-1] != "있":
        ended = ended[:-1] + _changed(ended[-1])
    return ended[:-1] + _open(ended[-1]) if final(ended[-1]) in {NIEUN, RIEUL, _PIEUP} else ended


def _changed(syllable: str) -> str:
    """Return the last syllable of a stem, of how it is spoken with the past: 우 of 웠, 기 of 겼."""
    first, vowel = divmod((ord(syllable) - _HANGUL) // _FINALS, _VOWELS)
    return chr(_HANGUL + (first * _VOWELS + _SPOKEN_VOWELS.get(vowel, vowel)) * _FINALS)


def _open(syllable: str) -> str:
    return chr(ord(syllable) - final(syllable))
