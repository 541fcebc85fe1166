"""Korean, as far as the rules read it: particles, words that ask, and endings that ask."""

from __future__ import annotations

from flashgen.lint.words import word_set
from flashgen.pattern import pattern

_FIRST, _LAST, _FINALS = 0xAC00, 0xD7A3, 28
# What `final` returns for ㄴ and ㄹ.
NIEUN, RIEUL = 4, 8

# What stands behind a noun.
_PARTICLES = word_set("""
    은 는 이 가 을 를 의 에 로 와 과 도 만 란 랑 나 며 고 인 으로 에서 에게 까지 부터 처럼 보다 마다 조차 마저
    이나 이랑 이란 하고 라는 라고 라고도 이라는 이라고 이라고도 로는 로서 로써 로의 로부터 으로는 으로도 으로서
    으로써 으로서의 으로부터 에는 에도 에의 에서는 에서도 에서의 에서부터 에게서 에게서는 와의 과의 까지의 부터의
    만이 만을 만의 들은 들의 들이 들을 이며 이고 이자 이다 인가 인가요 였던 였다 이었던 이었다 입니까 입니다
""")
_LONGEST = max(map(len, _PARTICLES))
EMPTY = word_set("""
    것 수 등 및 때 하 있 없 되 하는 하다 한다 있는 있다 없는 없다 되는 된다 하여 위한 위해 대한 대해 이 그 저 더 또 각
    모든 한 두 세
""")
# One of a few that everybody knows: alone, they are no piece of knowledge that a text could give away.
COMMON = word_set("""
    예 네 아니요 참 거짓 모두 같음 다름 없음 있음 왼쪽 오른쪽 위쪽 아래쪽 안쪽 바깥쪽 앞쪽 뒤쪽 높음 낮음 큼 작음
    많음 적음 빠름 느림 동쪽 서쪽 남쪽 북쪽 하나 다섯 여섯 일곱 여덟 아홉 절반 증가 감소 상승 하강 양수 음수 처음 마지막
""")
# So many words that say something make an answer that its prompt can repeat.
FEW = 3
_AROUND = pattern(r"^[^\w]+|[^\w]+$")
_ASKS = pattern(
    r"무엇|무얼|뭐|뭘|뭣|무슨|어떻게|어떠|어떤|어떨|어느|어디|어딘|어딜|언제|누구|누가|누굴|누군|몇|며칠|얼마|어찌|어째|어쩌|"
    r"왜(?:$|냐|인|일|요|죠)"
)
_INDEFINITE = pattern(r"언제나|누구(?:나|든|라도|도)|어디(?:서)?(?:나|든|도)|무엇(?:이나|이든|도)|얼마든지|몇몇")
# 어떤 수든, 어느 쪽이라도: whatever it is.
_ANY = pattern(r"(?:든|든지|라도|이나|도)$")
_ENDING = pattern(r"(?:나|나요|니|니까|죠|지요|지|냐|느냐)$")
# Nouns that end as a question does.
_NOUN = pattern(
    r"(?:하나|언제나|누구나|어디서나|어디나|바나나|전문가|원가|단가|판가|찬가|연가|분가|누나|예나|안나|어머니|할머니|주머니|바구니|돼지|가지|편지|휴지|잡지|토지)$"
)


def trimmed(word: str) -> str:
    """Return a word without punctuation around it."""
    return _AROUND.sub("", word)


def stem(word: str) -> str:
    """Return a word without punctuation around it and without the particle behind it."""
    word = trimmed(word)
    for length in range(min(_LONGEST, len(word) - 1), 0, -1):
        if word[-length:] in _PARTICLES:
            return word[:-length]
    return word


def asks_for_something(text: str) -> bool:
    """Whether a text holds a word that asks for more than yes or no, such as 무엇, 왜 or 몇."""
    found = [trimmed(word) for word in text.split()]
    for index, word in enumerate(found):
        if _ASKS.match(word) and not _INDEFINITE.match(word):
            is_any = word in {"어떤", "어느"} and any(map(_ANY.search, found[index + 1 : index + 3]))
            if not is_any:
                return True
    return False


def asks(word: str) -> bool:
    """Whether a word is a verb that asks, such as 인가, 있나요, 합니까 or 죽었을까."""
    word = trimmed(word)
    if _NOUN.search(word):
        return False
    ending = word.removesuffix("요")
    before = ending[-2:-1]
    if ending.endswith("가") and before:
        return final(before) == NIEUN
    if ending.endswith("까") and before:
        return final(before) == RIEUL or before == "니"
    return len(word) > 1 and _ENDING.search(word) is not None


def final(syllable: str) -> int:
    """Return the number of a syllable's final consonant, 0 where it has none or is no syllable."""
    return (ord(syllable) - _FIRST) % _FINALS if _FIRST <= ord(syllable) <= _LAST else 0
