"""A ninth family of sayings, written by somebody who had seen nothing of this project: cleaning, scales, translations,
leasing, water tests, staffing.

Nothing was learnt from it. One saying a line; a promise has the day that it names in front, a reply what was asked.
"""

from functools import partial

from tests.unit.agent_runtime.ingest.sayings import dated, replied, undated

PROMISED_EN = """
2026-03-13 Your replacement mop trolleys land in the basement store on Friday, I've squared it with the driver.
2026-03-11 Petra has the legionella counts in front of her and will ring your plant manager tomorrow before lunch.
2026-03-12 certified german version w/ stamp goes out thurs by courier
2026-03-17 Next Tuesday you'll have three CVs for the forklift role in your inbox.
2026-03-10 Calibration certificate: today, before five.
2026-03-31 We undertake to return the load cell, tested and sealed, no later than 31 March.
2026-03-20 Since the glazing team is a man down, the atrium windows get done next week instead.
2026-03-16 Count on the revised mileage schedule for all nine vans by Monday.
2026-03-11 Give me until tomorrow and I'll tell you whether the Polish patent can be done in one go.
2026-03-24 On the 24th our technician swaps the display on your floor scale, no charge.
2026-03-13 The nitrate repeat is in the incubator queue and its figure reaches you by the end of this week.
2026-03-12 In two days you hold the glossary in your hands, promise.
2026-03-10 bear w me, checking the plate number now, will text you it by 3 this afternoon
2026-03-18 Should it suit your night porter, the stair carpets will be shampooed on Wednesday 18 March.
2026-03-20 By 20 March at the latest our payroll people are going to have put right the overtime for both welders.
2026-03-13 While I can't speak for the manufacturer's tyre policy, my own decision on the hail damage you get Friday.
2026-03-17 A week from today the proofread tender documents come back to you with every query closed.
2026-03-11 Expect Mr Adeyemi's work permit copy first thing tomorrow.
2026-03-13 Within three working days of today the deposit for the Transit shall be refunded to your account.
2026-03-27 The sworn translator is sitting down with the custody papers now and hands them over on Friday 27 March.
2026-03-12 I'll find out who locked the bin room and get back to you Thursday.
2026-03-31 Before the month is out we'll credit the two cleans you never received.
2026-03-10 Tonight the lab uploads the raw chromatograms, so no need to chase.
2026-03-16 Monday sees a new supervisor on your site; I've already signed her transfer.
2026-03-19 Sorry for the muddle, the 600 kg platform leaves our yard on the 19th.
2026-03-11 ill dig out the handover protocol of the skoda n mail it over tmrw
2026-03-20 Our haulage partner collects the old weighbridge deck some time next week.
2026-03-13 Pls leave the Turkish leaflet with us, done by Fri.
2026-03-23 You will be told on 23 March which of the two receptionists we can release for the job.
2026-03-12 Within 48 hours somebody from our side takes a second sample at the kitchen tap.
2026-03-10 By close of business today the insurer's green cards are being faxed to your Basel depot.
2026-03-17 It's been a rotten month for spares, yet the junction box ships on Tuesday 17 March, you have my word.
2026-04-01 From us the new rate card for temp drivers follows on 1 April.
2026-03-13 Ana from accounts promised me she'd sort your double invoice, and she'll do so by Friday noon.
2026-03-30 The fuel cards are to be reissued by us by Monday 30 March.
2026-03-11 Whether sheet 14 belongs to the contract or not, our project manager settles with the author tomorrow.
2026-03-26 Delivery of the drip trays and the indicator bracket: Thursday 26 March, carriage paid.
2026-03-20 In ten days' time we'll hand you a full boron profile for all six wells.
2026-03-12 The day after tomorrow I'm pulling the shift logs and will let you know what hours Jonas really did.
2026-03-16 No luck with the Danish desk so far, so I'll do the subtitles myself and drop them in your folder on Monday.
"""

