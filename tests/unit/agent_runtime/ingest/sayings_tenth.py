"""A tenth family of sayings, written as the ninth was: cable cars, dental work, consultants, packaging, conferences,
security, seeds.

Nothing was learnt from it. One saying a line; a promise has the day that it names in front, a reply what was asked.
"""

from functools import partial

from tests.unit.agent_runtime.ingest.sayings import dated, replied, undated

PROMISED_EN = """
2026-03-13 The two rope grease samples go to your inspector by Friday.
2026-03-11 will send u the crown shades tmrw
2026-03-12 Thursday you'll have the seating plan for the Birch Hall in front of you.
2026-03-31 We undertake to furnish the germination certificates for all four lots no later than the end of this month.
2026-03-10 Die-cut samples leave us with the van this afternoon.
2026-03-16 I'm walking the site with our guard captain first and will tell you on Monday how many posts it takes.
2026-03-17 Give us until next Tuesday and your item master is migrated.
2026-03-20 Cabin 14 will be hanging on the rope again next week, the grip only needs its last test.
2026-03-11 Revised quote by tomorrow noon.
2026-03-13 Should that suit you, our Mr Ravel installs the patch on Friday evening after your last posting run.
2026-03-24 On the 24th the bridge is out of the furnace and goes by courier to your practice.
2026-03-12 Expect our verdict on the torn sleeves in two days.
2026-03-20 You can count on 400 kg of the dressed rye standing in your depot on 20 March.
2026-03-10 gimme an hour, looking up which guard had the night shift and then i call you
2026-03-13 Before the week is out my colleague Oona will have decided whether you can move to the larger hall.
2026-03-16 Printing plates Monday at the latest, my word on it.
2026-03-11 The timetable for the spring closure gets mailed to every hotel in the valley tomorrow morning.
2026-03-17 In a week our plant pathologist reports to you about the spots on the leaves.
2026-03-13 Within three working days the overcharged coffee breaks will be credited to your account.
2026-03-12 The alloy sheet isn't in our folder, so I'm prising it out of the foundry and you get it Thursday.
2026-03-10 Before we close tonight I shall have found out who holds the spare key to gate C.
2026-03-20 Allow us until the end of next week for the stacking test on the corrugated trays.
2026-03-11 By 9 a.m. tomorrow a temporary login for your auditor is going to be in place.
2026-03-31 Our lift inspector's findings will be laid before your board by 31 March.
2026-03-13 Sorry for the silence, the milling machine was down; your six inlays ship Friday.
2026-03-16 On Monday I'll sit down with the developers, and that same evening you'll know whether the interface can be saved.
2026-03-12 Two new colleagues take over the reception desk from the day after tomorrow, I'll see to that personally.
2026-03-10 Ringing the haulier now, back to you by two with the truck's number.
2026-03-13 Ms Adeyemi has taken on the fire-watch rota and hands it to you this week.
2026-03-24 It takes a fortnight: on 24 March we let you have the field trial figures, complete and signed.
2026-03-11 If you can bear one more night of the noise, our rope crew replaces the roller on Wednesday morning.
2026-03-17 next tues latest u get the gluten-free menu from our chef
2026-03-20 Payment terms go before our directors, and you shall receive their decision in writing next week.
2026-03-13 Friday sees the corrected packing artwork in your inbox.
2026-03-31 The go-live checklist will be completed on our side by the end of March, reports and user roles included.
2026-03-12 Our partner in Tarvo rebuilds the denture base and returns it to you within two days.
2026-03-10 Today still, the incident report, with photos.
2026-03-16 Leave the lost umbrella to me; I'll have searched all the cabins by Monday.
2026-03-11 Your proforma? Tomorrow, first thing, from Lise in accounts.
2026-03-18 Our agronomist is going to drive out to you on 18 March and take the soil samples herself.
"""

