"""The hour that a sentence names: "15:00 UTC", "by five", "halb vier", "before lunch", "am Abend"."""

import re
from collections.abc import Iterator
from datetime import UTC, time, tzinfo
from typing import NamedTuple

from agent_runtime.ingest.number_words import COUNTS, alternatives

# When the parts of a day are over; what is done over night is there as work begins.
START_OF_DAY, NOON, AFTER_LUNCH, END_OF_AFTERNOON = time(9, 0), time(12, 0), time(15, 0), time(18, 0)
END_OF_EVENING, END_OF_NIGHT = time(22, 0), time(23, 59)
_WORDS = {word: number for word, number in COUNTS.items() if number <= 12 and len(word) > 2 and " " not in word}
for _article in ("ein", "few", "eine", "einem", "einer", "einen", "eines", "zweier", "dreier"):
    _WORDS.pop(_article, None)
_WORDS |= {"eins": 1}
_WORD = alternatives(_WORDS)
_HOUR = rf"(?:1[0-2]|[1-9]|{_WORD})"
# The words before an hour. "At" and "um" never stand before a date; "by" and "bis" do.
_ABOUT = r"(?:(?:about|around|roughly|just|exactly|etwa|ca\.?|circa|spätestens|kurz|genau|pünktlich|punkt)\s+)?"
_BEFORE = (
    r"(?:by|before|b4|at|until|till|'?til|no later than|not later than|shortly after|just after|come|"
    r"bis gegen|bis um|bis kurz vor|kurz nach|bis|um|gegen|vor|ab|spätestens)"
)
_CUE = rf"\b{_BEFORE}\s+{_ABOUT}"
_EXPLICIT = re.compile(
    r"(?i)\b(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?\s*"
    # "um 5 am Freitag" is no early morning.
    r"(?P<half>am(?!\s+(?:\w+tag|mittwoch|abend|\d))|pm|a\.m\.|p\.m\.|uhr|o'clock)(?!\w)(?:\s(?P<after>[0-5]\d)\b)?|"
    # "0600", "1500 UTC": four figures together only where they begin with a nought or another word says what they are.
    r"\b(?P<four>[01]\d|2[0-3])(?P<figures>[0-5]\d)(?=\s?(?:utc|gmt|hrs)\b)|"
    r"\b(?:at|by|before|um|bis) (?P<nought>0\d)(?P<more>[0-5]\d)\b|"
    # A scale is no hour.
    r"(?<!scale )(?<!ratio )(?<!maßstab )"
    r"\b(?P<colon>\d{1,2}):(?P<past>\d\d)\b|"
    rf"\b(?P<word>{_WORD}) (?P<said>uhr|o'clock)\b"
)
_HALF_PAST = re.compile(rf"(?i)\bhalf past (?P<hour>{_HOUR})\b|{_CUE}half (?P<british>{_HOUR})\b")
_HALB = re.compile(rf"(?i)\bhalb (?P<hour>{_WORD}|1[0-2]|[1-9])\b(?! (?:so|mal|volle?)\b)")
# "quarter to three", "ten past four", "zehn vor acht"; "five to ten" is an hour only behind a preposition.
_MINUTES = re.compile(
    rf"(?i)\b(?:(?P<quarter>quarter|viertel) (?P<turn>past|to|vor|nach)|"
    rf"(?P<cue>{_BEFORE} )?(?P<minutes>five|ten|twenty|twenty-five|fünf|zehn|zwanzig|5|10|20|25)"
    rf"(?: minutes| minuten)? (?P<side>past|vor|nach|(?(cue)to|past))) (?P<halb>halb )?(?P<hour>{_HOUR})\b"
)
# What may follow an hour that stands alone: the end, another word for the time, or how a clause goes on. A thing that
# could be counted may not ("by ten people", "um drei Prozent").
_NUMBERS = rf"(?:\d|(?:{alternatives({word: n for word, n in COUNTS.items() if len(word) > 2})})\b)"
_ENDS = rf"(?=[\"')]*\W*$|[,;:!?)](?!\s*{_NUMBERS})(?!\d)|\.\s*$|\s[-\u2013]\s|\s?\.\.)"
_SUBJECT = r"(?:i|you|u|we|he|she|they|it|there|the|your|ur|our|my|his|her|their|this|that)\b"
_GOES_ON = (
    rf"(?=\s+(?:(?:and|then|so|but|when|because|as|once|while|if|or so)\b(?!\s+{_NUMBERS})|{_SUBJECT}|"
    rf"(?:with|from|on|in|at|for|via|by)\s+(?:{_SUBJECT}|latest\b)|(?:to|from|via)\s+(?!{_NUMBERS})[a-z]+|"
    r"(?:is|are|will|has|have|sharp|prompt|promptly|precisely|exactly|tops|max|latest|again|today|tomorrow|tonight|"
    r"tonite|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"(?:local|uk|german|central|london) time|cet|utc|gmt)\b))"
)
# A German verb may follow at once ("um fünf schiebe ich"); a noun shows by its capital.
_ER = r"(?:ich|wir|er|sie|Sie|es|man|ihr|Ihr|dir|Dir|euch|Euch|Ihnen|uns|mich|sich|wer|der|die|das|den|dem|"
_ER += r"ein|eine|einen|mein\w*|unser\w*|sein\w*|ihre?\w*|Ihre?\w*|dein\w*|euer|eure\w*)\b"
_PARTICLE = (
    r"(?:am|an|ans|auf|aufs|aus|bei|beim|da|damit|dann|das|dem|den|der|die|durch|du|er|es|fertig|fix|für|früh|herum|"
    r"rum|hier|heut|heute|morgen|ich|im|in|ins|ist|los|raus|rein|rüber|runter|über|übers|weg|ihr|kommt|mit|mal|nach|"
    r"nachher|noch|nochmal|ortszeit|sind|sich|sie|so|spätestens|und|uns|unter|vom|von|vorbei|wieder|wir|zu|zum|zur|"
    r"zurück|abends|morgens|nachts|nachmittags|vormittags|Sie|Ihnen|Ihre?\w*|dein\w*|mein\w*|euch|dir|haben|hat|"
    r"hast|habt|wird|werden|Ortszeit|weil|wenn|sobald|gibt|alles|jemand)\b"
)
_COUNTED = (
    r"(?:tag|tage|tagen|woche|wochen|monate?n?|jahre?n?|minuten?|stunden?|prozent|euro|cent|mal|stück|kilo|meter|leute|"
    r"mehr|weniger|zählen|\w*(?:(?<!wied)er))\b"
)
_WEITER = (
    rf"(?=\s+{_PARTICLE}(?!\s+{_NUMBERS})|\s+(?:spätestens|pünktlich|Punkt)\b|"
    rf"\s+(?!{_COUNTED})(?:[a-zäöüß]{{3,}}\s+{_ER}|[a-zäöüß]{{4,}}\s*(?:[,.;:!]?\s*$|,)))"
)
_ENGLISH_ALONE = re.compile(
    rf"(?i)\b(?:by|before|b4|at|until|till|'?til|no later than|not later than|shortly after|just after|come)\s+"
    rf"{_ABOUT}(?P<hour>{_HOUR})(?:-?ish)?(?:{_ENDS}|{_GOES_ON})"
)
_AROUND = re.compile(rf"(?i)\b(?:around|about)\s+(?P<hour>{_HOUR})(?:-?ish)?{_ENDS}")
_GERMAN_ALONE = re.compile(
    rf"\b(?i:bis gegen|bis um|bis kurz vor|kurz nach|bis|um|gegen|vor|ab|spätestens)\s+(?i:{_ABOUT})"
    rf"(?P<hour>(?i:{_WORD})|1[0-2]|[1-9])(?:{_ENDS}|{_WEITER})"
)
# "bis 17h", "at 9.15": only behind a preposition, as hours may be a length and a point the one of a price; "bis 9.10."
# is a date, "um 9.10." is none.
_SHORT = re.compile(
    rf"\b(?i:(?P<sure>at|um|gegen)|{_BEFORE})\s+(?i:{_ABOUT})(?:(?P<hour>[7-9]|1\d|2[0-3])h\b|"
    r"(?P<pointed>1?\d|2[0-3])\.(?P<minute>[0-5]\d)(?!\d)(?(sure)|(?!(?:(?<=0[1-9])|(?<=1[0-2]))\.))"
    rf"(?:{_ENDS}|{_GOES_ON}|{_WEITER}))"
)
# "um 14", "gegen 16": later hours too, where nothing can be counted that follows.
_LATER_HOUR = re.compile(rf"\b(?i:um|gegen)\s+(?P<hour>1[3-9]|20)(?:{_ENDS}|{_WEITER})")
# What goes up by five, stands at three, or is counted from one to ten is no hour; each ends with the preposition.
_NO_HOUR_BEFORE = re.compile(
    rf"(?i)\b(?:{_NUMBERS}|one)\s+(?:bis|by)\s+{_ABOUT}$|"
    r"\b(?:increas|rais|ris|rose|reduc|decreas|drop|fell|fall|grow|grew|lower|multipl|divid|exceed|shorten|lengthen|"
    r"extend|outnumber|go(?:es|ing)? up|go(?:es|ing)? down|went up|went down)\w*\s+(?:(?!off\b)\w+\s+){0,4}by\s+$|"
    r"\b(?:capped|cap|priced?|stands?|set|valued|look(?:s|ing)?|fixed|pegged|rated|limit|limited|remains?|stays?|"
    r"starting|starts|rate|charged|sold|one|point)\s+(?:\w+\s+){0,2}at\s+$|"
    r"\b(?:is|are|be|been|was|have|has|had|costs?|needs?|takes?|weighs?|only|ordered|sell|sold|of|for)\s+"
    r"(?:around|about)\s+$"
)
_CHANGED = re.compile(
    r"(?i)\b(?:erhöh|senk|gesenkt|steig|stieg|gestiegen|sink|gesunken|reduzier|kürzen|kürzt|gekürzt|verkürz|verläng|"
    r"verring|aufstock|aufgestockt|wachs|wächs|gewachsen|rabatt|staffel|prozent)\w*"
)
_UTC = re.compile(r"(?i)^\s*(?:h|uhr)?\s*(?:utc|gmt)\b")
_CUE_BEFORE = re.compile(rf"(?i)\b(?:{_BEFORE}|around|about|from|eta:?|for|für)\s+{_ABOUT}$|(?:^|[,:\u2013])\s*$")
# What was, or is so every day, is no moment that lies ahead.
_NOT_AHEAD = re.compile(
    rf"(?i)\b(?:(?:vor)?gestern(?: \w+)?|yesterday|last night|zuletzt) (?:{_BEFORE}|around|about)\b|"
    rf"\b(?:seit|since)\s+(?:halb|kurz|viertel|midnight|mitternacht|half|{_NUMBERS})|"
    r"\b(?:every (?:evening|morning|second|other)|jede[nrs]? (?:morgen|abend|zweite[nrs]?)|"
    r"(?<!as )always|(?<!wie )(?<!noch )immer|usually|meist(?:ens)?|(?:mon|tues|wednes|thurs|fri|satur|sun)days|"
    r"(?:mon|diens|donners|frei|sams|sonn|werk)tags|mittwochs)\b"
)
# Where another clause begins, whose words for the time of day are not those of the hour.
_CLAUSE = re.compile(r"(?i)[,;:\u2013]\s|\s(?:and|but|so|und|aber)\s")
# Words that say which half of the day an hour belongs to.
_EVENING = re.compile(
    r"(?i)\b(?:tonight|tonite|(?:this|in the|tomorrow|day) evening|at night|nachts|(?:heute?|d'|auf die) ?nacht)\b|"
    r"day (?:evening|night)\b|(?<!guten )(?<!schönen )(?:\b|tag|woch)abends?\b|tagnacht\b"
)
_MORNING = re.compile(
    r"(?i)\b(?:(?:in the|this|tomorrow) morning|first thing|in der früh|am vormittag|den vormittag|am morgen)\b|"
    r"day morning\b|(?:\b|tag|woch|heute |morgen )vormittags?\b|\bmorgens\b|tagmorgen\b|"
    r"(?:\bmorgen|\bheute?|tag|uhr|woch) ?früh\b"
)
_AFTERNOON = re.compile(r"(?i)\bafternoon\b|(?:\b|tag|woch)nachmittags?(?:s?kaffee)?\b")
# Names of a moment, with the time; the first that is found counts.
_MOMENTS = (
    (re.compile(r"(?i)\b(?:midnight|mitternacht)\b"), END_OF_NIGHT),
    (re.compile(r"(?i)\b(?:after lunch|nach (?:dem|der) (?:mittag|mittagessen|mittagspause))\b"), AFTER_LUNCH),
    (re.compile(r"(?i)\b(?:noon|midday|lunch(?:time)?|mittag(?:s|essen|spause)?)\b|tagmittag\b"), NOON),
    (_MORNING, NOON),
    (_AFTERNOON, END_OF_AFTERNOON),
    (re.compile(r"(?i)\bover ?night\b|\büber nacht\b|\bheute? nacht\b"), START_OF_DAY),
    (_EVENING, END_OF_EVENING),
)
# Moments that are those of today, or of tomorrow, where no day is named.
_MOMENT_ALONE = re.compile(
    r"(?i)\b(?:by|before|at|until|till|'?til|bis|um|gegen|vor|ab|from|around)\s+(?:about\s+|etwa\s+)?"
    r"(?:noon|midday|lunch(?:time)?|mittags?|midnight|mitternacht)\b|"
    r"\b(?:after lunch|(?:over|during) lunch|(?:zu|nach dem|nach der|vor der|vor dem|in der|bis zur?m?) "
    r"mittag(?:essen|spause)?)\b|"
    r"\b(?:in the|by|before the end of the|later this|late) (?:afternoon|evening)\b|"
    r"\b(?:am|bis zum|zum|bis|gegen|im laufe? des|lassen? sie (?:mir|uns) den|lasst? (?:mir|uns) den) "
    r"(?:späten |frühen )?(?:vormittag|nachmittag(?:s?kaffee)?|abend)s?\b(?! (?:zuvor|davor|vorher|vor\b))"
)