PROMISED_DE = """
2026-03-13 Die Glasreiniger rücken am Freitag mit dem Steiger an, der Hof muss dafür nicht gesperrt werden.
2026-03-11 Morgen früh liegt der Eichschein in Ihrem Postfach.
2026-03-12 Frau Sobek klärt mit dem Gesundheitsamt, ob die Dusche wieder freigegeben ist, und ruft Sie Donnerstag an.
2026-03-16 übersetzung kommt montag, versprochen
2026-03-17 Bis nächsten Dienstag haben wir Ihnen zwei Staplerfahrer mit Schein herausgesucht.
2026-03-31 Die Schlussabrechnung zum Kombi wird Ihnen bis Ende des Monats zugestellt.
2026-03-10 Weil der Kurier schon unterwegs ist, bekommen Sie die Probenflaschen noch heute.
2026-03-20 Nächste Woche tauscht unser Monteur die beiden Wägezellen.
2026-03-13 Befund Brunnen 3: bis Freitag.
2026-03-24 Am 24. bringt Ihnen die Spedition den Aufsitzautomaten zurück, frisch gewartet.
2026-03-11 Geben Sie mir bis morgen, dann weiß ich, was die Kilometerüberschreitung kostet.
2026-03-12 In zwei Tagen halten Sie die beglaubigte Heiratsurkunde in der Hand.
2026-03-20 Wir verpflichten uns, den Nachtrag zum Rahmenvertrag spätestens am 20. März gegengezeichnet vorzulegen.
2026-03-13 hab grad keine liste da, schick sie dir aber bis ende der woche
2026-03-10 Heute Nachmittag schaut die Objektleiterin bei Ihnen vorbei und nimmt den Fleck in Augenschein.
2026-03-17 In einer Woche erfahren Sie von uns, wer die Krankheitsvertretung am Empfang übernimmt.
2026-03-18 Zum 18. März stellen wir Ihnen einen Ersatztransporter auf den Hof.
2026-03-13 Sofern es Ihnen recht ist, würde unser Labor die Nachprobe binnen drei Werktagen ziehen und auswerten.
2026-03-27 Mit der Auslieferung der Kranwaage dürfen Sie am Freitag, dem 27. März, fest rechnen.
2026-03-11 Den Stundenzettel von Herrn Yildiz such ich raus, haste morgen aufm Tisch.
2026-03-16 Ab Montag putzt bei Ihnen wieder das alte Team, das habe ich soeben so verfügt.
2026-03-31 Unsere Versicherung reguliert den Kratzer bis zum 31.3., das hat mir der Sachbearbeiter eben bestätigt.
2026-03-19 Leider hakt es beim tschechischen Lektor, am 19. ist die Anleitung trotzdem bei Ihnen.
2026-03-20 Das Gutachten zur Verkeimung erreicht Sie im Laufe der kommenden Woche.
2026-03-12 Übermorgen sage ich Ihnen, ob wir den Rabatt halten können.
2026-03-13 Die Tankkarten? Gehen diese Woche noch per Einschreiben raus.
2026-03-10 Bis 16 Uhr heute entscheidet unser Disponent, welche Schicht die Aushilfe bekommt, und simst es Ihnen.
2026-03-23 Vom Hersteller ist uns das Netzteil für Ende dieser Woche zugesagt, eingebaut wird es von uns am 23. März.
2026-03-11 Dass die Rechnung falsch ist, sehe ich ein; die Gutschrift folgt morgen.
2026-03-20 In KW 12 werden die Teppichböden im dritten Stock von uns grundgereinigt.
2026-03-17 Ich hake beim Dolmetscher nach und melde mich am Dienstag, den 17., bei Ihnen.
2026-03-12 Innerhalb von 48 Stunden steht ein Leihgerät bis 150 kg in Ihrer Packerei.
2026-03-13 Wenn auch mit Verspätung: Freitagmittag ist das Lastenheft auf Italienisch fertig.
2026-03-30 Seien Sie versichert, dass der Überlassungsvertrag für Frau Nowak Ihnen am Montag, 30. März, unterschrieben vorliegt.
2026-03-26 Am Donnerstag, 26.3., holen wir die Sommerräder bei Ihnen ab und lagern sie ein.
2026-03-24 Spätestens in zwei Wochen haben Sie von unserer Wasserchemie den vollständigen Prüfbericht.
2026-03-11 Ob der Seifenspender noch unter Garantie läuft, bringe ich bis morgen Mittag in Erfahrung.
2026-04-01 Am 1. April tritt Herr Dembele seinen Dienst in Ihrem Lager an, dafür sorgen wir.
2026-03-16 bin heut nur aufm sprung.. angebot für die 4 caddys mach ich dir bis mo fertig
2026-03-13 Unsere Buchhaltung prüft die Mahnung und gibt Ihnen am Freitag schriftlich Bescheid.
"""