PROMISED_DE = """
2026-03-13 Den Prüfbericht zum Zugseil bekommen Sie bis Freitag.
2026-03-11 schick dir morgen die farbmuster fürs inlay
2026-03-12 Übermorgen liegt der Stanzling bei Ihnen auf dem Tisch.
2026-03-31 Bis Monatsende wird die Schnittstelle zur Lohnbuchhaltung durch unser Haus fertiggestellt.
2026-03-10 Heute noch kläre ich mit der Küche, ob vegan für 90 Personen geht, und melde mich.
2026-03-16 Am Montag haben Sie den Dienstplan der Nachtwache.
2026-03-20 Die Keimprobe der Partie 31 kommt nächste Woche aus der Kammer, das Ergebnis faxen wir Ihnen umgehend noch in derselben Woche.
2026-03-17 Geben Sie uns bis Dienstag nächster Woche Zeit, dann steht der Preis.
2026-03-13 Ende der Woche fährt die Kabine 7 wieder, darauf dürfen Sie sich verlassen.
2026-03-12 Rechne bitte am Donnerstag mit der Teleskopkrone.
2026-03-11 Angebot Faltschachteln: morgen Vormittag.
2026-03-24 Wir erlauben uns, Ihnen den unterzeichneten Bewachungsvertrag zum 24. März zuzustellen.
2026-03-10 Bin grad am Berg, ruf dich heut Nachmittag mit der Uhrzeit an.
2026-03-13 Weil die Fräse wieder läuft, gehen Ihre drei Brücken diese Woche noch raus.
2026-03-20 Zum 20.3. richtet unser Herr Bastong die fehlenden Buchungskreise ein.
2026-03-16 Ob wir den Saal Ulme für Sie umbauen können, entscheidet unsere Leitung bis Montag und Sie hören dann gleich von mir.
2026-03-11 Spätestens morgen um zwölf weiß ich, wer das Tor offen ließ, und sag es Ihnen.
2026-03-17 In einer Woche erhalten Sie von unserem Züchter die Sortenbeschreibung in der Endfassung.
2026-03-13 Sofern es Ihnen recht ist, holt unser Bote die Abdrücke am Freitag in der Praxis ab.
2026-03-12 Innerhalb von zwei Tagen ersetzen wir die eingedrückten Kartons, ohne Berechnung.
2026-03-31 Die Revision der Bergstation wird von uns zum 31. März abgeschlossen.
2026-03-20 Nächste Woche gibt's von mir eine Antwort zur Rabattstaffel, Ehrenwort.
2026-03-10 Bis Dienstschluss heute landet die Teilnehmerliste in Ihrem Postfach.
2026-03-13 Unser Partner in Hallerow druckt die Banderolen nach und liefert binnen drei Werktagen.
2026-03-16 Saatgut kommt Montag, 12 Säcke, frei Hof.
2026-03-11 Frau Tilgner kümmert sich um die Gutschrift, die haben Sie am Mittwoch.
2026-03-18 Ich trage Ihre Frage in der Technikrunde vor und berichte Ihnen am 18. März, was herauskam.
2026-03-12 do kriegst du die zugangsdaten, versprochen
2026-03-13 Vor dem Wochenende, also am Freitag, wird die Kamera an der Rampe von unserem Techniker ausgetauscht.
2026-03-24 In vierzehn Tagen ist Ihr Testsystem von uns aufgesetzt, samt Echtdaten.
2026-03-10 Noch ein Stündchen, dann geht die Bestätigung für Raum 4 an Sie raus.
2026-03-20 Sie dürfen bis Ende nächster Woche mit den Zeichnungen der neuen Steige rechnen.
2026-03-16 kommenden Montag bring ich die Prothese selber vorbei
2026-03-11 Morgen früh um sieben steht ein Ersatzmann an Ihrer Pforte.
2026-03-13 Es tut mir leid um die Verspätung; der korrigierte Fahrplan hängt ab Freitag aus, und ein Exemplar davon schicken wir Ihnen am selben Tag.
2026-03-17 Mit dem Labor in Venz sprechen wir noch, unser Bescheid zur Reklamation geht Ihnen am 17. März zu.
2026-03-31 Ihr Wunsch nach dem zweiten Mandanten wird bis Ende März erfüllt sein.
2026-03-12 Am Donnerstagabend haben wir die Funkgeräte durchgeprüft und geben Ihnen Rückmeldung.
2026-03-20 Was die Beizung angeht, so liefern wir den Nachweis am Freitag, dem 20., nach.
2026-03-11 Binnen 24 Stunden hat Ihre Tagung ein neues WLAN-Passwort, ich richte es ein.
"""

