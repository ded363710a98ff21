"""A fourth family of sayings, written after the third."""

from tests.unit.agent_runtime.ingest.sayings import Saying

_SAID = (
    ("Fine, I'll redo the sums and drop you a line on Friday.", "2026-03-13"),
    ("We will collect the old unit on 24 March.", "2026-03-24"),
    ("Your new contact will introduce herself next week; I will see to that by Tuesday.", "2026-03-17"),
    ("I'm going to raise it in our Thursday meeting and give you the outcome.", "2026-03-12"),
    ("We'll ship the first ten pallets tomorrow.", "2026-03-11"),
    ("Our accounts team will correct the invoice by Monday.", "2026-03-16"),
    ("I can let you have the data sheet today.", "2026-03-10"),
    ("You will receive the login within one hour.", "2026-03-10"),
    ("I'll hand the keys to your porter on Wednesday.", "2026-03-11"),
    ("We are getting the drawing signed and will upload it by the end of the week.", "2026-03-13"),
    ("Sure, will bring two samples on Thursday.", "2026-03-12"),
    ("We promise to restore the heating by tonight.", "2026-03-10"),
    ("My assistant will send the invitation for the 19th by tomorrow.", "2026-03-11"),
    ("I shall confirm the slot in writing by noon tomorrow.", "2026-03-11"),
    ("The replacement will be shipped within two business days.", "2026-03-12"),
    ("Ich rechne es neu durch und schreibe Ihnen am Freitag.", "2026-03-13"),
    ("Wir holen das alte Gerät am 24. März ab.", "2026-03-24"),
    ("Ich spreche es am Donnerstag in der Runde an und gebe Ihnen das Ergebnis.", "2026-03-12"),
    ("Morgen verladen wir die ersten zehn Paletten.", "2026-03-11"),
    ("Unsere Buchhaltung korrigiert die Rechnung bis Montag.", "2026-03-16"),
    ("Das Datenblatt bekommen Sie heute von mir.", "2026-03-10"),
    ("Ich gebe die Schlüssel am Mittwoch beim Pförtner ab.", "2026-03-11"),
    ("Bis Ende der Woche laden wir die unterschriebene Zeichnung hoch.", "2026-03-13"),
    ("Wir stellen die Heizung bis heute Abend wieder her.", "2026-03-10"),
    ("Den Termin bestätige ich Ihnen bis morgen Mittag schriftlich.", "2026-03-11"),
)
_NOT = (
    "The old unit was collected on Tuesday.",
    "Who will be there on Thursday?",
    "We need your signature by Friday.",
    "Our shop is closed on Monday.",
    "I would like to have it by the 19th.",
    "If the pallets fit, we will ship tomorrow.",
    "We are not going to make it by Friday.",
    "The discount ends on 31 March.",
    "Kindly pay by 20 March.",
    "Das alte Gerät wurde am Dienstag abgeholt.",
    "Wir brauchen Ihre Unterschrift bis Freitag.",
    "Unser Laden ist am Montag geschlossen.",
    "Der Rabatt endet am 31. März.",
    "Wir schaffen es bis Freitag nicht.",
    "Bitte zahlen Sie bis 20. März.",
)
HOLDING = (
    "Thanks for your patience, I will come back to this on Monday.",
    "I'd have to look that up, I'll tell you later today.",
    "Our accounts team is on the case.",
    "Got it, will respond in detail tomorrow.",
    "We have passed it to the workshop and they will ring you.",
    "I am afraid I need to ask my boss about that.",
    "Still no word from the supplier, I am chasing them.",
    "Your point is well taken. We will discuss it internally.",
    "Interesting question! Let me think about it over the weekend.",
    "I'll see what our planner says and inform you.",
    "Danke für Ihre Geduld, am Montag komme ich darauf zurück.",
    "Das müsste ich nachschlagen, ich sage es Ihnen später.",
    "Unsere Buchhaltung ist an dem Fall dran.",
    "Angekommen, ausführliche Antwort folgt morgen.",
    "Wir haben es an die Werkstatt gegeben, sie ruft Sie an.",
    "Da muss ich leider erst meinen Chef fragen.",
    "Vom Lieferanten noch kein Wort, ich hake nach.",
    "Guter Hinweis. Wir besprechen das intern.",
    "Spannende Frage! Darüber denke ich am Wochenende nach.",
    "Ich schaue, was unser Planer sagt, und informiere Sie.",
)
ANSWERS = (
    "The login is your mail address.",
    "The heating has two circuits.",
    "We take it back free of charge.",
    "Blue, as in the drawing.",
    "Your porter has the keys.",
    "It was shipped on Monday with tracking number 5512.",
    "We do not offer that any more.",
    "The manual is on our website under downloads.",
    "Ihr Pförtner hat die Schlüssel.",
    "Die Heizung hat zwei Kreise.",
    "Blau, wie in der Zeichnung.",
    "Wir nehmen es kostenlos zurück.",
    "Das bieten wir nicht mehr an.",
    "Die Anleitung steht auf unserer Seite.",
    "Der Zugang ist Ihre Mailadresse.",
)


def promised() -> list[Saying]:
    """Sentences of ours that promise by a day, with the day."""
    return [Saying(text, day) for text, day in _SAID]


def not_promised() -> list[Saying]:
    """Sentences that name a day and promise nothing."""
    return [Saying(text) for text in _NOT]
