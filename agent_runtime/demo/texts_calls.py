"""What is said on the telephone in the demo world, and the second at which each line begins."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from agent_runtime.demo.company import COMPANY, Contact, User
from agent_runtime.demo.wording import expand

Line = tuple[str, str]
_OPEN = {
    "en": (
        ("agent", "{us}, Aldermark Cooling. [Good morning|Hello], {them}. Is this a good moment?"),
        (
            "customer",
            "[Yes, go ahead.|Five minutes, then I have to be in the hall.|Yes, I was about to call you.]",
        ),
    ),
    "de": (
        ("agent", "{us}, Aldermark Cooling. Guten Tag {them}, passt es gerade?"),
        ("customer", "[Ja, bitte.|Fünf Minuten habe ich.|Ja, ich wollte Sie auch anrufen.]"),
    ),
}
_CLOSE = {
    "en": (
        ("customer", "[Good, thank you.|Fine. Then I know where we stand.|All right.]"),
        ("agent", "[Thank you, {them}. Goodbye.|Thanks for your time. Goodbye.]"),
    ),
    "de": (("customer", "[Gut, danke.|Alles klar.]"), ("agent", "Danke Ihnen, auf Wiederhören.")),
}
# What else is said, each a small exchange of an even number of lines.
_ASIDES: Mapping[str, tuple[tuple[Line, ...], ...]] = {
    "en": (
        (
            ("customer", "The compressor at {site} has been louder since last week, by the way."),
            ("agent", "The technician can listen to it when he is there for the maintenance."),
        ),
        (
            ("customer", "At {site2} the door stays open far too long in the mornings, when the vans load."),
            ("agent", "A strip curtain would do more there than a bigger unit."),
            ("customer", "That is what our site manager says as well. He has wanted one for years."),
            ("agent", "How many deliveries do you have there in a morning at the moment?"),
            ("customer", "Between nine and twelve, more before the holidays."),
            ("agent", "Then the evaporator ices up by noon. That fits what the data shows us."),
        ),
        (
            ("customer", "We also have the insurer in the house next month, they look at everything."),
            ("agent", "If they ask for the maintenance record, it is in the portal under plant {serial}."),
            ("customer", "I never remember the password for that."),
            ("agent", "The link on the login page sends you a new one, it takes a minute."),
        ),
        (
            ("customer", "Our accountant will want to see the figure per year, not only the total."),
            ("agent", "The second page has it per year, with and without the service part."),
        ),
        (
            ("customer", "We have a new site manager at {site2}, she started on the first."),
            ("agent", "Then her number should stand on the alarm list as well. What is her name?"),
            ("customer", "Bell, like the thing on the door. She was in dairy before, she knows plants."),
            ("agent", "Good. With somebody on site who reads the display, half of the alarms go away."),
        ),
        (
            ("customer", "The new seals at {site} hold, the floor has been dry since."),
            ("agent", "That was the hinge more than the seal. It had dropped by four millimetres."),
        ),
        (
            ("customer", "The last invoice had our order number on it, thank you for that."),
            ("agent", "Then the note in our books works. It took us two attempts."),
        ),
    ),
    "de": (
        (
            ("customer", "Der Verdichter in {site} ist seit letzter Woche übrigens lauter."),
            ("agent", "Das kann sich der Techniker bei der Wartung anhören."),
        ),
        (
            ("customer", "In {site2} steht morgens beim Laden die Tür zu lange offen."),
            ("agent", "Ein Streifenvorhang bringt dort mehr als ein größeres Gerät."),
            ("customer", "Das sagt unser Standortleiter auch, schon seit Jahren."),
            ("agent", "Wie viele Lieferungen haben Sie dort an einem Vormittag?"),
            ("customer", "Neun bis zwölf, vor den Feiertagen mehr."),
            ("agent", "Dann vereist der Verdampfer gegen Mittag. Das passt zu den Daten."),
        ),
        (
            ("customer", "Die letzte Rechnung hatte unsere Bestellnummer, danke dafür."),
            ("agent", "Dann ist der Vermerk bei uns angekommen."),
        ),
        (
            ("customer", "Nächsten Monat haben wir die Versicherung im Haus, die sieht sich alles an."),
            ("agent", "Das Wartungsbuch steht im Portal unter Anlage {serial}."),
        ),
        (
            ("customer", "Die neuen Dichtungen in {site} halten, der Boden ist trocken."),
            ("agent", "Das lag mehr am Scharnier, es hatte sich um vier Millimeter gesenkt."),
        ),
    ),
}
_TALKS: Mapping[str, Mapping[str, tuple[Line, ...]]] = {
    "first": {
        "en": (
            ("agent", "You said that the {n} units at {site} are due before the summer."),
            ("customer", "Yes. Two of them failed last August, and we lost a weekend's goods."),
            ("agent", "Who decides on it in your house?"),
            ("customer", "[I prepare it, {board} signs.|{Board} decides, but usually on my paper.]"),
            ("agent", "Then I write to you about a date for the survey."),
        ),
        "de": (
            ("agent", "Die {n} Geräte in {site} sollen also vor dem Sommer raus."),
            ("customer", "Ja, zwei sind im August ausgefallen, das Wochenende war verloren."),
            ("agent", "Wer entscheidet bei Ihnen darüber?"),
            ("customer", "Ich bereite es vor und spreche es mit {board} durch."),
            ("agent", "Dann schreibe ich Ihnen wegen eines Termins für die Aufnahme."),
        ),
    },
    "question_after_proposal": {
        "en": (
            ("customer", "I have your proposal for {deal} in front of me. One question: {ask}"),
            ("agent", "{answer}"),
            (
                "customer",
                "[Good. That was the point {board} was waiting for.|Then I can present it.]",
            ),
            ("agent", "You find the dates in section 4. It is valid until {valid}."),
        ),
        "de": (
            ("customer", "Ich habe Ihr Angebot für {deal} vor mir, eine Frage dazu: {ask}"),
            ("agent", "{answer}"),
            ("customer", "Gut, das war der Punkt, der noch fehlte."),
        ),
    },
    "answer": {
        "en": (
            ("agent", "I am calling about your mail. {answer}"),
            ("customer", "[That helps, you need not write it down.|Good, then I strike it off my list.]"),
        ),
        "de": (("agent", "Ich rufe wegen Ihrer Mail an. {answer}"), ("customer", "Das hilft mir, danke.")),
    },
    "callback": {
        "en": (
            ("agent", "You tried to reach us earlier. What can I do for you?"),
            ("customer", "It was about {site}. {ask}"),
            ("agent", "{answer}"),
        ),
        "de": (
            ("agent", "Sie hatten vorhin angerufen. Worum geht es?"),
            ("customer", "Es ging um {site}. {ask}"),
            ("agent", "{answer}"),
        ),
    },
    "chat": {
        "en": (
            ("agent", "I wanted to hear how {site} came through the last weeks."),
            (
                "customer",
                "[Quietly. The new controller does what it should.|One alarm at night, a door left open.]",
            ),
        ),
        "de": (
            ("agent", "Ich wollte hören, wie es in {site} läuft."),
            ("customer", "[Ruhig.|Ein Alarm nachts, da stand eine Tür offen.] Sonst nichts."),
        ),
    },
    "promise": {
        "en": (
            ("customer", "{ask}"),
            ("agent", "I cannot say that off the cuff. {pledge}"),
            ("customer", "[That is early enough.|Good. Our meeting is after that.]"),
        ),
        "de": (
            ("customer", "{ask}"),
            ("agent", "Das kann ich aus dem Kopf nicht sagen. {pledge}"),
            ("customer", "Das reicht mir."),
        ),
    },
}
PLEDGES = {
    "en": "I will send you {thing} by {by}.",
    "de": "Ich schicke Ihnen {thing} bis {by}.",
}
VOICEMAILS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "commercial": {
        "en": (
            "This is {them} from {company}. It is about the {n} units for {site}; we want to order before "
            "the end of the month. Please call me back on this number.",
            "{them}, {company}. We are looking at a cold room for {site} and would like a price. Please "
            "call back.",
        ),
        "de": (
            "{them}, {company}. Es geht um die {n} Geräte für {site}, wir wollen noch diesen Monat "
            "bestellen. Bitte rufen Sie zurück.",
        ),
    },
    "service": {
        "en": (
            "{them} from {company}. Plant {serial} at {site} shows an alarm and the room is at nine "
            "degrees. Please call back quickly.",
        ),
        "de": ("{them}, {company}. Anlage {serial} in {site} zeigt Alarm, der Raum hat neun Grad. Bitte "
        "schnell "
               "zurückrufen.",),
    },
    "billing": {
        "en": ("Hello, {them} from {company}, about your last invoice for {site}. One position is not "
        "ours. Thank "
               "you.",),
        "de": ("{them}, {company}, es geht um die letzte Rechnung für {site}. Eine Position verstehe "
        "ich nicht.",),
    },
}  # fmt: skip


def deal_talk(
    rng: Random, kind: str, user: User, contact: Contact, slots: Mapping[str, str], small_talk: int = 4
) -> list[Line]:
    """The lines of one talk: opening, the matter, `small_talk` (even) lines of other things, closing."""
    language = contact.language
    honour = f"{'Frau' if contact.madam else 'Herr'} {contact.surname}"
    names = {"us": user.name, "them": honour if language == "de" else contact.first, "firm": COMPANY}
    groups = _ASIDES[language]
    spoken_aside = [line for group in rng.sample(groups, len(groups)) for line in group]
    aside = spoken_aside[:small_talk]
    lines = (*_OPEN[language], *_TALKS[kind][language], *aside, *_CLOSE[language])
    return [(speaker, expand(rng, text, {**slots, **names})) for speaker, text in lines]


def spoken(rng: Random, lines: Sequence[Line], fixed: Mapping[int, int] | None = None) -> list[dict[str, Any]]:
    """Gives each line its second: about a second for three words, and pauses; `fixed` sets some by index."""
    second = 0
    script: list[dict[str, Any]] = []
    for index, (speaker, text) in enumerate(lines):
        second = (fixed or {}).get(index, second)
        script.append({"speaker": speaker, "start_s": second, "text": text})
        second += 2 + len(text.split()) // 3 + rng.randrange(0, 3)
    return script


def voicemail(rng: Random, kind: str, contact: Contact, slots: Mapping[str, str]) -> str:
    """What a contact leaves on voicemail, in the contact's language."""
    return expand(rng, rng.choice(VOICEMAILS[kind][contact.language]), {**slots, "them": contact.name})
