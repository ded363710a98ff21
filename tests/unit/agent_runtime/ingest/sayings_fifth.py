"""A fifth family of sayings, written before the rules and the model were looked at, and never used to make either.

One saying a line; ` | ` stands for a line break. A promise has the day that it names in front.
"""

from functools import partial

from tests.unit.agent_runtime.ingest.sayings import dated, replied, undated

PROMISED_EN = """
2026-03-13 You can expect the revised repayment plan from me on Friday.
2026-03-11 Hi Tom, | the technician is booked, he'll be with you tomorrow between 8 and 10. | Regards, Lena
2026-03-16 Dear Ms Ortiz, | thank you for the call. I'll put the three options into a short comparison and have it in \
your inbox by Monday. | Kind regards | Paul Reed
2026-03-12 Let me get the allergen list from the kitchen to you by Thursday lunchtime.
2026-03-20 The credit note goes out by the end of next week, you have my word.
2026-03-10 Give me an hour or two, you'll have the passwords this afternoon.
2026-03-18 We'll have the van repaired and back in your yard on Wednesday 18 March.
2026-03-31 Our side will deliver the audit file no later than 31 March.
2026-03-13 Understood. I'm rewriting clause 7 now and will circulate the new wording by close of business Friday.
2026-03-17 I'm happy to drop off the colour samples next Tuesday.
2026-03-11 will ring you tmrw before 9
2026-03-12 Two days, then you have the translated pages back from us.
2026-03-24 In two weeks you'll receive the first settlement statement from us.
2026-03-10 Before I leave today I'll release the payment.
2026-03-13 We'll have an electrician look at the inverter this week, and I'll report back to you on Friday morning.
2026-03-16 Sorry about the mix-up! A new pair of lenses leaves our lab on Monday, at our expense.
2026-03-12 I owe you the references: you get them Thursday.
2026-03-11 Within 24 hours somebody from our claims desk will ring you.
2026-03-15 By 15 March I will have countersigned and returned both copies.
2026-03-13 Count on me for the seating plan by Friday noon.
"""

PROMISED_DE = """
2026-03-13 Den überarbeiteten Tilgungsplan erhalten Sie am Freitag von mir.
2026-03-11 Hallo Tom, | der Monteur ist eingeplant, er kommt morgen zwischen 8 und 10 Uhr zu Ihnen. | Grüße, Lena
2026-03-16 Sehr geehrte Frau Ortiz, | danke für das Gespräch. Ich stelle die drei Varianten gegenüber und schicke \
Ihnen die Übersicht bis Montag. | Mit freundlichen Grüßen | Paul Reed
2026-03-12 Die Allergenliste besorge ich Ihnen bis Donnerstagmittag aus der Küche.
2026-03-20 Die Gutschrift geht bis Ende nächster Woche raus, versprochen.
2026-03-10 Geben Sie mir ein bis zwei Stunden, heute Nachmittag haben Sie die Kennwörter.
2026-03-18 Am Mittwoch, dem 18. März, steht der Wagen repariert wieder auf Ihrem Hof.
2026-03-31 Die Prüfunterlagen liefern wir Ihnen spätestens zum 31. März.
2026-03-13 Verstanden. Ziffer 7 formuliere ich neu und verteile die Fassung bis Freitag Dienstschluss.
2026-03-17 Die Farbmuster bringe ich Ihnen gerne nächsten Dienstag vorbei.
2026-03-11 ruf dich morgen vor 9 an
2026-03-12 In zwei Tagen haben Sie die übersetzten Seiten von uns zurück.
2026-03-24 In zwei Wochen bekommen Sie von uns die erste Abrechnung.
2026-03-10 Bevor ich heute gehe, gebe ich die Zahlung noch frei.
2026-03-16 Entschuldigen Sie das Durcheinander! Am Montag verlassen neue Gläser unser Labor, auf unsere Kosten.
2026-03-12 Die Referenzen bin ich Ihnen noch schuldig: Sie bekommen sie Donnerstag.
2026-03-11 Innerhalb von 24 Stunden ruft Sie jemand aus der Schadenabteilung an.
2026-03-15 Bis zum 15.03. habe ich beide Exemplare gegengezeichnet und zurückgesandt.
2026-03-13 Der Sitzplan liegt Ihnen bis Freitagmittag vor.
2026-03-17 Bis nächsten Dienstag klären wir das mit der Spedition und sagen Ihnen Bescheid.
"""