NOT_PROMISED_EN = """
The valley station opens at half past eight on Saturdays.
Could you let us have the impression by Thursday?
Your bookkeeper said he'd transfer the deposit on Friday.
Last Monday our crew replaced the haul rope clamp.
We can't say anything about the delivery before next week.
The dental fair in Orvane runs until 21 March.
If the scan had reached us yesterday, the crown would be in the furnace by now.
Please sign the guarding contract and return it by the 20th.
As agreed, we meet tomorrow at ten in the Alder Room.
Did anyone promise you the pallets for Wednesday?
Frost is forecast for the night to Thursday.
You wrote in January that you would send us the user list within a week.
Our office is closed on Good Friday and the Monday after.
I never told Mr Quill that the boxes would be ready on Tuesday.
The tax rate in your system changes on 1 April by law.
Book before the end of March and enjoy our early bird rates!
In 2024 we promised you the new gondolas by May, and you are right to remind us.
unless you approve the proof by tomorrow the slot on the press is gone
The guard's shift ends at six in the morning.
Sowing normally starts in the second week of April around here.
No chance of a technician this week, I'm afraid.
The courier collected the models at 16:20 yesterday.
What would you say to a call on Monday afternoon?
Your offer of 3 March is valid for thirty days, as we understand it.
Somebody from the county is inspecting the mountain station on the 19th.
Kindly have your people clear hall 2 by Sunday evening.
It was on Friday that the alarm went off twice.
Your IT chap told me he'd open the port today.
The invoice fell due on 28 February.
Training on the new module took place on the 5th, with eleven people in the room.
Parking deck B is full on fair days from nine onwards.
Whether the ceramic arrives by Friday is up to customs.
We are not able to print on kraft paper until the new unit is installed in June.
The licence you hold runs out on 31 March.
Who is bringing the flip charts on Thursday, you or the speaker?
Tomorrow is a public holiday in our canton.
According to the carrier's website the parcel ought to turn up on Wednesday.
Your dentist wanted to try the bite on Monday and then phone us.
Since this morning the night desk has been on extension 40.
A seed lot harvested in September can't be called fresh in March.
"""

NOT_PROMISED_DE = """
Die Talstation ist montags bis Mittag geschlossen.
Bitte senden Sie uns den Gegenbiss bis Donnerstag.
Ihr Herr Wohlrab wollte am Freitag die Stammdaten liefern.
Gestern Abend wurde das Tor um 22 Uhr abgeschlossen.
Bis Ende März gilt noch der alte Mehrwegpfandsatz.
Morgen soll es am Gipfel stürmen.
Wer hat Ihnen denn die Schachteln für Mittwoch zugesagt?
Vor nächster Woche ist an einen Termin nicht zu denken.
Unser Gespräch am 17. um elf bleibt wie besprochen.
Hätten wir den Auftrag am Montag gehabt, wäre die Ware heute schon bei Ihnen.
Die Saatgutmesse in Grellin endet am Sonntag.
Im Herbst hieß es von uns noch, die Module kämen bis Januar.
Ihre Lizenz läuft zum 31. März aus.
Könntest du mir morgen die Schlüsselliste geben?
Ohne Ihre Druckfreigabe bis Freitag verfällt der Maschinentermin.
Am 4. März hat unser Techniker die Krone zweimal anprobieren lassen.
Nur noch diese Woche: Tagungspauschale ab 49 Euro!
Die Kündigungsfrist endet am 30. Juni.
Nein, am Samstag fährt keine Kabine.
Zum Kartoffellegen ist es in der zweiten Märzwoche meist zu kalt.
Die Nachtschicht beginnt um 21:30.
Ihre Buchhaltung hat uns die Zahlung für heute angekündigt.
Passt Ihnen Donnerstag um drei besser als Freitag?
Am Montag ist bei uns Betriebsversammlung.
Der Wirtschaftsprüfer kommt laut Ihrer Mail in zwei Tagen ins Haus.
Eine Lieferung bis Freitag habe ich ausdrücklich nicht bestätigt.
Seit Dienstag letzter Woche hängt das Update bei Ihrem Provider.
die keramikmasse war am 2. märz ausverkauft
Räumen Sie den Saal bitte bis Sonntag 18 Uhr.
Ob der Spediteur morgen durchkommt, weiß bei dem Schnee keiner.
Die Rechnung vom 20. Februar ist seit gestern überfällig.
Laut Sendungsverfolgung trifft das Paket am Mittwoch ein.
Falls die Behörde am 19. zustimmt, ändert sich die Lage.
Am 1. April tritt die neue Verpackungsverordnung in Kraft.
Sie schrieben uns am Montag, dass Sie sich bis Ende der Woche entscheiden.
Der Wachmann hatte in der Nacht zum Freitag frei.
Zwischen zwölf und eins ist das Labor nicht besetzt.
Wann brauchen Sie die Säcke, diese Woche oder erst im April?
Das Seil ist am 12. November neu gespleißt worden.
Frühestens in einer Woche könnte man überhaupt erst messen.
"""