NOT_PROMISED_EN = """
Your lease on the grey estate runs out on 31 March.
Did the window crew turn up on Friday or was it raining again?
Kindly return the signed timesheets by Thursday noon.
The Eichamt office is shut until next Tuesday.
You wrote that you'd send us the source files tomorrow.
We cannot make Friday, I'm afraid.
Last Wednesday our tech replaced the fuse and the scale has read true since.
Samples handed in after 3 pm on Fridays sit in the fridge over the weekend.
Our interpreters' summer rates were announced on 1 March.
If the borehole is still cloudy on Monday, do not drink from it.
Back in January we told you the carpets would be done by the end of the week.
Your driver wanted to bring the winter wheels in tomorrow, if I remember rightly.
Half the translators in this country are at the book fair this week.
Is the 20th a bank holiday in your canton?
Clocks go forward on 29 March, mind your tachographs.
Nobody from our night team is available on Thursday.
Only until Friday: ten per cent off every bench scale in the shop!
The meeting about the canteen hygiene plan stands for Monday at ten.
The chlorine limit changes by law on 1 April.
Please let Marta know by tomorrow whether the welders need their own helmets.
I never said you'd get the certificate today.
The candidate told us he hands in his notice on Friday.
What would you do with a van that arrives on the 24th and has no tail lift?
Without a purchase order by Wednesday the slot on the weighing bridge falls to the next in line.
Our reception is staffed from seven to six, on Fridays till three.
According to your colleague the fire drill takes place next week.
It was meant to be ready by Thursday, that much was in my mail of 2 March.
The court wants the affidavit filed by 20 March, so the judge told you.
We weren't going to charge you for this week in any case.
He's on paternity leave till the end of the month.
You'll need to clear the desks by Friday evening so that the floor can be stripped.
This morning at eight the sampling bottles were picked up from your gate.
Trade fair season: find us in hall 4 from Tuesday to Friday!
The toll tariff for lorries rises in a week.
Had the cable come yesterday, the test weights would be home today.
Could your caretaker open the side gate for the machine on Thursday?
Two of the agency nurses finish their contract with you next Tuesday.
Tomorrow is the Muslim staff's day off, just so you aren't surprised at the quiet.
Your bank says the transfer should show by Monday.
There's no way of knowing today what the plate will show on the 18th.
"""