NOT_PROMISED_EN = """
The rate fix ends on Friday.
Could you let us have the payslips by Thursday?
We received your meter reading on 2 March, thank you.
Please sign both copies and return them by Monday.
The shop is closed on Wednesday for stocktaking.
If you order before Friday, the discount still applies.
Last week I sent you the inspection report.
Your policy renews on 31 March.
We cannot deliver before Monday.
The seminar takes place on 18 March in Leeds.
You wanted to send us the floor plan by Tuesday.
Which of you will be in the office tomorrow?
I'm on leave until Monday.
Hi Kim, | a reminder that the parking permits expire on Friday. | Best, Joe
The courier says it was delivered on Monday at 10:14.
Nobody will be at the gate on Thursday.
We would need your decision by Friday.
Your colleague told me that he pays on the 15th.
The bank transfer of 4 March has arrived.
Until the end of the month the second licence is free of charge.
"""

NOT_PROMISED_DE = """
Die Zinsbindung endet am Freitag.
Könnten Sie uns die Lohnzettel bis Donnerstag zukommen lassen?
Ihren Zählerstand haben wir am 2. März erhalten, vielen Dank.
Bitte unterschreiben Sie beide Exemplare und senden Sie sie bis Montag zurück.
Am Mittwoch ist das Geschäft wegen Inventur geschlossen.
Wenn Sie vor Freitag bestellen, gilt der Rabatt noch.
Letzte Woche habe ich Ihnen den Prüfbericht geschickt.
Ihre Police verlängert sich am 31. März.
Vor Montag können wir nicht liefern.
Das Seminar findet am 18. März in Leipzig statt.
Sie wollten uns den Grundriss bis Dienstag schicken.
Wer von Ihnen ist morgen im Büro?
Bis Montag bin ich im Urlaub.
Hallo Kim, | zur Erinnerung: die Parkausweise laufen am Freitag ab. | Gruß, Jo
Laut Kurier wurde am Montag um 10:14 Uhr zugestellt.
Am Donnerstag ist niemand an der Pforte.
Wir bräuchten Ihre Entscheidung bis Freitag.
Ihr Kollege sagte mir, dass er am 15. zahlt.
Die Überweisung vom 4. März ist eingegangen.
Bis Monatsende ist die zweite Lizenz kostenlos.
"""

HOLDING_EN = """
Thank you for your message. Your enquiry has been logged under number 48213 and is being dealt with.
Dear Ms Ortiz, | I have taken this up with our underwriting team and expect to hear from them by Thursday. | Kind \
regards | Paul Reed
Good point about the second driver. I will need to run that past the insurer first.
Hi Tom, not forgotten! Just waiting for the kitchen to give me numbers.
I'm between meetings, will write properly tonight.
We have your request of 3 March and hope to give you a decision within 5 working days.
Bear with me.
I can't say off the top of my head, I'd rather ask the structural engineer.
Dear Mr Hale, | thank you for the photos of the damp patch. Our surveyor will assess them and we will then get in \
touch. | Yours sincerely | Mrs D. Park | Claims
Someone from the workshop is going to call you about that.
This one is above my pay grade, so I've forwarded it to Nadia who owns the contract.
Sorry for the silence, we're still trying to find out what happened to pallet 14.
Let me double-check the stock and revert.
noted, more soon
Apologies, it's month end here. You'll have our reply on the 2nd.
I'd like to give you a proper answer rather than a quick one; please allow me until Friday.
Thanks for flagging. Engineering is investigating.
We are reviewing your application. This usually takes three to five days.
I have put your question on the agenda for Wednesday's board.
Our driver is off today, I'll ask him about the missing crate first thing.
We appreciate your patience while we look at the figures again.
Your mail has reached us. As Ms Lund is the only one who knows the file, she will answer you upon her return on 16 \
March.
hm let me think about that one
I do not have the exact date yet. As soon as the shipping line confirms I'll pass it on.
It's with legal.
We take such complaints seriously and will examine the matter carefully.
Hello Jan, | quick note to say that I saw your question on the 4 extra seats. I'm checking what we can do on price. | \
Cheers, Mo
Could be, could be not. I'm finding out.
I've chased the manufacturer again this morning, no reply so far.
Right, leave it with me.
"""