class Hour(NamedTuple):
    """`at`: the time of day. `alone`: it means a moment also where no day is named. `zone`: where it says another."""

    at: time
    alone: bool = True
    zone: tzinfo | None = None


def hour_in(sentence: str) -> Hour | None:
    """The hour that a sentence names; None where it names none."""
    hour = _explicit(sentence) or _spoken(sentence) or _bare(sentence) or _moment(sentence)
    return hour._replace(alone=False) if hour and _NOT_AHEAD.search(sentence) else hour


def _clause(sentence: str, place: int) -> str:
    """The clause of a sentence in which `place` is."""
    cuts = [0, *(found.start() for found in _CLAUSE.finditer(sentence)), len(sentence)]
    return sentence[max(cut for cut in cuts if cut <= place) : min((cut for cut in cuts if cut > place), default=None)]


def _explicit(sentence: str) -> Hour | None:
    found = _SHORT.search(sentence)
    if found:
        begins = found.start("hour" if found["hour"] else "pointed")
        if not _NO_HOUR_BEFORE.search(sentence[:begins]):
            told, minute = int(found["hour"] or found["pointed"]), int(found["minute"] or 0)
            return Hour(_of_day(told, minute, _clause(sentence, begins), 5))
    read = [hour for found in _EXPLICIT.finditer(sentence) if (hour := _written(found, sentence))]
    return next((hour for hour in read if hour.alone), read[0] if read else None)