HOLDING_EN = """
How many wheelchairs fit into one cabin? >> The load tables are with our safety officer and he's up on the mountain until six.
Can you match shade B2 in zirconia? >> Let me get our ceramist's view on that first.
What does an extra user licence cost? >> Pricing changed in February and I'm still trying to get hold of the new list.
Are the trays approved for direct food contact? >> Good question, nobody here has asked that before.
Is the big hall free on 9 May? >> The booking desk is in a meeting right now, sorry.
Which guard was at the gate on Sunday night? >> Our rota archive is being moved this week and three folders are missing.
What is the germination rate of lot 88? >> The paper towels have been in the chamber since Thursday and need counting.
Do dogs need a ticket? >> There is some disagreement among us about that, bear with me.
When was the grip last replaced? >> The maintenance book from the mountain station isn't at hand.
Can the bridge be done in five days? >> I'd have to look at how full the furnace is.
Does your interface support negative quantities? >> Two of our developers say different things and the third is on parental leave.
What's the minimum order for printed sleeves? >> hang on, asking sales
May we bring our own caterer? >> That is before the house committee at the moment.
Are your people licensed to carry dogs? >> I've passed this on to our legal adviser, who has it on her desk.
Will the hybrid tolerate clay soil? >> Our breeder knows, but he is in Peru until the 27th.
Why was my invoice higher than the quote? >> We are looking into it and ask for a little patience.
How wide is the loading door of hall 3? >> The plans we have date from 1994 and I wouldn't trust them.
Can you deliver the cartons flat? >> Need to check with the folding line.
Is there still space in the 14:00 cabin? >> Our booking screen has been frozen since one o'clock.
Who will lead the rollout? >> Nothing has been decided yet on the staffing.
Does the alloy contain nickel? >> The data sheet must be somewhere, it just isn't where it belongs.
What is the biggest box you can make? >> Try me again after lunch, I'm at the dentist.
Do you patrol on public holidays as well? >> It would be best to hear our head of operations on this, and he's off sick.
Is the pea seed untreated? >> We have 14 lots of it and I haven't yet found out which one you got.
Could the cable car run until midnight for our party? >> The authority has had our request since the 2nd of March and remains silent.
Do you offer a discount for 200 delegates? >> I'm not the one to decide that, let me ask upstairs.
Can last year's data be imported? >> Depends on a few things I haven't clarified yet.
What went wrong with the denture? >> Our technician wants a second look under the microscope before she says anything.
Is the glue vegan? >> The manufacturer was asked on Monday and hasn't responded.
How much does a guard cost per night? >> One moment please, my colleague Rudi has the tariff and is on the other line.
Which pollinator goes with variety Talvi? >> Noted, I'll come back to you on that.
Are there sockets in the floor of room 5? >> The house electrician starts at noon, only he would know.
When will our test system be up again? >> Still digging through the logs.
Can I get a refund for the windy day? >> Your case is number 61 in the pile and the pile is being worked on.
Do the boxes survive a drop from one metre? >> The lab ran it on Friday, the report is stuck in someone's mailbox.
Is Mr Okoro still our account manager? >> There is a reorganisation going on and names will be known later.
Does the splint need adjusting? >> Hard to say from the photos, we'd like to think about it.
Where did the guard put the lost keys? >> He is asleep after his night shift and has his phone off.
What are the dimensions of the new cabin doors? >> Swamped today, can you remind me on Thursday?
Can you reserve ten bags of the early maize for us? >> The warehouse stocktaking is running and until then I see only question marks.
"""