HOLDING_DE = """
Vielen Dank für Ihre Nachricht. Ihre Anfrage wurde unter der Nummer 48213 erfasst und wird bearbeitet.
Sehr geehrte Frau Ortiz, | ich habe das an unsere Risikoprüfung gegeben und rechne bis Donnerstag mit einer \
Rückmeldung. | Mit freundlichen Grüßen | Paul Reed
Guter Punkt mit dem zweiten Fahrer. Das muss ich zuerst beim Versicherer anfragen.
Hallo Tom, nicht vergessen! Ich warte nur noch auf die Zahlen aus der Küche.
Bin zwischen zwei Terminen, schreibe heute Abend ordentlich.
Ihr Antrag vom 3. März liegt uns vor; wir hoffen, innerhalb von 5 Werktagen entscheiden zu können.
Einen Moment Geduld bitte.
Das weiß ich nicht auswendig, da frage ich lieber den Statiker.
Sehr geehrter Herr Hahn, | danke für die Fotos vom feuchten Fleck. Unser Gutachter sieht sie sich an, danach kommen \
wir auf Sie zu. | Mit freundlichem Gruß | D. Park | Schadenabteilung
Dazu ruft Sie jemand aus der Werkstatt an.
Das kann ich nicht entscheiden, ich habe es an Nadia weitergegeben, sie betreut den Vertrag.
Entschuldigen Sie die Funkstille, wir suchen immer noch nach dem Verbleib von Palette 14.
Ich prüfe den Bestand noch einmal und gebe dann Bescheid.
notiert, mehr dazu bald
Sorry, hier ist Monatsabschluss. Unsere Antwort haben Sie am 2.
Ich möchte Ihnen lieber eine gründliche als eine schnelle Antwort geben; lassen Sie mir bitte Zeit bis Freitag.
Danke für den Hinweis. Die Technik untersucht es.
Wir prüfen Ihren Antrag. Das dauert gewöhnlich drei bis fünf Tage.
Ihre Frage habe ich für die Vorstandssitzung am Mittwoch angemeldet.
Unser Fahrer hat heute frei, ich frage ihn gleich morgen früh nach der fehlenden Kiste.
Danke für Ihre Geduld, während wir die Zahlen noch einmal ansehen.
Ihre Mail ist angekommen. Da nur Frau Lund die Akte kennt, antwortet sie Ihnen nach ihrer Rückkehr am 16. März.
hm da muss ich mal drüber nachdenken
Das genaue Datum habe ich noch nicht. Sobald die Reederei bestätigt, gebe ich es weiter.
Liegt gerade bei der Rechtsabteilung.
Wir nehmen solche Beschwerden ernst und gehen der Sache sorgfältig nach.
Hallo Jan, | kurz vorab: deine Frage zu den 4 zusätzlichen Plätzen habe ich gesehen. Ich kläre, was beim Preis geht. \
| Gruß, Mo
Kann sein, kann nicht sein. Ich finde es heraus.
Heute früh habe ich beim Hersteller noch einmal nachgehakt, bisher ohne Antwort.
Gut, ich kümmere mich drum.
"""