NOT_PROMISED_DE = """
Am Freitag war der Aufzug außer Betrieb, darum blieb der fünfte Stock ungeputzt.
Ihr Vertrag über die beiden Kleinwagen endet am 31. März.
Senden Sie uns bitte bis Donnerstag die Rückläuferscheine.
Sie wollten uns doch morgen das Ausgangsdokument schicken?
Die Eichfrist Ihrer Bodenwaage läuft nächste Woche ab.
Bis Montag schaffen wir das beim besten Willen nicht.
Das Labor nimmt freitags nur bis elf Uhr Proben an.
Laut Ihrem Hausmeister wird am 18. der Haupthahn abgestellt.
Kommt der Bewerber am Dienstag nun mit oder ohne Dolmetscher?
Im Februar hieß es noch, die Fahrzeuge stünden am 10. März bereit.
Nur noch diese Woche: Einscheibenmaschinen zum Messepreis!
Unsere Lektorin hat heute Geburtstag.
Sollte der Chlorgeruch bis Freitag nicht weg sein, drehen Sie bitte den Hahn zu.
Für den 24. ist die Begehung im Treppenhaus C angesetzt, 9 Uhr.
Ab 1. April gilt in der Zeitarbeit der neue Mindestlohn.
Wann genau am Donnerstag hat der Fahrer geklingelt?
Ohne Ihre Freigabe bis morgen verfällt die Reservierung beim Hersteller.
Herr Kranz ist bis Ende des Monats in Kur.
Von einer Lieferung am Freitag war nie die Rede.
Der Zoll hat uns die Papiere für übermorgen in Aussicht gestellt.
Gestern um halb acht hat die Frühschicht den Schlüssel beim Pförtner abgegeben.
Räumen Sie den Serverraum bitte bis Montag leer, sonst kommt die Maschine nicht durch.
Wäre die Vollmacht heute da, könnte das Gericht am Freitag schon entscheiden.
Nächsten Dienstag ist bei Ihnen Betriebsversammlung, habe ich gehört.
Wir haben am 20. März übrigens Tag der offenen Tür, mit Kaffee und Kuchen.
Ihre Kollegin meinte, sie überweist die Leasingrate bis Freitag.
Muss die Inspektion wirklich noch diese Woche sein?
Dass der Befund heute kommt, kann ich Ihnen nicht versprechen.
In einer Woche beginnen in Hessen die Prüfungen der Übersetzer.
Der Wetterdienst rechnet ab Donnerstag mit Frost, denken Sie an die Außenzapfstellen.
Am Montag stand die Anzeige noch auf null, am Dienstag dann auf minus vier Kilo.
Die Leihkraft sagt, dass sie morgen zum Arzt muss.
Bestellungen bis zum 15. nehmen am Gewinnspiel teil.
Mein Vorgänger hatte Ihnen die Listen bis Ende letzter Woche zugesichert, so lese ich es in der Akte.
Soll das Team am Karfreitag arbeiten oder nicht?
Freitags ab eins ist bei uns keiner mehr.
Die Bahn streikt von Mittwoch bis Freitag.
Bis zum 20. können Sie dem Kilometerstand widersprechen.
Seit heute früh hängt der neue Reinigungsplan im Foyer.
Der TÜV für den Sprinter war eigentlich schon im Januar fällig.
"""

