"""The moment that a sentence names, and the numbers and names that are none."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from agent_runtime.ingest.due import due_at

BERLIN = ZoneInfo("Europe/Berlin")
# Ten in the morning in Berlin.
TUESDAY = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def moment(text: str, said_at: datetime = TUESDAY) -> str:
    """Month, day and time in Berlin; empty where the text names none."""
    found = due_at(text, said_at, BERLIN)
    return f"{found.astimezone(BERLIN):%m-%d %H:%M}" if found else ""


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("The forms are with you by six.", "03-10 18:00"),
        ("At two I'll send the list.", "03-10 14:00"),
        ("Give me til 3 and I'll know.", "03-10 15:00"),
        ("I'll ring you at half four, promise.", "03-10 16:30"),
        ("We'll be done by half past eleven.", "03-10 11:30"),
        ("You hear from us at a quarter to five.", "03-10 16:45"),
        ("The van leaves by ten to four.", "03-10 15:50"),
        ("The clerk calls you around two.", "03-10 14:00"),
        ("I'll send it by five at the latest.", "03-10 17:00"),
        ("The courier is there at 2.45 with the box.", "03-10 14:45"),
        ("We'll have it at seven in the morning.", "03-11 07:00"),
        ("I'll call you at eight tonight.", "03-10 20:00"),
        ("I'll be back by nine.", "03-11 09:00"),
        ("On Friday at three you get the keys.", "03-13 15:00"),
        ("It is live from 16:30 UTC.", "03-10 17:30"),
        ("The system is up at 14:00 GMT.", "03-10 15:00"),
        ("Our pilot confirms at 0630.", "03-11 06:30"),
        ("Um drei rufe ich Sie an.", "03-10 15:00"),
        ("Die Liste haben Sie gegen fünf.", "03-10 17:00"),
        ("Ab elf ist der Zugang wieder frei.", "03-10 11:00"),
        ("Halb fünf bin ich bei Ihnen.", "03-10 16:30"),
        ("Ich melde mich noch vor zwölf.", "03-10 12:00"),
        ("Bis 16h habt ihr die Liste.", "03-10 16:00"),
        ("Wir schicken den Plan um zwei an Ihre Zentrale.", "03-10 14:00"),
        ("Viertel nach drei ist der Fahrer da.", "03-10 15:15"),
        ("Um acht meldet sich die Kollegin.", "03-11 08:00"),
        ("Um sieben in der Früh steht der Wagen bereit.", "03-11 07:00"),
        ("Heut Abend um acht schick ich es dir.", "03-10 20:00"),
        ("Am Donnerstag um vier bringen wir die Muster.", "03-12 16:00"),
        ("Ich rufe Sie um 3 Uhr zurück.", "03-10 15:00"),
        ("Um drei wissen Sie mehr.", "03-10 15:00"),
        ("Wie immer rufe ich Sie um vier an.", "03-10 16:00"),
        ("Im zweiten Stock ist um zwei alles fertig.", "03-10 14:00"),
        ("I'll look that up by five.", "03-10 17:00"),
        ("Gegen 15 bin ich wieder da.", "03-10 15:00"),
        ("Heute Nacht läuft es, morgen um neun haben Sie die Zahlen.", "03-11 09:00"),
    ],
)
def test_an_hour_may_be_a_word_or_a_bare_number(text: str, due: str) -> None:
    assert moment(text) == due


@pytest.mark.parametrize(
    "text",
    [
        "The crane lifts at 400 kg and no more.",
        "The price rises by five.",
        "The fee goes up by 4 percent.",
        "We reduce the rate by two, as agreed.",
        "It sells by ten people a day.",
        "We will print 14 a month, by 12 workers.",
        "The table is set for two.",
        "We'll send one by one.",
        "Our stock stands at seven.",
        "We deliver at 9.15 per kilo.",
        "There are about ten.",
        "Look at 3, 4 and 5 on the list.",
        "We'll have it checked by three colleagues.",
        "The plan is drawn at a scale of 1:50.",
        "Der Preis steigt um 5 %.",
        "Wir senken die Rate um drei.",
        "Die Frist wird um zwei Wochen verlängert.",
        "Wir kommen mit drei bis vier, je nach Wetter.",
        "Vor zehn Jahren haben wir das gebaut.",
        "Ab zwei Stück gibt es Rabatt.",
        "Wir liefern gegen drei Unterschriften.",
        "Es wird um fünf Euro teurer.",
        "Das kostet um 4.50 Euro weniger.",
        "Es sind um fünf mehr.",
        "Bis fünf Tonnen trägt die Brücke.",
        "Das regelt Punkt 9 der Ordnung.",
        "Gestern um vier war niemand da.",
        "Das Netz steht seit halb zehn.",
        "I rang you yesterday at four.",
        "HR and finance will sort that out.",
        "The work is charged by the hour and then billed.",
        "Montags um sieben ist Probe.",
    ],
)
def test_a_quantity_a_price_and_what_was_are_no_hours(text: str) -> None:
    assert moment(text) == ""


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("Ich schau mir das heut noch an.", "03-10 18:00"),
        ("You get it tonite.", "03-10 22:00"),
        ("Am Nachmittag ruft Sie jemand an.", "03-10 18:00"),
        ("Am Abend haben Sie den Bericht.", "03-10 22:00"),
        ("Noch vor der Mittagspause melde ich mich.", "03-10 12:00"),
        ("Nach dem Mittagessen sehe ich nach.", "03-10 15:00"),
        ("I'll do it after lunch.", "03-10 15:00"),
        ("The job runs overnight and the result follows.", "03-11 09:00"),
        ("Über Nacht rechnen wir das durch.", "03-11 09:00"),
        ("I'll phone you in the morning.", "03-11 12:00"),
        ("The page is switched on at midnight.", "03-10 23:59"),
        ("Ab Mitternacht gilt der neue Preis.", "03-10 23:59"),
        ("Noch diese Stunde bekommen Sie Bescheid.", "03-10 11:00"),
        ("You'll have it in the next hour.", "03-10 11:00"),
        ("A colleague rings you in the next half hour.", "03-10 10:30"),
        ("In a quarter of an hour we know.", "03-10 10:15"),
        ("I'm with you in thirty-five minutes.", "03-10 10:35"),
        ("In vierzig Minuten ist der Monteur da.", "03-10 10:40"),
        ("In fünfundzwanzig Minuten rufe ich an.", "03-10 10:25"),
        ("You have the figures before the day is out.", "03-10 18:00"),
        ("Im Laufe des morgigen Tages kommt die Antwort.", "03-11 18:00"),
        ("Ich komme mit der morgigen Fähre.", "03-11 18:00"),
        ("Allow us 48 hours for the test.", "03-12 10:00"),
        ("Allow three days for the survey.", "03-13 18:00"),
        ("Two days more, then you have it.", "03-12 18:00"),
        ("Zwei Tage noch, dann ist es fertig.", "03-12 18:00"),
        ("You get the sample in ten days' time.", "03-20 18:00"),
        ("Give me half an hour.", "03-10 10:30"),
        ("If you have half an hour on Friday, I show you the model.", "03-13 18:00"),
        ("A week from today you have the offer.", "03-17 18:00"),
    ],
)
def test_parts_of_a_day_and_stretches_from_now(text: str, due: str) -> None:
    assert moment(text) == due


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("The rent is paid on the first of the month.", "04-01 18:00"),
        ("You get it by the twelfth.", "03-12 18:00"),
        ("On the twenty-first we send the invoice.", "03-21 18:00"),
        ("The tenth of next month is when we deliver.", "04-10 18:00"),
        ("Zum Ersten stellen wir Ihren Tarif um.", "04-01 18:00"),
        ("Am Zwölften liegt der Bescheid vor.", "03-12 18:00"),
        ("Zum Monatsersten wird überwiesen.", "04-01 18:00"),
        ("Am Abend des 14. kommt die Liste.", "03-14 22:00"),
        ("Wir melden uns am 14. mit Bescheid.", "03-14 18:00"),
        ("Next month, on the 6th, the painter comes.", "04-06 18:00"),
        ("Im Juni, und zwar am 4., liefern wir.", "06-04 18:00"),
        ("You get it by the 12th of next month.", "04-12 18:00"),
        ("It is done in the 2nd week of June.", "06-12 18:00"),
        ("The lease ends at the close of 30-Apr.", "04-30 18:00"),
        ("Mit Ablauf des 30. Septembers endet der Vertrag.", "09-30 18:00"),
        ("Before the first of April it is done.", "04-01 18:00"),
        ("Bis Monatsmitte haben Sie den Vertrag.", "03-15 18:00"),
        ("We answer mid-month.", "03-15 18:00"),
        ("It arrives in the second week of May.", "05-08 18:00"),
        ("In der dritten Maiwoche kommen wir.", "05-15 18:00"),
        ("The letter goes out in the last week of April.", "04-24 18:00"),
        ("You know more before the week is out.", "03-13 18:00"),
        ("Bis die Woche um ist, wissen Sie es.", "03-13 18:00"),
        ("You get it back with the May statement.", "05-31 18:00"),
        ("Das Geld kommt mit der Aprilabrechnung.", "04-30 18:00"),
        ("Am Gründonnerstag bringen wir die Ware.", "04-02 18:00"),
        ("By Easter the hall is painted.", "04-02 18:00"),
        ("Gleich nach Ostern fangen wir an.", "04-07 18:00"),
        ("On Easter Monday the line runs again.", "04-06 18:00"),
        ("Bis Pfingsten steht der Zaun.", "05-22 18:00"),
        ("We deliver after Whitsun.", "05-26 18:00"),
        ("Bis Nikolaus ist alles verpackt.", "12-06 18:00"),
        ("Zu Allerheiligen sind die Kerzen da.", "11-01 18:00"),
        ("We'll have it up before Christmas.", "12-24 18:00"),
    ],
)
def test_days_by_number_and_by_name(text: str, due: str) -> None:
    assert moment(text) == due


@pytest.mark.parametrize(
    "text",
    [
        "We try it on the second attempt.",
        "The lift stops on the first floor.",
        "It falls by the second.",
        "I'm on the third.",
        "Your letter of the 3rd is with us.",
        "Ihre Mail vom 11. liegt vor mir.",
        "We start on the 2nd floor.",
        "Nicht vor dem 20. geht da etwas.",
        "Am ersten Tag ist viel zu tun.",
        "Wir treffen uns am 3. Gleis.",
        "Zum Ersten ist es teuer, zum Zweiten dauert es.",
        "Zum Ersten von drei Versuchen kam niemand.",
        "Nikolaus Berger schickt es Ihnen.",
        "An Nikolaus Berger haben wir geschrieben.",
        "We paid 3 of 4 on the first, second and third invoice.",
        "Wir haben es bis zum zweiten Stock geschafft.",
        "We finished on 2 March.",
        "Section 5 - may we skip it.",
    ],
)
def test_an_ordinal_alone_and_a_name_are_no_days(text: str) -> None:
    assert moment(text) == ""


def test_an_hour_that_has_gone_by_is_one_of_tomorrow() -> None:
    evening = datetime(2026, 3, 10, 18, 30, tzinfo=UTC)
    assert moment("I'll call you by five.", evening) == "03-11 17:00"
    assert moment("Am Nachmittag rufe ich an.", evening) == "03-11 18:00"
    assert moment("You get it tonight.", evening) == "03-10 22:00"


def test_a_feast_that_is_over_is_the_one_of_next_year() -> None:
    november = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert moment("By Easter you have the plans.", november) == "03-25 18:00"
    assert moment("By midnight on 1 April.", november) == "04-01 23:59"