ANSWERS_EN = """
Yes.
Early repayment is possible at any time; the fee is 1 % of what is left.
Dear Ms Ortiz, | the allergens in the set menu are gluten, milk and celery. | Kind regards | Paul Reed
No, I'm afraid that model was discontinued.
Wednesday at three suits us.
I checked with the structural engineer: the beam carries 400 kg.
14 days net.
Hi Tom, | the second driver is covered as long as he is over 23. I'll post the amended certificate on Friday. | Lena
Sorry for the late reply. The pallet was unloaded in Hamburg by mistake and is now on its way to you.
Attached.
We looked into it: the invoice was raised twice, so please ignore the second one.
That's included.
You'll find the form at the bottom of the portal's start page, under "My documents".
Dear Mr Hale, | thank you for your patience. The surveyor found that the gutter is blocked; the damp comes from there \
and not from the roof. | Yours sincerely | Mrs D. Park
Only with planning permission.
Price per seat is 31 euros. For the discount on four I have to ask my boss and will tell you tomorrow.
Nadia says that the notice period is three months to the end of a quarter.
It weighs about 60 kilos, two people can carry it.
We don't, but our partner in Ghent does.
Take the blue cable, the grey one is for the sensor.
As agreed on the phone, we waive the cancellation fee.
Because the tank has to cool down first.
Both are fine.
Yes it is, we've had it certified since 2019. The certificate follows by Monday.
The pickup is at gate 4, not at reception.
unfortunately sold out
We decided against it, the risk is too high for us.
Your driver can unload between 6 and 14.
The licence is per device, so with 12 tablets you need 12.
I can confirm that the order is complete.
"""

ANSWERS_DE = """
Ja.
Eine vorzeitige Rückzahlung ist jederzeit möglich; die Gebühr beträgt 1 % der Restschuld.
Sehr geehrte Frau Ortiz, | im Menü sind Gluten, Milch und Sellerie enthalten. | Mit freundlichen Grüßen | Paul Reed
Nein, das Modell wird leider nicht mehr gebaut.
Mittwoch um drei passt uns.
Ich habe den Statiker gefragt: der Träger hält 400 kg.
14 Tage netto.
Hallo Tom, | der zweite Fahrer ist mitversichert, sofern er über 23 ist. Den geänderten Schein schicke ich am \
Freitag. | Lena
Entschuldigen Sie die späte Antwort. Die Palette wurde irrtümlich in Hamburg abgeladen und ist jetzt auf dem Weg zu \
Ihnen.
Anbei.
Wir haben nachgesehen: die Rechnung wurde doppelt gestellt, die zweite können Sie ignorieren.
Das ist inbegriffen.
Das Formular finden Sie auf der Startseite des Portals ganz unten unter "Meine Dokumente".
Sehr geehrter Herr Hahn, | danke für Ihre Geduld. Der Gutachter hat festgestellt, dass die Regenrinne verstopft ist; \
die Feuchtigkeit kommt daher und nicht vom Dach. | Mit freundlichem Gruß | D. Park
Nur mit Baugenehmigung.
Der Platz kostet 31 Euro. Wegen des Rabatts bei vier muss ich meinen Chef fragen und sage es Ihnen morgen.
Laut Nadia beträgt die Kündigungsfrist drei Monate zum Quartalsende.
Es wiegt etwa 60 Kilo, zwei Leute können es tragen.
Wir nicht, aber unser Partner in Gent.
Nehmen Sie das blaue Kabel, das graue ist für den Fühler.
Wie telefonisch besprochen verzichten wir auf die Stornogebühr.
Weil der Kessel erst abkühlen muss.
Beides geht.
Ja, seit 2019 sind wir dafür zertifiziert. Das Zertifikat folgt bis Montag.
Abholung ist an Tor 4, nicht am Empfang.
leider ausverkauft
Wir haben uns dagegen entschieden, das Risiko ist uns zu hoch.
Ihr Fahrer kann zwischen 6 und 14 Uhr abladen.
Die Lizenz gilt je Gerät, bei 12 Tablets brauchen Sie also 12.
Ich kann bestätigen, dass die Bestellung vollständig ist.
"""

HOLDING, ANSWERS = replied(HOLDING_EN + HOLDING_DE), replied(ANSWERS_EN + ANSWERS_DE)
promised = partial(dated, PROMISED_EN + PROMISED_DE)
not_promised = partial(undated, NOT_PROMISED_EN + NOT_PROMISED_DE)
