"""A sixth family of sayings, written with the fifth and before the model: more hurried, more of other trades, longer.

One saying a line; ` | ` stands for a line break. A promise has the day that it names in front.
"""

from functools import partial

from tests.unit.agent_runtime.ingest.sayings import dated, replied, undated

PROMISED_EN = """
2026-03-12 On Thursday the engineer brings the missing bracket along.
2026-03-10 k, sending the pic in 20 min
2026-03-13 Hello all, | thanks for a productive workshop. The minutes, including the open points, will be with you on \
Friday. | Best wishes | Ines
2026-03-11 First thing tomorrow I am going to reset your account.
2026-03-16 We shall refund the deposit by Monday, 16 March.
2026-03-13 My plan: test it tomorrow, write it up Thursday, and hand you the result Friday.
2026-03-17 Give us until Tuesday next week and the dashboard will be live.
2026-03-12 No problem at all, we can swap the tyres for you on Thursday.
2026-03-10 Your order is being packed; it will be collected by the courier tonight.
2026-03-25 I've asked HR to prepare the certificate; I'll make sure it reaches you by 25 March.
2026-03-11 Ms Weber from our studio will mail you the proofs tomorrow morning.
2026-03-13 I'd be glad to show you the flat on Friday at 4 pm, I'll bring the keys.
2026-03-20 Come next Friday you'll have the full set of x-rays.
2026-03-12 Thursday at the latest we tell you which room it is.
2026-03-16 Dear Dr Moss, | your concern about the crown is understandable. We will remake it free of charge and \
return it to your practice on Monday. | Sincerely, | Dental Lab North
2026-03-13 The menu cards are at the printer's. We get them to you by Friday.
2026-03-11 i drop it in your letterbox tomorrow
2026-03-31 By the end of the month our bookkeeper will have filed your VAT return.
2026-03-18 I undertake to lodge the appeal by 18 March.
2026-03-12 Will let you know on Thursday whether the hall is free.
"""

PROMISED_DE = """
2026-03-12 Am Donnerstag bringt der Techniker den fehlenden Winkel mit.
2026-03-10 ok, schick das bild in 20 min
2026-03-13 Hallo zusammen, | danke für den guten Workshop. Das Protokoll mit den offenen Punkten geht Ihnen am \
Freitag zu. | Viele Grüße | Ines
2026-03-11 Gleich morgen früh setze ich Ihr Konto zurück.
2026-03-16 Die Kaution erstatten wir bis Montag, den 16. März.
2026-03-13 Mein Plan: morgen testen, und am Freitag bekommst du von mir das Ergebnis.
2026-03-12 Kein Problem, am Donnerstag wechseln wir Ihnen die Reifen.
2026-03-10 Ihre Bestellung wird gerade gepackt; heute Abend geben wir sie dem Kurier mit.
2026-03-25 Das Zeugnis ist bei der Personalabteilung bestellt; ich sorge dafür, dass Sie es bis 25. März haben.
2026-03-11 Frau Weber aus unserem Atelier mailt Ihnen morgen Vormittag die Abzüge.
2026-03-13 Ich zeige Ihnen die Wohnung gern am Freitag um 16 Uhr und bringe die Schlüssel mit.
2026-03-20 Nächsten Freitag haben Sie den vollständigen Satz Röntgenbilder.
2026-03-12 Spätestens Donnerstag sagen wir Ihnen, welcher Raum es wird.
2026-03-16 Sehr geehrter Herr Dr. Moos, | Ihre Bedenken wegen der Krone verstehe ich. Wir fertigen sie kostenlos neu \
und liefern sie am Montag in Ihre Praxis. | Mit freundlichen Grüßen | Dentallabor Nord
2026-03-13 Die Speisekarten sind in der Druckerei. Wir bringen sie Ihnen bis Freitag.
2026-03-11 werf ich dir morgen in den briefkasten
2026-03-31 Bis Monatsende reicht unsere Buchhalterin Ihre Umsatzsteuer ein.
2026-03-18 Den Einspruch lege ich fristgerecht bis zum 18. März ein.
2026-03-12 Ob die Halle frei ist, teile ich Ihnen am Donnerstag mit.
2026-03-16 Ich hake bei der Bank nach und melde mich spätestens am Montag wieder bei Ihnen.
"""