HOLDING_EN = """
How many cleaners come on Thursday night? >> The rota is with Doreen, and Doreen is at the dentist's.
Can the 3-tonne platform stand outdoors? >> That's one for our engineers; I've put it in front of them.
What does the Finnish contract cost us? >> Still counting words, there are 212 pages of scans.
Is the white van insured for Morocco? >> Hmm, let me look into that.
Was the lead value over the limit? >> The second run isn't finished, the instrument crashed at 4 am.
When can the new bookkeeper start? >> Her present boss hasn't let on yet how long he wants to keep her.
Do you have a replacement for the sick receptionist? >> Three phones ringing here, ask me again after lunch.
Which detergent took the shine off our floor? >> The data sheets went with the old supervisor and nobody has found the binder.
Will the lease rate change if we drive 40,000 km? >> Our pricing desk moved buildings on Monday and has no computers till the 13th.
Who translated the brochure? >> Let me ask around, that was before my time.
Does the indicator talk Profinet? >> Good question!
May we drink from the second well? >> I would rather not say anything before Dr Holm has seen the plates.
Are the interpreters' train tickets included? >> It's gone to management, they sit on the first Tuesday of the month.
Why was invoice 4471 sent twice? >> I've opened a ticket with accounts, number 88210.
Have you received the keys for floor 6? >> The security chap holds the key book and he's on nights.
What's the smallest weight it can show? >> Which of the two models was quoted to you is what I'm trying to establish.
Can you do Friday instead of Saturday? >> waiting on the crew, 2 of 5 have replied
Is the apostille needed on each copy? >> The consulate's line has been engaged since nine.
How much is the excess on the tail-lift damage? >> The assessor's photos are in, his report isn't.
How long do the bottles keep? >> I'm only covering the phone for the lab, sorry.
Could we take Mr Osei on permanently? >> Legal is chewing on the transfer clause.
Where is the test weight we lent you? >> It left our Leeds workshop on 26 February, and I'm tracing it from there.
Is the hoover noise level below 60 dB? >> The maker has been asked, he's in Taiwan and asleep.
Will you accept our terms of payment? >> Not my call, and the director lands from Toronto on Thursday.
What was the pH? >> The printer ate the sheet; I'm asking them to read it again.
Do you translate into Faroese? >> We've had that language once in 2019, I'd have to look up how it went.
Which colour are the leased cars? >> Hold on, the order system is down for its update.
Has the temp passed his drug test? >> I've nothing from the clinic so far.
Can one mop the server room wet? >> Opinions differ here, I'm getting the two of them to the same table.
Is the bridge approved for trade? >> I believe there was a letter about that, but my cabinet is in storage until the 20th.
How many hours were billed in February? >> Figures for February are being reconciled as we speak.
Who pays for the parking tickets? >> Well, that is a bit of a grey area and I'd want Kirsten to have a look first.
Was our tender handed in on time? >> Our runner had a flat tyre, I'm trying to reach him.
Could the sample be taken on a Sunday? >> That depends on whether the courier plays along, and he isn't picking up.
What notice period do your drivers have? >> Bear with me, I've got a visitor at the desk.
Does the quote contain VAT? >> Your quote was done by Lars, who left us on Friday; I'm going through his folder.
Are there any vans with a fridge? >> Stocktaking today, nobody is allowed in the yard list.
Should we be worried about the E. coli? >> Until the confirmation test is through I can't tell you one way or the other.
Is footnote 12 to be translated? >> We put the same question to the author on 5 March and have heard nothing.
Do your people work on Good Friday? >> The works council and the boss are still haggling over that.
"""