def _written(found: re.Match[str], sentence: str) -> Hour | None:
    figures = found["hour"] or found["colon"] or found["four"] or found["nought"]
    hour = int(figures) if figures else _WORDS[found["word"].lower()]
    minute = int(found["minute"] or found["after"] or found["past"] or found["figures"] or found["more"] or 0)
    half = (found["half"] or "").lower().replace(".", "")
    if hour > 23 or minute > 59:
        return None
    utc = _UTC.search(sentence[found.end() :])
    alone = bool(utc or found["nought"] or _CUE_BEFORE.search(sentence[: found.start()]))
    if half in ("am", "pm"):
        return Hour(time(hour % 12 + (12 if half == "pm" else 0), minute), alone)
    if utc:
        return Hour(time(hour, minute), alone, UTC)
    if figures and figures.startswith("0"):
        return Hour(time(hour, minute), alone)
    return Hour(_of_day(hour, minute, _clause(sentence, found.start()), 5), alone)


def _of_day(hour: int, minute: int, clause: str, last_afternoon: int) -> time:
    """The time that is meant: hours up to `last_afternoon` are those after noon, if no word says otherwise."""
    if hour < 12 and not _MORNING.search(clause):
        evening = _EVENING.search(clause) and hour >= 5
        hour += 12 if evening or 1 <= hour <= last_afternoon or (_AFTERNOON.search(clause) and hour < 8) else 0
    return time(hour, minute)