NOT_PROMISED_EN = """
The engineer was there on Thursday and found nothing.
Why is the dashboard down since Monday?
Friday is a bank holiday here.
Please have the keys ready on Friday at 4 pm.
You'd have to cancel by 31 March.
I would have sent it yesterday, but the scanner was broken.
The board decides on Thursday.
We won't be able to make it on Tuesday.
Registration closes tomorrow at noon.
Our competitor promised it by Friday and did not deliver.
Would Thursday at ten suit you?
The next train leaves on Friday at 7:12.
Dear Dr Moss, | we have not yet had the impression for the crown. Please let us have it by Monday. | Dental Lab North
The lease runs until 31 March and is then renewed by a year.
It rained here until Wednesday.
You said on the phone that you would pay on Friday.
When will the x-rays be back, tomorrow?
Our office moved on 1 March.
Prices go up on 18 March.
I was told you need it by Friday, is that so?
"""

NOT_PROMISED_DE = """
Am Donnerstag war der Techniker da und hat nichts gefunden.
Warum ist das Dashboard seit Montag weg?
Freitag ist hier Feiertag.
Bitte halten Sie am Freitag um 16 Uhr die Schlüssel bereit.
Sie müssten bis 31. März kündigen.
Ich hätte es gestern geschickt, aber der Scanner war kaputt.
Der Vorstand entscheidet am Donnerstag.
Am Dienstag schaffen wir es nicht.
Die Anmeldung schließt morgen Mittag.
Der Mitbewerber hat es bis Freitag zugesagt und nicht geliefert.
Passt Ihnen Donnerstag um zehn?
Der nächste Zug fährt am Freitag um 7:12 Uhr.
Sehr geehrter Herr Dr. Moos, | der Abdruck für die Krone fehlt uns noch. Bitte lassen Sie ihn uns bis Montag \
zukommen. | Dentallabor Nord
Der Mietvertrag läuft bis 31. März und verlängert sich dann um ein Jahr.
Bis Mittwoch hat es hier geregnet.
Am Telefon sagten Sie, dass Sie am Freitag zahlen.
Wann kommen die Röntgenbilder zurück, morgen?
Unser Büro ist am 1. März umgezogen.
Am 18. März steigen die Preise.
Man sagte mir, Sie brauchen es bis Freitag, stimmt das?
"""

HOLDING_EN = """
on it
Hi Sam, | thanks for getting in touch with Greenfield Support! Ticket #99231 is open and one of our agents will reply \
within 4 hours. | The Greenfield team
Received with thanks, we'll go through it.
Dear Mr Oduya, | I acknowledge receipt of your letter dated 27 February. I have requested the file from the archive \
and will write to you once I have read it. | Yours faithfully | H. Brandt, Solicitor
Oh, good one. No idea! I'll ask around.
I only got back from holiday this morning, still digging through 300 mails, yours is on top of the pile.
As soon as the vet has seen the blood test she'll phone you.
Your question regarding the 12 % surcharge has been escalated to the tariff team.
Can't talk now, driving. Later!
We need a bit more time for this.
The colleague in charge is at a trade fair until Thursday. I have left her a note.
I'm not sure whether that is allowed under the lease. I've written to the landlord to find out.
We are in the middle of checking which of the 3 batches is affected.
Thanks for the reminder. It slipped my mind, I'll see to it.
I hear you. Let me talk to the head chef.
Your complaint of 5 March is being looked into by our quality department, reference Q-2231.
Still waiting for parts pricing from Japan.
Hello Mrs Kerr, | a short interim note: your father's care plan is with the doctor for signature. As soon as we know \
more we will be in touch. | Warm regards | Sunrise Care
Would love to help, just need to look at the contract first.
Thanks, I'll read your mail in full this evening.
Hopefully I'll know more after the call with the notary on Tuesday.
We're working on a solution.
Please excuse the wait. The person who can answer this is in surgery all day.
The tender committee meets on 20 March; until then I can't tell you anything.
Let me come back to you once I've spoken to the pilot.
Not sure yet, depends on the weather forecast. Will shout.
I've just put in a query with the registry.
Got your three questions. Answers to follow.
We have asked our supplier in Porto for the data sheet.
Everyone's on the shop floor right now, I'll grab Ben when he's back.
"""

