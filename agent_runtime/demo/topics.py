"""What the demo world talks about: a question, its answer and the paper that is owed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """`thing` is what somebody may promise to send; it fits after "I will send you" in its language."""

    subject: str
    ask: str
    answer: str
    thing: str
    file: str


ENGLISH = (
    Topic(
        "Noise at night, {site}",
        "The block behind {site} has flats on the second floor. What do the roof units come to at night, "
        "measured at ten metres?",
        "At night the fans at {site} run at reduced speed. Measured at ten metres that is 38 dB(A); the "
        "limit in that street is 40.",
        "the noise figures for {site}",
        "noise-figures",
    ),
    Topic(
        "Door position, {site}",
        "The drawing for {site} still shows the door on the north wall. Can it move to the loading side "
        "without a new foundation?",
        "The door at {site} can move to the loading side. The foundation stays as it is; only the drain "
        "moves by 60 cm.",
        "the revised drawing for {site}",
        "drawing-rev-C",
    ),
    Topic(
        "Lead time for {n} {unit}",
        "How long is the lead time for {n} of the {unit}, and does it get shorter if we take two deliveries?",
        "For {n} of the {unit} we need seven weeks. With two deliveries the first half can leave after four.",
        "the delivery schedule for the {unit} units",
        "delivery-schedule",
    ),
    Topic(
        "Night shift and response time",
        "We run a night shift at {site}. Does the four-hour response in the service contract count at "
        "weekends as well?",
        "Yes, the four hours count around the clock for {site}, weekends included. The number to call is on "
        "the first page of the contract.",
        "the response time table for {site}",
        "response-times",
    ),
    Topic(
        "Second compressor for {site}",
        "What would the plant at {site} cost with a second compressor, so that one can be serviced while "
        "the other runs?",
        "With a second compressor the plant at {site} comes to {price}, installed. Both then run at part "
        "load, which keeps the power draw almost level.",
        "the price with a second compressor for {site}",
        "price-second-compressor",
    ),
    Topic(
        "Connected load, {unit}",
        "Our electrician asks for the connected load of the {unit} with the door heater on. The board at "
        "{site} has 32 A left.",
        "The {unit} draws 21 A with the door heater on, so the board at {site} is sufficient. Please plan a "
        "separate breaker.",
        "the wiring sheet for the {unit}",
        "wiring-sheet",
    ),
    Topic(
        "Propane version of the {unit}",
        "Is the {unit} available with propane? Our insurer wants to know before the policy renews.",
        "The {unit} is available with propane. The charge stays below 500 g, so no gas alarm is needed at {site}.",
        "the R290 data sheet for the {unit}",
        "r290-data-sheet",
    ),
    Topic(
        "Floor load at {site}",
        "The floor at {site} was poured in 1978 and carries 750 kg per square metre. Is that enough for the {unit}?",
        "It is enough. The {unit} stands on four feet and comes to 610 kg per square metre with the frame we deliver.",
        "the load calculation for {site}",
        "load-calculation",
    ),
    Topic(
        "Removal of the old units at {site}",
        "Who takes away the {n} old units at {site}, and do we get the disposal certificates?",
        "We take the old units at {site} with us on the day of installation. Disposal is in the price, with papers.",
        "the removal plan for {site}",
        "removal-plan",
    ),
    Topic(
        "Alarm to two phones",
        "Can the temperature alarm at {site} go to two phones, and to the site manager only after ten minutes?",
        "Both is possible. Each plant can alarm up to five numbers with its own delay; I set {site} up that "
        "way on Monday if you name the numbers.",
        "the alarm list for {site}",
        "alarm-list",
    ),
    Topic(
        "Leak check record for {site}",
        "The auditor is here in two weeks and asks for the leak check record of {site} from last summer. We "
        "cannot find ours.",
        "The leak check at {site} was done in July without findings; two valves were retightened.",
        "the leak check record for {site}",
        "leak-check-record",
    ),
    Topic(
        "Spare parts for plant {serial}",
        "Which spare parts should we keep ourselves for plant {serial}? The last fan motor took nine days to arrive.",
        "For plant {serial} I would keep one fan motor, two door seals and a sensor. Together they cost "
        "less than one lost night.",
        "the spare parts list for plant {serial}",
        "spare-parts",
    ),
    Topic(
        "Installation at {site} while we trade",
        "Can you install at {site} while we stay open? We cannot close the counter for more than one morning.",
        "At {site} we can work behind a partition and need the counter closed for three hours on the last day.",
        "the installation plan for {site}",
        "installation-plan",
    ),
    Topic(
        "Tenant's consent for {site2}",
        "The landlord of {site2} wants to see how the pipes run through the shared corridor before he "
        "agrees. Do you have that as a sheet?",
        "The pipes at {site2} run above the suspended ceiling of the corridor, in a fire-rated duct, for 11 metres.",
        "the pipe route sheet for {site2}",
        "pipe-route",
    ),
)

GERMAN = (
    Topic(
        "Geräusch nachts, {site}",
        "Hinter {site} liegen Wohnungen. Welchen Pegel erreichen die Dachgeräte nachts in zehn Metern Abstand?",
        "Nachts laufen die Ventilatoren mit reduzierter Drehzahl. In zehn Metern sind das 38 dB(A), zulässig sind 40.",
        "die Schallwerte für {site}",
        "schallwerte",
    ),
    Topic(
        "Lage der Tür, {site}",
        "Die Zeichnung für {site} zeigt die Tür noch auf der Nordseite. Kann sie ohne neues Fundament zur Laderampe?",
        "Die Tür kann auf die Rampenseite. Das Fundament bleibt, nur der Ablauf rückt um 60 cm.",
        "die geänderte Zeichnung für {site}",
        "zeichnung-rev-C",
    ),
    Topic(
        "Lieferzeit {n} x {unit}",
        "Wie lang ist die Lieferzeit für {n} Stück {unit}, und wird sie kürzer, wenn wir in zwei Teilen abnehmen?",
        "Für {n} Stück {unit} brauchen wir sieben Wochen. Bei zwei Teillieferungen geht die erste "
        "Hälfte nach vier raus.",
        "den Lieferplan für die {unit}",
        "lieferplan",
    ),
    Topic(
        "Reaktionszeit am Wochenende",
        "Wir arbeiten in {site} auch nachts. Gelten die vier Stunden aus dem Wartungsvertrag auch am Wochenende?",
        "Ja, die vier Stunden gelten für {site} rund um die Uhr, auch am Wochenende.",
        "die Übersicht der Reaktionszeiten für {site}",
        "reaktionszeiten",
    ),
    Topic(
        "Zweiter Verdichter für {site}",
        "Was kostet die Anlage in {site} mit einem zweiten Verdichter, damit wir bei laufendem Betrieb warten können?",
        "Mit zweitem Verdichter kostet die Anlage in {site} montiert {price}. Beide laufen dann in Teillast.",
        "den Preis mit zweitem Verdichter für {site}",
        "preis-zweiter-verdichter",
    ),
    Topic(
        "Anschlusswert {unit}",
        "Unser Elektriker fragt nach dem Anschlusswert der {unit} mit Türheizung. In {site} sind noch 32 A frei.",
        "Die {unit} nimmt mit Türheizung 21 A auf, der Verteiler in {site} reicht also. Bitte eine eigene "
        "Sicherung vorsehen.",
        "den Anschlussplan der {unit}",
        "anschlussplan",
    ),
    Topic(
        "Dichtheitsprüfung {site}",
        "In zwei Wochen ist der Prüfer im Haus und fragt nach dem Protokoll der Dichtheitsprüfung für "
        "{site}. Unseres ist nicht auffindbar.",
        "Die Dichtheitsprüfung in {site} war im Juli ohne Befund, zwei Ventile wurden nachgezogen.",
        "das Protokoll der Dichtheitsprüfung für {site}",
        "dichtheitspruefung",
    ),
    Topic(
        "Ersatzteile für Anlage {serial}",
        "Welche Ersatzteile sollten wir für Anlage {serial} selbst vorhalten? Der letzte Lüftermotor kam "
        "erst nach neun Tagen.",
        "Für Anlage {serial} würde ich einen Lüftermotor, zwei Türdichtungen und einen Fühler hinlegen.",
        "die Ersatzteilliste für Anlage {serial}",
        "ersatzteilliste",
    ),
    Topic(
        "Montage bei laufendem Betrieb, {site}",
        "Können Sie in {site} montieren, während wir geöffnet haben? Länger als einen Vormittag können wir "
        "nicht schließen.",
        "In {site} arbeiten wir hinter einer Trennwand und brauchen am letzten Tag drei Stunden ohne Betrieb.",
        "den Montageplan für {site}",
        "montageplan",
    ),
    Topic(
        "Abholung der Altgeräte, {site}",
        "Wer holt die {n} Altgeräte in {site} ab, und bekommen wir die Entsorgungsnachweise?",
        "Die Altgeräte nehmen wir am Tag der Montage mit. Die Entsorgung ist im Preis enthalten, mit Nachweis.",
        "den Ablauf der Abholung in {site}",
        "abholung",
    ),
)

TOPICS = {"en": ENGLISH, "de": GERMAN}