def _spoken(sentence: str) -> Hour | None:
    if found := _MINUTES.search(sentence):
        minutes, side = (found["minutes"] or "").lower(), (found["turn"] or found["side"]).lower()
        ahead = 15 if found["quarter"] else COUNTS.get(minutes) or int(minutes)
        whole = 60 * _number(found["hour"]) - (30 if found["halb"] else 0)
        return _at(whole + (ahead if side in ("past", "nach") else -ahead), _clause(sentence, found.start("hour")))
    if found := _HALF_PAST.search(sentence):
        return _at(60 * _number(found["hour"] or found["british"]) + 30, _clause(sentence, found.end() - 1))
    if found := _HALB.search(sentence):
        return _at(60 * _number(found["hour"]) - 30, _clause(sentence, found.end() - 1))
    return None


def _number(word: str) -> int:
    return _WORDS.get(word.lower()) or int(word)


def _at(minutes: int, clause: str) -> Hour:
    # "Halb eins" and "ten to one" are those after noon.
    minutes = minutes if minutes >= 60 else minutes + 12 * 60
    return Hour(_of_day(minutes // 60, minutes % 60, clause, 7))


def _bare(sentence: str) -> Hour | None:
    for found in _bare_hours(sentence):
        if not _NO_HOUR_BEFORE.search(sentence[: found.start("hour")]):
            return Hour(_of_day(_number(found["hour"]), 0, _clause(sentence, found.start("hour")), 7))
    return None


def _bare_hours(sentence: str) -> Iterator[re.Match[str]]:
    yield from _ENGLISH_ALONE.finditer(sentence)
    yield from _AROUND.finditer(sentence)
    if not _CHANGED.search(sentence):
        yield from _GERMAN_ALONE.finditer(sentence)
        yield from _LATER_HOUR.finditer(sentence)


def _moment(sentence: str) -> Hour | None:
    at = next((at for words, at in _MOMENTS if words.search(sentence)), None)
    return Hour(at, bool(_MOMENT_ALONE.search(sentence))) if at else None