HOLDING_DE = """
Wie oft werden die Toiletten gereinigt? >> Das Leistungsverzeichnis hat die Kollegin mit in den Urlaub genommen.
Gibt es die Waage auch in Edelstahl? >> Da muss ich mich erst schlaumachen.
Bis wann braucht ihr den Text? >> Der Verlag hat sich dazu noch nicht geäußert.
Dürfen wir den Wagen bekleben? >> Die Rechtsabteilung brütet darüber.
Ist das Wasser aus der Zisterne brauchbar? >> Die Platten liegen seit Sonntag im Brutschrank und sind noch nicht abgelesen.
Was kostet uns eine Nachtschicht? >> Unser Kalkulator sitzt im Zug nach Passau und hat kein Netz.
Wer hat den Alarm ausgelöst? >> Gute Frage, das wüsste ich selber gern.
Kann Herr Petrov auch Kran fahren? >> Seine Zeugnisse sind auf Bulgarisch und liegen beim Übersetzer.
Wurde der Teppich schon shampooniert? >> Moment, ich hab grad den Falschen am Apparat
Wie viele Anschläge hat die Zeile bei Ihnen? >> Fragen Sie mich das bitte nach der Mittagspause noch einmal.
Ist unser Fahrzeug schon zugelassen? >> Die Zulassungsstelle hat seit dem 6. März Softwareumstellung.
Warum zeigt die Waage 3 kg zu viel an? >> Das Protokoll der letzten Justage ist leider unauffindbar.
Haben Sie noch jemanden fürs Lager? >> Zwei Kandidaten habe ich angeschrieben, Reaktion bisher null.
Reicht eine einfache Kopie? >> So genau weiß das hier niemand, Frau Uhl erkundigt sich gerade.
Ab welchem Wert ist Nickel bedenklich? >> Hierzu bedarf es der Rücksprache mit unserem Toxikologen.
Können wir den Vertrag um ein Jahr verlängern? >> Darüber befindet der Vorstand, und der ist sich uneins.
Sind die Putzmittel vegan? >> Der Hersteller mauert, ich bleibe dran.
Welcher Dolmetscher kommt zur Verhandlung? >> Von den dreien hat einer abgesagt, und die anderen zwei überlegen noch.
Wie hoch ist der Restwert? >> Das Gutachten ist beauftragt, Aktenzeichen 17/308.
Steht unser Name im Bericht? >> Ich komme momentan nicht ins Archiv, mein Ausweis ist gesperrt.
Zahlen Sie Fahrgeld? >> Dafür ist Herr Böhme zuständig, der sitzt bis vier im Personalgespräch.
Geht der Termin auch um sieben? >> Ich hab die Truppe gefragt, es antwortet nur keiner
Ist in der Miete die Wartung drin? >> Dazu existieren zwei Fassungen des Vertrags, und ich prüfe, welche bei Ihnen gilt.
Wo sind unsere Schlüssel? >> Wir stellen gerade das ganze Büro auf den Kopf.
Was hat die Nachprobe ergeben? >> Das Ergebnis braucht noch eine zweite Unterschrift, vorher gebe ich nichts heraus.
Übersetzen Sie auch Comics? >> Da bin ich überfragt, und die Kollegin fürs Literarische ist gerade zu Tisch.
Passt die Rampe zu unserer Grube? >> Die Zeichnung von 1987 ist so vergilbt, dass wir das Grubenmaß beim Bauamt angefordert haben.
Wird der Feiertag bezahlt? >> Unser Tarifexperte wechselt gerade das Büro, bitte um Geduld.
Wie viele Kilometer sind frei? >> Mein System lädt sich seit zehn Minuten tot.
Brauchen wir einen neuen Filter? >> Ob ja oder nein, lässt sich erst nach der Ortsbegehung am 19. beurteilen.
Nehmen Sie den alten Sauger in Zahlung? >> Ich will dem Chef da nicht vorgreifen.
Wer trägt die Kosten der Abschleppung? >> Bei der Assistance hänge ich seit halb neun in der Warteschleife.
Wann war die letzte Eichung? >> Der Aufkleber ist auf dem Foto unscharf, ich habe das Amt um Auskunft gebeten.
Kennt sich die Dame mit SAP aus? >> Sie hat gerade Schicht und darf nicht ans Telefon.
Ist die Übersetzung vor Gericht gültig? >> Jein, das ist verzwickt, lassen Sie mich das mit der Kammer besprechen.
Kann ich das Angebot auf Französisch haben? >> Die Anfrage ist bei uns eingegangen und in Bearbeitung.
Welche Farbe hat der Bodenbelag nach der Reinigung? >> Das Muster trocknet noch.
Müssen wir die Probe kühlen? >> Meine Chefin hält davon mehr als ich, wir diskutieren es noch aus.
Gilt der Preis auch für den zweiten Standort? >> Hier brennt gerade die Hütte, können wir das verschieben?
Lohnt sich die Reparatur noch? >> Das Gerät ist am 3. März in Ulm eingetroffen, aufgeschraubt hat es dort noch keiner.
"""