HOLDING_DE = """
bin dran
Hallo Sam, | danke für deine Nachricht an den Greenfield-Support! Ticket #99231 ist angelegt, innerhalb von 4 Stunden \
antwortet dir jemand aus dem Team. | Dein Greenfield-Team
Dankend erhalten, wir gehen es durch.
Sehr geehrter Herr Oduya, | den Eingang Ihres Schreibens vom 27. Februar bestätige ich. Die Akte habe ich im Archiv \
angefordert und schreibe Ihnen, sobald ich sie gelesen habe. | Hochachtungsvoll | H. Brandt, Rechtsanwalt
Oh, gute Frage. Keine Ahnung! Ich frag mal rum.
Ich bin erst heute früh aus dem Urlaub zurück und wühle mich durch 300 Mails, Ihre liegt ganz oben.
Sobald die Tierärztin das Blutbild gesehen hat, telefoniert sie mit Ihnen.
Ihre Frage zum Aufschlag von 12 % liegt jetzt beim Tarifteam.
Kann grad nicht, sitze im Auto. Später!
Dafür benötigen wir noch etwas Zeit.
Die zuständige Kollegin ist bis Donnerstag auf der Messe. Ich habe ihr einen Zettel hingelegt.
Ob das laut Mietvertrag erlaubt ist, weiß ich nicht sicher. Ich habe den Vermieter angeschrieben.
Wir prüfen gerade, welche der 3 Chargen betroffen ist.
Danke fürs Erinnern. Das ist mir durchgerutscht, ich kümmere mich.
Verstehe. Ich rede mit dem Küchenchef.
Ihre Reklamation vom 5. März liegt bei unserer Qualitätsabteilung, Zeichen Q-2231.
Wir warten immer noch auf die Ersatzteilpreise aus Japan.
Hallo Frau Kerr, | kurzer Zwischenstand: der Pflegeplan Ihres Vaters liegt beim Arzt zur Unterschrift. Sobald wir \
mehr wissen, melden wir uns. | Herzliche Grüße | Haus Sonnenschein
Helfe gern, muss nur erst in den Vertrag schauen.
Danke, ich lese Ihre Mail heute Abend in Ruhe.
Nach dem Telefonat mit dem Notar am Dienstag weiß ich hoffentlich mehr.
Wir arbeiten an einer Lösung.
Bitte entschuldigen Sie die Wartezeit. Wer das beantworten kann, steht heute den ganzen Tag im OP.
Der Vergabeausschuss tagt am 20. März; vorher kann ich Ihnen nichts sagen.
Ich komme auf Sie zu, wenn ich mit dem Piloten gesprochen habe.
Noch offen, hängt vom Wetter ab. Sag dann Bescheid.
Ich habe soeben beim Grundbuchamt angefragt.
Ihre drei Fragen habe ich. Antworten folgen.
Wir haben unseren Lieferanten in Porto um das Datenblatt gebeten.
Gerade sind alle in der Halle, ich schnappe mir Ben, wenn er zurück ist.
"""

ANSWERS_EN = """
yep works
Hi Sam, | thanks for getting in touch with Greenfield Support. To reset the thermostat, hold both keys for 5 seconds \
until the display blinks. | The Greenfield team
Nope, sorry, dogs aren't allowed in the breakfast room.
Dear Mr Oduya, | I have now read the file. In my opinion the claim became time-barred on 31 December 2024, so an \
action would not succeed. | Yours faithfully | H. Brandt, Solicitor
Ask for Ben at the counter, he has it.
The blood test is fine apart from a slightly raised liver value.
The 12 % surcharge only applies to deliveries outside Europe.
can do 7.30 but not earlier
We had to order it, hence the delay, but it's here now and you can pick it up.
The landlord says pets are allowed as long as nobody complains.
Only batch 2 is affected. You may use the other two.
I'd go for the oak, it ages better.
Head chef says vegan for 40 is no problem.
Our quality department examined the hinge: it was a material fault, we replace it at no cost.
Parts come to 214 euros, labour to 90.
Hello Mrs Kerr, | the doctor has signed the care plan. Your father now gets physiotherapy twice a week and his \
evening dose was halved. I will ring you on Thursday to tell you how he is taking it. | Warm regards | Sunrise Care
Have a look at section 9, it says that either side can end it with 30 days' notice.
We lost the tender by two points, sadly.
It's because the firmware is older than 4.2. Update it and the error goes away.
The notary needs the passport and the birth certificate, originals both.
Weather permitting we fly at 9.
He left the company in January. Ms Ruiz has taken over from him.
The registry entry is unencumbered.
1) yes 2) no 3) only in summer
Data sheet enclosed.
Depends on the load: up to 2 tonnes yes, above that no.
Half now and half on delivery.
As far as the colour goes, RAL 7016. On the handles I'm still waiting for the supplier and will tell you next week.
We'd rather stay with the current plan.
It's the small black box behind the printer, just switch it off and on.
"""