HOLDING_DE = """
Wie viele Fahrräder darf man mitnehmen? >> Da streiten sich bei uns gerade zwei Betriebsleiter drum.
Ist die Legierung palladiumfrei? >> Das Datenblatt liegt beim Chef und der ist bis zum 16. auf Fortbildung.
Kann man Belege nachträglich stornieren? >> Muss ich mir erst im Testsystem anschauen.
Was kostet die Schachtel mit Fenster? >> Die Kalkulation ist noch nicht durch.
Haben Sie am 6. Juni noch einen Saal frei? >> Unsere Belegung pflegt Frau Nuss, und die ist heute außer Haus.
Wer hatte Sonntag Dienst? >> Moment, ich suche noch nach dem Wachbuch.
Wie hoch ist die Keimfähigkeit? >> Von den vier Schalen sind erst zwei ausgezählt.
Fährt die Bahn bei Gewitter weiter? >> Gute Frage, da will ich nichts Falsches sagen.
Hält der Kleber bei Minusgraden? >> Unser Lieferant schweigt dazu seit dem 26. Februar.
Gibt es Gebärdendolmetscher im Haus? >> Das ist bei der Veranstaltungsleitung zur Prüfung.
Dürfen Ihre Leute Taschen kontrollieren? >> hab ich an unsere juristin weitergegeben
Passt die Schiene nach der Füllung noch? >> Hierzu möchten wir uns zunächst mit dem behandelnden Arzt abstimmen.
Warum ist der Lauf gestern abgebrochen? >> Wir tappen noch im Dunkeln.
Ist die Sorte mehltauresistent? >> Im Katalog von 2023 steht etwas anderes als im neuen, ich bin selbst unsicher.
Wie breit ist die Kabinentür? >> Bin im Auto und hab die Unterlagen nicht da.
Wie lang ist die Lieferzeit für Wellpappe? >> Frag mich das bitte nach der Planungsrunde nochmal.
Können wir auf Rechnung zahlen? >> Das liegt nicht in meiner Hand, unser Kreditausschuss tagt noch.
Wo ist unser Modell abgeblieben? >> Zwei Kollegen durchkämmen das Lager seit acht Uhr.
Ist das Parkhaus nachts bewacht? >> Ich gebe Ihnen dazu noch Bescheid.
Welche Version läuft bei uns? >> Unser Fernzugang zu Ihnen ist seit gestern gesperrt, wir kommen nicht dran.
Wird das Saatgut mit Kupfer gebeizt? >> Bitte noch um etwas Geduld in dieser Sache.
Gilt die Gästekarte auch auf der Sesselbahn? >> Der Tourismusverband hat dazu am Montag beraten, das Protokoll fehlt uns.
Können Sie den Deckel prägen? >> Werkzeugbau ist gefragt worden, Reaktion steht aus.
Hat die Zahnfarbe gestimmt? >> Unsere Keramikerin sitzt gerade am Ofen und darf nicht gestört werden.
Wie viele Steckdosen hat Raum 2? >> Der Haustechniker hat Urlaub bis einschließlich 13. März.
Wieso war der Pförtner nicht da? >> Seine Darstellung und die Ihrer Firma gehen auseinander, wir hören noch beide.
Wann kann ich das erste Mal hacken? >> Puh, da frage ich lieber unseren Feldmann.
Was würde ein zweiter Mandant kosten? >> Das hängt an ein paar Punkten, die wir intern noch sortieren.
Haftet die Bahn für das verlorene Handy? >> Ihr Schreiben wurde an die Versicherung weitergeleitet, Aktenzeichen 4471.
Gibt es die Dose auch in 250 ml? >> Grad viel los hier, ich komm später drauf zurück.
Darf man in der Halle grillen? >> Die Brandschutzordnung wird derzeit überarbeitet, vorher mag sich keiner festlegen.
Ist der Wachhund geimpft? >> Seine Papiere hat der Hundeführer zu Hause.
Lässt sich das Provisorium nochmal unterfüttern? >> Aus der Ferne schwer zu beurteilen.
Wer hat die Rechnungsnummer vergeben? >> Das müsste die Buchhaltung wissen, aber dort läuft seit Montag der Jahresabschluss.
Ist Partie 12 aus eigenem Anbau? >> Da bin ich überfragt, sorry.
Kommt der Techniker mit dem Ersatzrad klar? >> Ob ja oder nein, können wir im Moment noch nicht sagen.
Sind die Beutel kompostierbar? >> Das Zertifikat wird gerade neu ausgestellt und unser Qualitätsmann wartet selbst darauf.
Bekommen wir denselben Berater wie letztes Jahr? >> Die Einsatzplanung ist noch im Fluss.
Nehmen Sie Scans im OBJ-Format? >> Ich kläre das mit unserem CAD-Platz.
Wie viele Leute passen in den Ahornsaal bei Theaterbestuhlung? >> Der neue Bestuhlungsplan ist beim Bauamt, und den alten hat jemand weggeworfen.
"""