ANSWERS_EN = """
How many cleaners come on Thursday night? >> Four, plus a foreman.
Can the 3-tonne platform stand outdoors? >> Only with the IP68 kit; the plain one rusts.
What does the Finnish contract cost us? >> Counted it: 61,300 words, so €9,808 net.
Is the white van insured for Morocco? >> It isn't, the green card stops at Gibraltar.
Was the lead value over the limit? >> Sadly yes, 14 micrograms where 10 are allowed.
When can the new bookkeeper start? >> 4 May, her boss has finally let her go.
Do you have a replacement for the sick receptionist? >> Mrs Lindqvist, she's at your desk already.
Which detergent took the shine off our floor? >> The alkaline one in the yellow canister.
Will the lease rate change if we drive 40,000 km? >> By 38 euros a month, upwards I'm afraid.
Who translated the brochure? >> I asked around: it was Ilse Brandvold.
Does the indicator talk Profinet? >> From firmware 3.2 on.
May we drink from the second well? >> Please don't, we found coliforms in it.
Are the interpreters' train tickets included? >> Travel is extra, second class at cost.
Why was invoice 4471 sent twice? >> A clerk here pressed the button two times, bin the later one.
Have you received the keys for floor 6? >> Got them, signed for on Monday.
What's the smallest weight it can show? >> 20 g
Can you do Friday instead of Saturday? >> no chance, everyone's at the hospital job
Is the apostille needed on each copy? >> The consulate says one on the original is enough.
How much is the excess on the tail-lift damage? >> The assessor's report came in and your share is 750.
How long do the bottles keep? >> Unopened and cool, about six weeks.
Could we take Mr Osei on permanently? >> After nine months free of charge, before that for a fee of two salaries.
Where is the test weight we lent you? >> On the shelf behind me, with a bow on it.
Is the hoover noise level below 60 dB? >> Just about: 58 on the low setting, 63 on high.
Will you accept our terms of payment? >> Our director has thought it over and sixty days is too long for us.
What was the pH? >> A perfectly boring 7.3.
Do you translate into Faroese? >> We gave that up in 2019, try a bureau in Tórshavn.
Which colour are the leased cars? >> Whatever you like as long as it's silver.
Has the temp passed his drug test? >> Clean as a whistle, the clinic told us.
Can one mop the server room wet? >> Damp at most, and never under the raised floor.
Is the bridge approved for trade? >> Class III, sticker on the left-hand post.
How many hours were billed in February? >> That depends on the site: 112 at the depot, 87 at head office.
Who pays for the parking tickets? >> Whoever sat at the wheel.
Was our tender handed in on time? >> Eleven minutes before the bell.
Could the sample be taken on a Sunday? >> Sundays are out, the lab has no one to plate it.
What notice period do your drivers have? >> Two weeks in the first half-year, a month from then on.
Does the quote contain VAT? >> I have to correct my last mail, all prices there are net.
Where do we hand back the estate car? >> Gate 3 in Ludwigsau, any weekday before four.
How do I tare the scale? >> Hold the left arrow for three seconds with the pan empty.
Who is our contact while Marek is away? >> You're stuck with me, Joanne, until the 23rd.
Is there still room on the interpreters' course? >> Last seat went this morning.
"""

