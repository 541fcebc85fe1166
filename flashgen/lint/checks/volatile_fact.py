"""FG313: a fact that the world will change, with no date."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flashgen import rules
from flashgen.lint.card import Card
from flashgen.lint.check import CardCheck, Found, Limits
from flashgen.lint.korean import RIEUL, final
from flashgen.lint.prose import prose
from flashgen.pattern import pattern

_OFFICE = (
    r"(?:president|prime minister|chancellor|king|queen|monarch|pope|governor|mayor|ceo|chair(?:man|woman)?|secretary"
    r"|justice|director|leader|head of \w+|holder|champion|world record|record|population|price|rate|rates|minimum wage"
    r"|version|release|standard|guidelines?|recommendations?|number of|members?)"
)
_STATE = r"(?:\w+ing|checked|selected|open|opened|logged|active|visible|shown|displayed|held|focused|loaded)"
_ENGLISH = pattern(
    rf"\b(?:is|are|was|has|have|which \w+|how \w+|who|what|they|it)\b[^.?]*?\bcurrently\b(?! {_STATE})"
    rf"|\b(?:current|present) (?:[\w-]+ ){{0,2}}{_OFFICE}\b"
    r"|\b(?:latest|newest|most recent) (?:[\w.-]+ ){0,2}(?:version|release|edition|model|generation|member|update"
    r"|guidelines?|recommendations?)\b"
    r"|\b(?:to date|nowadays|these days|at present|this year)(?=[.,;?)]|$| (?:is|are|run|use|do|have|has))"
    r"|\bso far(?=[.,;?)]|$)"
    r"|\b(?<!same )(?<!very )(?<!that )at the moment(?=[.,;?)]|$)"
    r"|\bas of (?:now|today|this year|(?:\w+ )?(?:19|20)\d\d)\b"
    r"|\b(?!.*\b(?:called|named|known|lie|lies)\b)(?:use|used|uses|run|runs|exist|exists|live|lives|made) today(?=\?)"
    r"|^who (?!.*\b(?:called|named|known)\b)(?!(?:was|were|did|had)\b)(?:is|\w+s)\b[^.?]*\btoday(?=\?)"
    r"|\b(?:which|what|how many) (?:\w+ )?(?:countries|states|nations|languages|peoples?|monarchies)\b"
    r"(?![^?]*\b(?:was|were|did|had)\b)[^.?]*\bstill\b"
    r"|\breigning\b[^.?]*?\bchampion\b"
    r"|\bupcoming\b|\bas planned\b|\b(?:will|is|are) soon be\b|\bwill soon\b|\bis (?:planned|scheduled) for\b"
    r"|\b(?:has|have)\b[^.?]*?\brecently\b"
    r"|\b(?:is|are) now the\b"
    r"|\bend of (?:life|support)\b(?=[^.?]*\b(?:19|20)\d\d\b)|\bwill\b[^.?]*\bend of (?:life|support)\b",
    re.IGNORECASE,
)
# Most texts hold none of these, and are done with.
_ENGLISH_SIGN = pattern(
    r"current|present|latest|newest|recent|to date|nowadays|these days|this year|so far|moment|as of|upcoming|planned"
    r"|still|scheduled|soon|today|reigning|now the|end of",
    re.IGNORECASE,
)

_KOREAN_OFFICE = (
    r"(?:대통령|총리|국왕|교황|총장|회장|대표|의장|시장|도지사|세계 기록|기록|가장|최대|최고|최다|인구|기준 금리|금리"
    r"|환율|가격|최저임금|최신|정식 버전|회원국|[가-힣]*율(?=[은이?])|수는\?)"
)
_RATED = r"(?:가입|출시|발견|개정|선출|발표|개최|취임|공개|승인|발행)"
# What names a thing of the past by what it is now: “조선 시대에 오늘날의 시장에 해당한 …”, “오늘날 …이라 불리는 도시”.
_NAMING = r"(?![^?]*(?:해당|불리|부르|처럼|같은|옛))"
_PAST_BEFORE = pattern("시대|왕조|당시|세기|년(?:에|부터)|(?:고려|조선|신라|백제|고구려|로마|제국|왕국)의 ")
_PLACE = (
    r"(?:세계|지구|유럽|아시아|대한민국|한국|우리나라|북한|독일|프랑스|일본|인도|스페인"
    r"|[가-힣]{1,6}(?:국|란드|리카|연합))(?:의|에서|에|은|는)? "
)
_WHO = "(?:나라|사람|곳|지역|언어|민족|회사)"
_LIVES = "(?:쓰는|다스리는|말하는|믿는|사는|가진|있는)"
_HAS_DONE = "(?:받은|딴|이긴|우승한|오른|팔린|세운|거둔|지낸|다녀온)"
# A span of time before a moment, as in “최근 한 달”, stays what it is.
_SPAN = r"(?:\d|한 |두 |세 |네 |다섯 |여섯 |며칠|몇 )"
_KOREAN = pattern(
    rf"(?<![가-힣])(?:현재|지금|오늘날)(?:의)?(?= )[^.?]*?(?<![가-힣]){_KOREAN_OFFICE}"
    rf"|^(?:현재|지금|오늘날)(?= {_PLACE})"
    rf"|^(?:지금|오늘날)(?= {_NAMING}[^.?]*?{_LIVES} {_WHO})"
    rf"|^아직도(?= [^.?]*?는 [^.?]*?{_WHO}(?:은|는)?\?)"
    rf"|(?<![가-힣])지금까지(?= (?!읽|쓴|센|더한|본|들|온|배운)[^.?]*?{_HAS_DONE} )"
    r"|(?<![가-힣])현 (?:[가-힣]+ ){0,2}(?:대통령|총리|챔피언|회장|교황|시장|국왕)"
    r"|(?<![가-힣])지금까지 (?:알려진|발견된|발견한|밝혀진|확인된|발사된|나온)"
    r"|(?<![가-힣])(?:요즘|요새|올해|내년|근래)(?![가-힣])"
    r"|(?<![가-힣])최신 (?:[\w.]+ )?(?:버전|릴리스|안정판|모델|세대|개정판)"
    r"|(?<!가장 )(?<![가-힣])최근"
    rf"(?: (?!{_SPAN}|사용|방문|접속|열|문서|파일|항목)|에 (?!쓴|쓰|사용|넣|연 |열|읽|접근|방문|입력|추가))"
    rf"|(?<![가-힣])가장 최근에 [^.?]*?{_RATED}"
    rf"|(?<![가-힣])앞으로 [^.?]*?(?:추가|도입|지원|제거|폐지|출시|변경|공개|시행|개정|종료)될"
    r"|(?<![가-힣])아직 [^.?]*?(?:정식|출시|공개|지원|발견|증명|해결|밝혀)[^.?]*?(?:않|못|없)"
    r"|(?:19|20)\d\d년(?: \d+월)? (?:현재|기준)"
    r"|[가-힣] 예정(?=인|이|임|$|[.?])"
)
_KOREAN_SIGN = pattern("현재|지금|오늘날|아직|현 |요즘|요새|올해|내년|근래|최신|최근|앞으로|기준|예정")
# A story that a question is about: what happens in it is true in it.
_STORY = pattern(r"(?:an?|your?|suppose|imagine|someone|somebody|if|when|while|two|three|several)\b", re.IGNORECASE)
_SENTENCE = pattern(r"[^.!?]*(?:[.!?](?=\S)[^.!?]*)*[.!?]?")


def aging(text: str, language: str) -> str | None:
    """Return the words of a text that will not stay true, or None."""
    if not (_KOREAN_SIGN if language == "ko" else _ENGLISH_SIGN).search(text):
        return None
    if language != "ko":
        sentences = [one.strip() for one in _SENTENCE.findall(text)]
        text = " ".join(one for one in sentences if one.endswith("?") or not _STORY.match(one))
    for found in (_KOREAN if language == "ko" else _ENGLISH).finditer(text):
        # A text that is nothing but the word tells of the word.
        if found[0] == text.strip(" ."):
            continue
        if language == "ko" and found[0].startswith(("지금", "오늘날")) and _PAST_BEFORE.search(text[: found.start()]):
            continue
        # A verb ends in ㄹ there: 나올 예정, but not 최종 예정.
        if language == "ko" and found[0].endswith(" 예정") and final(found[0][0]) != RIEUL:
            continue
        return found[0].strip()
    return None


def _judge(card: Card, _: Limits) -> Iterator[Found]:
    if not card.is_first or card.fact.value("as_of") is not None:
        return
    for spec in card.kind.fields:
        # What older texts say is told as past, and `context` and `source` come with the fact.
        if spec.source.removeprefix("part.") in ("older", "context", "source", "as_of"):
            continue
        html = card.fields.get(spec.name, "")
        words = aging(prose(html), card.language) if html else None
        if words is not None:
            message = f"`{card.name}` will not stay true, and does not say when it was: “{words}”"
            hint = "add `as_of` with the month in which it was true, or name what does not change"
            yield Found(card.field_at((spec.name,)), message, hint)


CHECK = CardCheck(rules.VOLATILE_FACT, _judge, languages=frozenset({"en", "ko"}))