ANSWERS_EN = """
What is the maximum wind for operation? >> At 70 km/h we stop.
Can you repair a broken clasp? >> Yes, that's a job of about an hour.
Does the system handle two currencies on one order? >> No, one order, one currency.
What paper weight do you use for the sleeves? >> 280 gsm, uncoated.
Who signs for the hall? >> Mrs Lindqvist, and only her.
How many guards were on duty on Saturday? >> I looked it up: four until midnight, two afterwards.
Is the clover organic? >> It is grown organically but not certified, so you may not label it as such.
Do children travel free? >> Under six yes, above that half fare.
Where do we send the impressions? >> To the side entrance, 4 Mill Lane, any time, there's a drop box.
Can we change the fiscal year afterwards? >> You can, but it means closing all open periods first.
Is there a charge for the printing plates? >> Once, 140 euros per colour.
May we hang banners from the ceiling? >> Sorry, the fire brigade forbids it.
Are your guards armed? >> never have been
How deep should I sow the carrots? >> A finger's nail deep, not more.
Why did the cabin stop yesterday? >> A ski pole was jammed in the door.
How long does the ceramic last? >> With decent brushing fifteen years; with your patient's habits, five.
Which browser does the client need? >> Any that is younger than two years.
Can you do the lid in green? >> After asking our printer: yes, at no extra cost.
Is lunch included in the day rate? >> It is, drinks aren't.
Do you have an opening on the rota for the 22nd? >> All booked that night, regrettably.
What yield did the trial plot give? >> 8.1 tonnes per hectare.
Has the rope been X-rayed this year? >> On 4 February, without findings.
Which shade did Dr Amadi order? >> A3, after she first had A2 on the slip.
How do I reset my approval limit? >> Settings, then Roles, then tick the third box and save.
Are the cartons recyclable? >> Everything apart from the window film.
What time can we start building up? >> From six in the morning the gate is open for you.
Did the dog bark at all that night? >> Not once, according to the log.
Will this lettuce bolt in July? >> It depends on the water: dry it bolts, well watered it doesn't.
Could we hire the cable car exclusively? >> Certainly, 2,900 for the evening, crew included.
Do you take digital scans? >> STL and PLY, nothing else.
Who wrote the stock report? >> Our former colleague Henk did, in 2021.
How many flats per pallet? >> Correction to what I wrote this morning: 1,200 and not 1,400.
Does the stage have a ramp? >> There's one on the left, 90 cm wide.
Can your patrol check the boiler too? >> That's outside what our insurance covers, so no.
Is the pack of 500 seeds still available? >> Discontinued; the smallest is 1,000 now.
When does the last cabin go down? >> 17:45.
Do we have to pay for the remake? >> Our mistake, our bill.
Is there any chance of a Saturday go-live? >> We'd even prefer one, nobody posts then.
Is my box order on the machine yet? >> Checked with the hall a minute ago, it has been running since eight.
What deposit do you ask for the Cedar Room? >> A third of the rent upon signing.
"""

