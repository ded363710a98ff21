"""A third family of sayings, written after the second."""

from tests.unit.agent_runtime.ingest.sayings import Saying

_SAID = (
    ("Right, I'll dig out the old order and mail you a copy on Thursday.", "2026-03-12"),
    ("We'll have the crane on site by 20 March.", "2026-03-20"),
    ("The credit note will be issued this week.", "2026-03-13"),
    ("I can get you a slot for the test run by Friday.", "2026-03-13"),
    ("Tomorrow I will talk to the carrier and tell you when it arrives.", "2026-03-11"),
    ("You'll get a call from our planner on Monday.", "2026-03-16"),
    ("I intend to give you the final number by the end of this week.", "2026-03-13"),
    ("We are going to replace the fan on Wednesday.", "2026-03-11"),
    ("Understood. Will add the second hall and send it back by Friday.", "2026-03-13"),
    ("We'll extend the quote and let you have it in the next two days.", "2026-03-12"),
    ("My colleague Tom will drop off the keys on Thursday.", "2026-03-12"),
    ("I'll set up the account for you today.", "2026-03-10"),
    ("As agreed we will hold the price for you until 31 March and confirm it in writing tomorrow.", "2026-03-11"),
    ("The invoice goes out next week.", "2026-03-20"),
    ("We'll be in touch about the second phase by 25 March.", "2026-03-25"),
    ("Ich suche die alte Bestellung heraus und maile sie Ihnen am Donnerstag.", "2026-03-12"),
    ("Die Gutschrift stellen wir diese Woche aus.", "2026-03-13"),
    ("Am Montag ruft Sie unser Planer an.", "2026-03-16"),
    ("Ich spreche morgen mit der Spedition und sage Ihnen den Termin.", "2026-03-11"),
    ("Wir tauschen den Lüfter am Mittwoch.", "2026-03-11"),
    ("Bis Freitag ergänze ich die zweite Halle und schicke alles zurück.", "2026-03-13"),
    ("Der Preis steht, die schriftliche Bestätigung erhalten Sie morgen.", "2026-03-11"),
    ("Ich richte Ihnen den Zugang heute ein.", "2026-03-10"),
    ("Wir geben Ihnen in den nächsten zwei Tagen eine verbindliche Zusage.", "2026-03-12"),
    ("Die Rechnung geht nächste Woche raus.", "2026-03-20"),
)
_NOT = (
    "The crane was on site on Friday.",
    "Your colleague wants the copy by Thursday.",
    "The exhibition runs until 20 March.",
    "If the weather holds, we will paint on Monday.",
    "I will be on holiday until Monday.",
    "Is the hall free on Thursday?",
    "We cannot replace the fan before Wednesday.",
    "Der Kran war am Freitag vor Ort.",
    "Die Ausstellung läuft bis 20. März.",
    "Ich bin bis Montag im Urlaub.",
    "Ist die Halle am Donnerstag frei?",
    "Falls das Wetter hält, streichen wir am Montag.",
)
HOLDING = (
    "Thanks, I'll have a look and tell you tomorrow.",
    "Let me go through it with our electrician, I'll write to you after that.",
    "I have asked our supplier and am waiting for his reply.",
    "We'll examine it and reply in writing.",
    "No idea off the top of my head, I'll ask around.",
    "Hold on, I am checking the stock right now.",
    "You will have our decision next week.",
    "We have logged your request under number 4711 and will contact you.",
    "Not forgotten! I'll answer you this afternoon.",
    "I am passing this to Ms Reed, she will reply to you.",
    "It's being looked at, I expect to know more by Friday.",
    "Danke, ich sehe es mir an und sage Ihnen morgen etwas dazu.",
    "Ich gehe das mit unserem Elektriker durch und schreibe Ihnen danach.",
    "Den Lieferanten habe ich gefragt, seine Antwort steht noch aus.",
    "Wir werden den Vorgang prüfen und Ihnen schriftlich antworten.",
    "Aus dem Stegreif weiß ich das nicht, ich höre mich um.",
    "Moment, ich sehe gerade im Lager nach.",
    "Nächste Woche teilen wir Ihnen unsere Entscheidung mit.",
    "Ihre Anfrage ist unter 4711 erfasst, wir melden uns.",
    "Nicht vergessen! Ich antworte Ihnen heute Nachmittag.",
)
ANSWERS = (
    "The fan runs at two speeds.",
    "Please send the drawing as a PDF, then it is enough.",
    "We charge by the hour.",
    "It opens to the left.",
    "Our bank details have not changed.",
    "Thursday at nine suits us.",
    "The old order had the number 8812.",
    "You may return it within 14 days.",
    "Der Lüfter hat zwei Stufen.",
    "Wir rechnen nach Stunden ab.",
    "Sie öffnet nach links.",
    "Unsere Bankverbindung ist die alte.",
    "Donnerstag um neun passt uns.",
    "Die alte Bestellung hatte die Nummer 8812.",
    "Sie können es binnen 14 Tagen zurückgeben.",
)


def promised() -> list[Saying]:
    """Sentences of ours that promise by a day, with the day."""
    return [Saying(text, day) for text, day in _SAID]


def not_promised() -> list[Saying]:
    """Sentences that name a day and promise nothing."""
    return [Saying(text) for text in _NOT]