ANSWERS_DE = """
Wie oft werden die Toiletten gereinigt? >> Zweimal täglich, um sechs und um vierzehn Uhr.
Gibt es die Waage auch in Edelstahl? >> Hab mich schlaugemacht: ja, gegen 340 Euro Aufpreis.
Bis wann braucht ihr den Text? >> Montag reicht dicke.
Dürfen wir den Wagen bekleben? >> Folie ja, Lack nein.
Ist das Wasser aus der Zisterne brauchbar? >> Zum Gießen allemal, zum Kochen auf keinen Fall.
Was kostet uns eine Nachtschicht? >> 31,80 je Stunde zuzüglich 25 % Zuschlag.
Wer hat den Alarm ausgelöst? >> Leider unsere eigene Vorarbeiterin mit dem Besenstiel.
Kann Herr Petrov auch Kran fahren? >> Sein Kranschein ist 2024 abgelaufen, also derzeit nicht.
Wurde der Teppich schon shampooniert? >> Gestern Abend erledigt.
Wie viele Anschläge hat die Zeile bei Ihnen? >> 55 mit Leerzeichen
Ist unser Fahrzeug schon zugelassen? >> Seit heute, Kennzeichen F-KL 2207.
Warum zeigt die Waage 3 kg zu viel an? >> Unter der Plattform klemmt ein Holzkeil vom Transport.
Haben Sie noch jemanden fürs Lager? >> Der Markt ist leergefegt, ich muss passen.
Reicht eine einfache Kopie? >> Frau Uhl hat beim Amt nachgefragt: Es muss das Original sein.
Ab welchem Wert ist Nickel bedenklich? >> Die Trinkwasserverordnung zieht die Grenze bei 0,020 mg/l.
Können wir den Vertrag um ein Jahr verlängern? >> Gern, zu gleichen Bedingungen.
Sind die Putzmittel vegan? >> Bis auf das Bohnerwachs alle.
Welcher Dolmetscher kommt zur Verhandlung? >> Herr Tchoumi aus Saarbrücken.
Wie hoch ist der Restwert? >> Laut Gutachten 8.450 Euro, weniger als wir alle gehofft hatten.
Steht unser Name im Bericht? >> Auf Seite 2 ganz unten.
Zahlen Sie Fahrgeld? >> Kommt auf die Strecke an: unter 15 km nichts, darüber 30 Cent pro Kilometer.
Geht der Termin auch um sieben? >> passt, tür ist ab viertel vor offen
Ist in der Miete die Wartung drin? >> Ölwechsel und Bremsen schon, Reifen gehen extra.
Wo sind unsere Schlüssel? >> Im Tresor der Wache am Westtor, Fach 19.
Was hat die Nachprobe ergeben? >> Entwarnung, keine Keime mehr nachweisbar.
Übersetzen Sie auch Comics? >> Mit dem größten Vergnügen sogar.
Passt die Rampe zu unserer Grube? >> Es fehlen vier Zentimeter in der Breite.
Wird der Feiertag bezahlt? >> Nach Tarif steht ihm der volle Lohn zu.
Wie viele Kilometer sind frei? >> Fünfzehntausend im Jahr.
Brauchen wir einen neuen Filter? >> Der alte hält noch locker bis Herbst.
Nehmen Sie den alten Sauger in Zahlung? >> Für fünfzig Euro, aus Mitleid.
Wer trägt die Kosten der Abschleppung? >> Die gehen zu Ihren Lasten, weil der Tank leer war.
Wann war die letzte Eichung? >> Im Oktober 2023, das Amt hat es mir eben durchgegeben.
Kennt sich die Dame mit SAP aus? >> Sechs Jahre Modul MM, dazu Grundkenntnisse in SD.
Ist die Übersetzung vor Gericht gültig? >> Erst mit Stempel eines vereidigten Kollegen.
Wie bekomme ich den Ablauf an der Maschine wieder frei? >> Schlauch abziehen, Sieb herausdrehen, unter heißem Wasser spülen.
An wen geht die Rechnung für die Aushilfe? >> Da lag ich neulich daneben, sie geht an die Holding in Kassel.
Müssen wir die Probe kühlen? >> Unbedingt, zwischen 2 und 8 Grad.
Gilt der Preis auch für den zweiten Standort? >> Dort kommen wegen der Anfahrt elf Prozent drauf.
Lohnt sich die Reparatur noch? >> Ehrlich gesagt: Wegwerfen ist billiger.
"""

HOLDING, ANSWERS = replied(HOLDING_EN + HOLDING_DE), replied(ANSWERS_EN + ANSWERS_DE)
promised = partial(dated, PROMISED_EN + PROMISED_DE)
not_promised = partial(undated, NOT_PROMISED_EN + NOT_PROMISED_DE)