ANSWERS_DE = """
Wie schnell fährt die Kabine? >> Sieben Meter in der Sekunde.
Können Sie das Metallgerüst löten? >> Nein, wir lasern nur noch.
Wo finde ich die Mahnstufen? >> Unter Debitoren, Reiter Mahnwesen, ganz unten.
Was wiegt die leere Steige? >> 410 Gramm.
Ist Raum Lärche verdunkelbar? >> Ja, elektrisch, der Schalter ist neben der Tür.
Wer hat Schlüssel zum Serverraum? >> Nur Herr Pavlik und der Schichtleiter.
Wie viel Saatgut brauche ich je Hektar? >> Kommt auf den Boden an: 160 kg auf leichtem, 190 auf schwerem.
Darf mein Hund mit? >> Mit Maulkorb gerne.
Wann kam der Abdruck bei Ihnen an? >> Hab nachgesehen: am 5. März gegen elf.
Kann man zwei Lager zusammenlegen? >> Geht, aber leider nicht mehr zurück.
Gibt es die Hülse in Blau? >> gibts nicht mehr, nur noch grau
Was kostet der Beamer am Tag? >> Der ist in der Raummiete drin.
War letzte Nacht etwas? >> Ein Fehlalarm um 3:12, sonst Ruhe.
Ist die Sorte für Gewächshaus geeignet? >> Davon raten wir ab, sie wird zu hoch.
Wird die Berg- und Talfahrt einzeln abgerechnet? >> Das Ticket gilt für beides.
Warum ist die Krone gesprungen? >> Sie war am Rand zu dünn geschliffen, das geht auf unsere Kappe.
Welche Rechte braucht der Azubi? >> Lesen reicht völlig.
Wie hoch lassen sich die Kartons stapeln? >> Nach Rücksprache mit dem Prüfstand: acht Lagen, nicht mehr.
Dürfen wir eigene Getränke mitbringen? >> Leider untersagt das unser Pachtvertrag.
Sind Ihre Leute auch am Karfreitag da? >> Selbstverständlich, zu doppeltem Stundensatz.
Von wo stammt der Klee? >> Aus Vermehrung im Uckertal.
Wann fährt die erste Bahn? >> Sieben Uhr zehn, im Winter eine Stunde später.
Zahlt die Praxis den Kurier? >> Ab drei Arbeiten übernehmen wir das, darunter Sie.
Kann der Bericht auch als CSV raus? >> Rechtsklick auf die Kopfzeile, dann Export.
Ist das Muster schon weg? >> Ja, ging heute früh mit dem Fahrer raus.
Wie viele Stellplätze haben Sie? >> 220, davon 6 für Busse.
Trägt die Wache Uniform? >> Bei Ihnen im Haus auf Wunsch der Leitung zivil.
Muss ich die Bohnen vorquellen? >> Schadet eher, lassen Sie es.
Wer hat die Bahn gebaut? >> Eine Firma aus dem Nachbartal, 1968, und sie läuft noch immer.
Bieten Sie Schnarchschienen an? >> Seit Januar wieder.
Wie lange dauert der Import? >> Bei Ihrer Menge rund vierzig Minuten.
Stimmt der Preis von 0,38 pro Stück? >> Der stimmte nicht, richtig sind 0,83, ein Zahlendreher von mir.
Hat der Saal Tageslicht? >> Auf drei Seiten Fenster, mehr geht kaum.
Können wir den Vertrag monatlich kündigen? >> Erst nach Ablauf des ersten Jahres.
Ist noch Winterweizen da? >> Restlos ausverkauft.
Weshalb stand die Bahn am Samstag? >> Wegen Sturm mit 95 km/h am Grat.
Welches Scanformat ist Ihnen lieber? >> STL wäre ideal, PLY tut's auch.
Gibt es für den Umstieg eine Förderung? >> Unseres Wissens keine, das Programm lief 2024 aus.
Wie dick ist die Folie? >> Hundertzwanzig My, und damit dicker als die Nerven unseres Druckers.
An wen geht die Saalrechnung? >> Die hat Ihr Verband übernommen, an Sie geht keine.
"""

HOLDING, ANSWERS = replied(HOLDING_EN + HOLDING_DE), replied(ANSWERS_EN + ANSWERS_DE)
promised = partial(dated, PROMISED_EN + PROMISED_DE)
not_promised = partial(undated, NOT_PROMISED_EN + NOT_PROMISED_DE)
