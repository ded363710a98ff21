"""Mails made of sentences that no rule was written from: promises with their days, holding replies, and neither."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

# Said on Tuesday 10 March 2026. Each day in words, with its date.
DAYS_EN = (
    ("by Thursday", "2026-03-12"), ("before the weekend, on Friday", "2026-03-13"), ("tomorrow", "2026-03-11"),
    ("by the 14th", "2026-03-14"), ("no later than March 20", "2026-03-20"), ("by the end of next week", "2026-03-20"),
    ("within three working days", "2026-03-13"), ("by close of business today", "2026-03-10"),
    ("in the course of next week", "2026-03-20"), ("by the end of the month", "2026-03-31"),
    ("in two weeks", "2026-03-24"), ("on Monday morning", "2026-03-16"), ("by Wed", "2026-03-11"),
    ("early next week", "2026-03-17"), ("until 2 April", "2026-04-02"),
)  # fmt: skip
DAYS_DE = (
    ("bis Donnerstag", "2026-03-12"), ("morgen", "2026-03-11"), ("bis zum 14.", "2026-03-14"),
    ("bis Ende der Woche", "2026-03-13"), ("im Laufe der nächsten Woche", "2026-03-20"),
    ("bis spätestens 20. März", "2026-03-20"), ("binnen drei Werktagen", "2026-03-13"),
    ("bis Monatsende", "2026-03-31"), ("Anfang kommender Woche", "2026-03-17"), ("am Montagvormittag", "2026-03-16"),
    ("in zwei Wochen", "2026-03-24"), ("noch heute", "2026-03-10"), ("in KW 12", "2026-03-20"),
    ("bis 02.04.", "2026-04-02"), ("übermorgen", "2026-03-12"),
)  # fmt: skip
THINGS_EN = (
    "the revised layout",
    "a fixed price for both halls",
    "the test certificates",
    "our answer on the warranty",
)
THINGS_DE = (
    "den überarbeiteten Plan",
    "einen Festpreis für beide Hallen",
    "die Prüfzeugnisse",
    "unsere Antwort zur Garantie",
)

PROMISES_EN = (
    "Thanks for the talk. I'll make sure {thing} reaches you {day}.",
    "{Thing} will be in your inbox {day}.",
    "You shall have {thing} {day}, that is settled.",
    "We are going to hand {thing} over {day}.",
    "Count on {thing} {day}.",
    "I am having {thing} prepared and will mail it {day}.",
    "Our Ms Reed will get back to you with {thing} {day}.",
    "I promise to have {thing} with you {day}.",
    "Will forward {thing} {day}.",
    "Let me finish {thing} and get it to you {day}.",
    "We'll clear up whether it fits and let you have {thing} {day}.",
    "I'll ask the plant if that works and give you {thing} {day}.",
)
PROMISES_DE = (
    "Danke für das Gespräch. {Thing} bekommen Sie {day} von mir.",
    "{Day} haben Sie {thing} auf dem Tisch.",
    "Ich kümmere mich darum und lasse Ihnen {thing} {day} zukommen.",
    "Wir reichen Ihnen {thing} {day} nach.",
    "{Thing} erhalten Sie {day}.",
    "Sie hören {day} wieder von uns, dann mit Angaben zu allen Punkten.",
    "Schicke Ihnen {thing} {day}.",
    "Ich stimme das intern ab und melde mich {day} mit dem Ergebnis.",
    "{Day} liefern wir {thing}.",
    "Ich bereite {thing} vor und sende alles {day} an Sie.",
)
NO_PROMISES_EN = (
    "If you decide now, we will start {day}.",
    "I won't be able to send {thing} {day}.",
    "Could you let us have {thing} {day}?",
    "Please send {thing} {day}.",
    "Unless we hear from you, nothing will be sent {day}.",
    "The fair opens {day}.",
    "Unfortunately we cannot deliver {thing} {day}.",
    "Did you get {thing}, as we agreed for {day}?",
    "Will you need {thing} {day}?",
    "Your colleague asked for {thing} {day}.",
)
NO_PROMISES_DE = (
    "Wenn Sie zustimmen, beginnen wir {day}.",
    "{Thing} schaffen wir {day} leider nicht.",
    "Können Sie uns {thing} {day} schicken?",
    "Bitte senden Sie {thing} {day}.",
    "Die Messe beginnt {day}.",
    "Brauchen Sie {thing} schon {day}?",
    "Wir können {thing} {day} nicht liefern.",
)
HOLDING = (
    "Thank you, I have seen your mail and will come back to you as soon as I know more.",
    "Good point. I have to speak with our engineers first and will return to you on this.",
    "We're on it and you'll hear from us shortly.",
    "I need a day or two to sort this out, bear with me.",
    "Just to confirm we have your question; an answer will follow next week.",
    "I'm finding out and will let you know.",
    "Your request has been forwarded to our service team, who will contact you.",
    "Still waiting for the figures from the plant. I'll update you once they are here.",
    "Let me check internally and revert by Thursday.",
    "Thanks for asking. Give me until Friday and I'll have something for you.",
    "Noted, my colleague will be in touch with you about it.",
    "This takes a little longer than planned. We will report back on Monday.",
    "Danke für Ihre Frage. Ich kläre das mit der Technik und melde mich.",
    "Ihre Nachricht ist da, wir kümmern uns darum.",
    "Das muss ich intern abstimmen, Sie hören von mir.",
    "Wir sind dran und geben Ihnen bis Freitag Rückmeldung.",
    "Ich habe Ihre Frage an den Kollegen weitergeleitet, er meldet sich bei Ihnen.",
    "Bitte noch etwas Geduld, die Prüfung läuft noch.",
    "Die Antwort folgt Anfang nächster Woche.",
    "Vielen Dank, wir prüfen Ihr Anliegen und kommen auf Sie zu.",
    "Ich frage im Werk nach und sage Ihnen dann Bescheid.",
    "Da muss ich mich erst schlau machen, ich melde mich morgen.",
)
ANSWERS = (
    "The door can move to the north side at no extra cost.",
    "Yes, delivery in week 14 works for us, and the crane is booked.",
    "The price for 40 units is 12,400 EUR, valid until June. I'll send the formal quote on Friday.",
    "Attached is the certificate you asked for.",
    "We checked with the plant: 400 V is fine.",
    "No, that size is not available. The next one up is 4 by 6 metres.",
    "You will find the answer on page 3: the warranty covers five years.",
    "It's 14 days from order.",
    "Ja, der Termin am 20. März passt, zwei Monteure kommen um acht.",
    "Der Preis liegt bei 8.900 EUR netto, Lieferung frei Haus.",
    "Anbei das Prüfzeugnis, das Sie gesucht haben.",
    "Nein, die Anlage braucht keinen eigenen Anschluss.",
    "Wir haben nachgesehen: Die Garantie gilt bis Ende 2028.",
    "Das geht, der Aufpreis beträgt 300 EUR.",
)
OPENINGS = ("", "Dear Ms Kim,\n\n", "Hello,\n")
CLOSINGS = ("", "\n\nKind regards\nAnna Berg", "\n\nViele Grüße\nAnna Berg")


@dataclass(frozen=True)
class Saying:
    """A sentence and the day that it promises, as ISO; empty where it promises none."""

    text: str
    day: str = ""


def _filled(sentences: tuple[str, ...], things: tuple[str, ...], days: tuple[tuple[str, str], ...]) -> Iterator[Saying]:
    for (place, sentence), (number, (day, date)) in product(enumerate(sentences), enumerate(days)):
        thing = things[(place + number) % len(things)]
        words = {"thing": thing, "Thing": thing[0].upper() + thing[1:], "day": day, "Day": day[0].upper() + day[1:]}
        yield Saying(sentence.format(**words), date)


def promised() -> list[Saying]:
    """Sentences of ours that promise by a day, with the day."""
    return [*_filled(PROMISES_EN, THINGS_EN, DAYS_EN), *_filled(PROMISES_DE, THINGS_DE, DAYS_DE)]


def not_promised() -> list[Saying]:
    """Sentences with the same things and days that promise nothing."""
    found = [*_filled(NO_PROMISES_EN, THINGS_EN, DAYS_EN), *_filled(NO_PROMISES_DE, THINGS_DE, DAYS_DE)]
    return [Saying(one.text) for one in found]


def mails(sentences: tuple[str, ...]) -> list[str]:
    """Each sentence as a mail, with and without greeting and closing."""
    return [
        f"{opening}{one}{closing}" for one in sentences for opening, closing in zip(OPENINGS, CLOSINGS, strict=True)
    ]


def lines(block: str) -> tuple[str, ...]:
    """One text a line of `block`; ` | ` stands for a line break."""
    return tuple(line.replace(" | ", "\n") for line in block.splitlines() if line)


def dated(block: str) -> list[Saying]:
    """One saying a line of `block`, each behind its day."""
    return [Saying(line[11:], line[:10]) for line in lines(block)]


def undated(block: str) -> list[Saying]:
    """One saying a line of `block`, which promises nothing."""
    return [Saying(text) for text in lines(block)]


def replied(block: str) -> tuple[str, ...]:
    """What was replied, a line of `block` each, without what was asked."""
    return tuple(text.rpartition(" >> ")[2] for text in lines(block))