ANSWERS_DE = """
jo passt
Hallo Sam, | danke für deine Nachricht an den Greenfield-Support. Zum Zurücksetzen hältst du beide Tasten des \
Thermostats 5 Sekunden gedrückt, bis die Anzeige blinkt. | Dein Greenfield-Team
Nee, leider dürfen Hunde nicht in den Frühstücksraum.
Sehr geehrter Herr Oduya, | die Akte habe ich nun gelesen. Meiner Ansicht nach ist die Forderung seit dem 31. \
Dezember 2024 verjährt, eine Klage hätte keinen Erfolg. | Hochachtungsvoll | H. Brandt, Rechtsanwalt
Fragen Sie am Tresen nach Ben, er hat es.
Das Blutbild ist bis auf einen leicht erhöhten Leberwert in Ordnung.
Der Aufschlag von 12 % gilt nur für Lieferungen außerhalb Europas.
7.30 geht, früher nicht
Wir mussten es bestellen, daher die Verzögerung, aber jetzt ist es da und Sie können es abholen.
Der Vermieter sagt, Haustiere sind erlaubt, solange sich niemand beschwert.
Nur Charge 2 ist betroffen. Die anderen beiden können Sie verwenden.
Ich würde die Eiche nehmen, sie altert schöner.
Der Küchenchef meint, vegan für 40 ist kein Problem.
Unsere Qualitätsabteilung hat das Scharnier untersucht: Materialfehler, wir ersetzen es kostenlos.
Die Teile machen 214 Euro, die Arbeit 90.
Hallo Frau Kerr, | der Arzt hat den Pflegeplan unterschrieben. Ihr Vater bekommt jetzt zweimal die Woche \
Krankengymnastik, die Abenddosis wurde halbiert. Am Donnerstag rufe ich Sie an und erzähle, wie er es verträgt. | \
Herzliche Grüße | Haus Sonnenschein
Schauen Sie in Abschnitt 9, danach kann jede Seite mit 30 Tagen Frist kündigen.
Die Ausschreibung haben wir um zwei Punkte verloren, schade.
Das liegt an der Firmware, sie ist älter als 4.2. Nach dem Update ist der Fehler weg.
Der Notar braucht Pass und Geburtsurkunde, beides im Original.
Wenn das Wetter hält, fliegen wir um 9.
Er hat die Firma im Januar verlassen. Frau Ruiz ist seine Nachfolgerin.
Das Grundbuch ist lastenfrei.
1) ja 2) nein 3) nur im Sommer
Datenblatt liegt bei.
Kommt auf die Last an: bis 2 Tonnen ja, darüber nein.
Hälfte jetzt, Hälfte bei Lieferung.
Was die Farbe angeht: RAL 7016. Bei den Griffen warte ich noch auf den Lieferanten und sage es Ihnen nächste Woche.
Wir bleiben lieber beim jetzigen Tarif.
Das ist der kleine schwarze Kasten hinter dem Drucker, einfach aus- und wieder einschalten.
"""

HOLDING, ANSWERS = replied(HOLDING_EN + HOLDING_DE), replied(ANSWERS_EN + ANSWERS_DE)
promised = partial(dated, PROMISED_EN + PROMISED_DE)
not_promised = partial(undated, NOT_PROMISED_EN + NOT_PROMISED_DE)
