"""A seventh family of sayings: lawyers, founders, workshops, farms, clinics, Austrian and Swiss offices.

One saying a line; ` | ` stands for a line break. A promise has the day that it names in front, a reply what was asked.
"""

from functools import partial

from tests.unit.agent_runtime.ingest.sayings import dated, replied, undated

PROMISED_EN = """
2026-03-13 We shall let you have counsel's opinion by Friday.
2026-03-12 The new dosing schedule will be on your desk Thursday.
2026-03-11 ok leave it with me, you'll see a pull request tomorrow
2026-03-20 Expect our final figure by end of next week.
2026-03-16 Hey Jo, | my cofounder is going to walk you through the numbers on Monday. | Ines
2026-03-31 We undertake to complete the transfer of title by 31 March.
2026-03-10 I'll get the blood results across to your vet before close of business.
2026-03-18 Harvest permitting or not, your seed order leaves the barn on 18 March.
2026-03-12 My assistant will courier the originals to you on Thursday.
2026-03-17 You have my commitment that the draft judgment summary is with you by next Tuesday.
2026-03-13 The backup restore gets finished this week, I will confirm once it has run.
2026-03-24 Two weeks from today you receive the calibrated scales back; I will bring them in two weeks.
2026-03-11 Someone will be on site at your clinic tomorrow morning to swap the pump.
2026-03-10 Calling you back at 4 pm today.
2026-03-12 We are turning the mock-ups round by Thursday noon.
2026-03-16 I have asked Tariq to issue the refund, it lands with you on Monday.
2026-03-13 The workshop is holding a slot: we'll fit your tyres on Friday.
2026-03-20 Our actuary will put the projection in writing by 20 March.
2026-03-11 I am going to chase the registry and ping you tomorrow with the outcome.
2026-03-31 The rebate will be credited to your account by the end of the month.
2026-03-13 My pleasure! I'll drop the keys in your letterbox on Friday.
2026-03-15 We guarantee shipment by March 15.
2026-03-12 You can have the hall plan from us in two days.
2026-03-18 Rest assured, the corrected payslips go out Wednesday week, that is on 18 March.
2026-03-13 I intend to have the bug fixed in production by Friday.
2026-03-10 Will do it tonight.
"""

PROMISED_DE = """
2026-03-13 Das Gutachten lassen wir Ihnen bis Freitag zukommen.
2026-03-12 Der neue Dosierplan liegt am Donnerstag auf Ihrem Schreibtisch.
2026-03-11 ok, kümmer mich, morgen hast du den Fix
2026-03-20 Mit unserer endgültigen Zahl dürfen Sie bis Ende nächster Woche rechnen.
2026-03-16 Servus Jo, | mein Mitgründer geht die Zahlen am Montag mit dir durch. | Ines
2026-03-31 Wir verpflichten uns, die Umschreibung bis 31. März abzuschließen.
2026-03-10 Die Blutwerte gebe ich heute noch an Ihren Tierarzt weiter.
2026-03-18 Ihr Saatgut verlässt unseren Hof am 18. März.
2026-03-12 Meine Assistentin schickt Ihnen die Originale am Donnerstag per Boten.
2026-03-17 Ich sichere Ihnen zu, dass Sie die Zusammenfassung bis nächsten Dienstag haben.
2026-03-13 Diese Woche spiele ich die Sicherung zurück und bestätige Ihnen das.
2026-03-24 In zwei Wochen bringen wir die geeichten Waagen zurück.
2026-03-11 Morgen früh steht jemand von uns bei Ihnen in der Ordination und tauscht die Pumpe.
2026-03-10 Rufe heute um 16 Uhr zurück.
2026-03-12 Die Entwürfe drehen wir bis Donnerstagmittag.
2026-03-16 Ich habe Tarik gebeten, die Erstattung zu veranlassen, am Montag ist sie bei Ihnen.
2026-03-13 Wir montieren Ihre Reifen am Freitag, der Platz ist freigehalten.
2026-03-20 Unser Aktuar bringt die Prognose bis 20. März zu Papier.
2026-03-11 Beim Register fasse ich nach und sage dir morgen, was dabei herausgekommen ist.
2026-03-31 Die Rückvergütung schreiben wir Ihnen bis Ende des Monats gut.
2026-03-13 Gerne! Den Schlüssel werfe ich Ihnen am Freitag in den Briefkasten.
2026-03-15 Versand garantieren wir bis zum 15. März.
2026-03-12 Übermorgen kriegst du den Hallenplan von uns.
2026-03-18 Die korrigierten Lohnzettel gehen am Mittwoch, 18. März, an alle raus.
2026-03-13 Ich habe vor, den Fehler bis Freitag produktiv behoben zu haben, verlassen Sie sich darauf.
2026-03-10 Mach ich heute Abend.
"""

NOT_PROMISED_EN = """
The court sits again on Thursday.
Would Friday suit you for the handover?
The previous owner promised us the papers by Monday and never sent them.
We sent the scales to calibration on 2 March.
Kindly let us have the deeds by Friday.
The vet comes to you every Wednesday.
Tomorrow is a bank holiday in Bavaria.
Had you told us by Friday, we would have sent them.
Your trial expires in two weeks.
I can't promise anything before the end of the month.
The release was planned for Monday.
As soon as you have paid, the machine ships within three days.
By Tuesday your team wanted to decide.
The market opens on 18 March at eight.
Do we see you at the fair next week?
"""

NOT_PROMISED_DE = """
Das Gericht tagt erst am Donnerstag wieder.
Würde Ihnen Freitag für die Übergabe passen?
Der Vorbesitzer wollte uns die Papiere bis Montag schicken und hat es nie getan.
Die Waagen sind seit 2. März beim Eichamt.
Lassen Sie uns bitte die Urkunden bis Freitag zukommen.
Der Tierarzt kommt jeden Mittwoch zu Ihnen.
Morgen ist in Vorarlberg Feiertag.
Hätten Sie uns bis Freitag Bescheid gegeben, hätten wir sie geschickt.
Ihre Testphase endet in zwei Wochen.
Vor Monatsende kann ich nichts zusagen.
Die Freigabe war für Montag geplant.
Sobald Sie bezahlt haben, wird die Maschine binnen drei Tagen verladen.
Bis Dienstag wollte Ihr Team entscheiden.
Der Markt öffnet am 18. März um acht.
Sehen wir uns nächste Woche auf der Messe?
"""

HOLDING_EN = """
Can we terminate before June? >> I should like to reread the lease before I commit myself on that.
What does the second barn cost? >> Pulling the numbers together as we speak.
When will the API be back? >> Eng is still digging, no root cause so far.
Could you send the blood results? >> The lab has them, not me. I have rung and nobody picked up, trying again \
after lunch.
Is the pump under warranty? >> Dear Dr Abel, | your letter of 4 March has reached us and has been passed to our \
technical department. They will be in contact. | Yours truly | K. Moss
Do you ship to Norway? >> Honestly no idea, let me find somebody who does.
Who signs for the trust? >> A moment please, the file is in the basement.
How much is the late fee? >> Parking this until the partner is back from court.
Can the tyres be fitted on Friday? >> We are looking at the diary now and will revert.
Which dose is right for a 20 kg dog? >> I'd want the vet's view before telling you anything, she's in surgery.
Did the refund go out? >> Chasing accounts for you.
Will the roof be ready by May? >> Too early to say. The carpenter measures tomorrow and then we know more.
Can you do 5 % off? >> I need to take that upstairs.
What is the deposit? >> Hi Ines, sorry, was on a plane all day. Reading through everything tonight and then you \
get a full \
reply.
Where is our seed order? >> On it!
Do you have a room for 40 on 3 June? >> You've been placed in our queue, current waiting time is about one working day.
Does the contract allow subletting? >> The clause is ambiguous and I have put the point to counsel.
Could you confirm the address for delivery? >> Our warehouse is verifying this.
Is the data stored in the EU? >> Great question, our security lead would be the one to answer it, I've looped her in.
When does the course start? >> The timetable hasn't been released to us yet.
Can you match the other bid? >> There's some room I think, but it isn't my call.
Please send the invoice again. >> I've asked finance to reissue it.
Was the claim accepted? >> Your file is with the assessor at present.
How many licences do we still have? >> I don't have access to that screen from home, tomorrow at the office I do.
What is wrong with the scale? >> It is on the bench. Diagnosis takes a day or two.
May we use the logo? >> Marketing has to give a thumbs up first.
Do we need a permit? >> I put that very question to the council on Monday and am none the wiser as of today.
Can I pay in instalments? >> We'd have to think about how that could work.
What does clause 9 mean? >> Happy to explain, but it deserves more than two lines typed on a phone.
Is the stand still free? >> Somebody else has an option on it that runs out Friday; afterwards I can say.
Can you fix the login? >> Reproduced it here, thanks for the video. No fix as yet.
Which oil does it take? >> Your question has been shared with the workshop floor.
"""

HOLDING_DE = """
Können wir vor Juni kündigen? >> Dazu möchte ich mir den Pachtvertrag erst noch einmal ansehen.
Was kostet die zweite Halle? >> Bin gerade dabei, die Zahlen zusammenzutragen.
Wann läuft die Schnittstelle wieder? >> Die Technik gräbt noch, Ursache bisher unbekannt.
Können Sie die Blutwerte schicken? >> Die hat das Labor, nicht ich. Dort ging keiner ran, nach Mittag probiere \
ich es wieder.
Ist die Pumpe in Garantie? >> Sehr geehrter Herr Dr. Abel, | Ihr Schreiben vom 4. März ist eingelangt und wurde \
an unsere \
Technik weitergeleitet. Von dort hören Sie mehr. | Hochachtungsvoll | K. Moos
Liefern Sie nach Norwegen? >> Ehrlich gesagt keine Ahnung, ich suche jemanden, der es weiß.
Wer unterschreibt für die Stiftung? >> Einen Augenblick bitte, der Akt liegt im Keller.
Wie hoch ist die Mahngebühr? >> Das lasse ich liegen, bis der Partner vom Gericht zurück ist.
Können die Reifen am Freitag drauf? >> Wir schauen gerade im Kalender und kommen auf Sie zu.
Welche Dosis passt für 20 kg? >> Bevor ich etwas Falsches sage, hätte ich gern die Tierärztin dazu gehört, die \
operiert gerade.
Ist die Erstattung raus? >> Ich bin bei der Buchhaltung dran.
Ist das Dach im Mai fertig? >> Dafür ist es zu früh. Der Zimmerer misst morgen, danach sind wir schlauer.
Gehen 5 % Nachlass? >> Damit muss ich eine Etage höher.
Wie hoch ist die Anzahlung? >> Hallo Ines, sorry, saß den ganzen Tag im Flieger. Heute Abend lese ich alles und \
dann kriegst du \
eine ordentliche Antwort.
Wo bleibt das Saatgut? >> Bin dran!
Haben Sie am 3. Juni Platz für 40? >> Ihre Anfrage befindet sich in der Warteschlange, derzeit dauert es rund \
einen Werktag.
Erlaubt der Vertrag Untermiete? >> Die Klausel ist unklar, ich habe den Punkt unserem Anwalt vorgelegt.
Stimmt die Lieferadresse? >> Das überprüft gerade unser Lager.
Liegen die Daten in der EU? >> Gute Frage, das wäre eine für unsere Sicherheitschefin, ich habe sie in Kopie genommen.
Wann beginnt der Kurs? >> Den Stundenplan hat man uns leider noch nicht freigegeben.
Können Sie beim anderen Angebot mitgehen? >> Ein wenig Luft ist wohl drin, nur entscheide das nicht ich.
Bitte schicken Sie die Rechnung noch einmal. >> Ich habe die Finanz gebeten, sie neu auszustellen.
Wurde der Schaden anerkannt? >> Ihr Akt ist derzeit beim Sachverständigen.
Wie viele Lizenzen haben wir noch? >> Von daheim aus sehe ich das nicht, morgen im Büro schon.
Was fehlt der Waage? >> Sie steht auf der Werkbank. Die Fehlersuche dauert ein, zwei Tage.
Dürfen wir das Logo verwenden? >> Da muss das Marketing erst den Daumen heben.
Brauchen wir eine Bewilligung? >> Genau das habe ich am Montag die Gemeinde gefragt und bin heute so klug wie zuvor.
Kann ich in Raten zahlen? >> Wir müssten uns überlegen, wie das gehen könnte.
Was bedeutet Punkt 9? >> Erkläre ich gern, aber das verdient mehr als zwei Zeilen vom Handy.
Ist der Stand noch frei? >> Jemand hat eine Option darauf, die am Freitag ausläuft; nachher kann ich es sagen.
Könnt ihr den Login richten? >> Konnte es nachstellen, danke fürs Video. Lösung gibt es noch keine.
Welches Öl gehört hinein? >> Ihre Frage liegt in der Werkstatt.
"""

ANSWERS_EN = """
Can we terminate before June? >> Clause 14 lets you out with three months' notice, so the earliest date is 30 June.
What does the second barn cost? >> 48,500 excluding VAT, foundations not included.
When will the API be back? >> It came back at 11:20, a certificate had run out.
Could you send the blood results? >> Potassium 4.1, creatinine 88, everything else within range.
Is the pump under warranty? >> Dear Dr Abel, | the pump was bought in May 2023 and is therefore covered until \
May of next \
year. | Yours truly | K. Moss
Do you ship to Norway? >> We do, 9 euros flat and about six days.
Who signs for the trust? >> Both trustees, jointly.
How much is the late fee? >> There isn't one for the first reminder.
Can the tyres be fitted on Friday? >> Friday is full, Saturday at 8 would work.
Which dose is right for a 20 kg dog? >> One tablet morning and evening, with food.
Did the refund go out? >> Yes, on Tuesday, reference RF-2210.
Will the roof be ready by May? >> I'm afraid it won't, the middle of June is realistic.
Can you do 5 % off? >> For orders above 10,000 yes, below that no.
What is the deposit? >> Hi Ines, sorry for the wait. It's a third up front and the remainder when you move in.
Where is our seed order? >> It was dropped at the neighbour's yard yesterday, Mr Finch signed.
Do you have a room for 40 on 3 June? >> The garden room seats 45 and nobody has taken it for that day.
Does the contract allow subletting? >> Only with the landlord's written consent.
Could you confirm the address for delivery? >> 12 Quay Road, gate B.
Is the data stored in the EU? >> All of it sits in Frankfurt.
When does the course start? >> First session is 14 April at 18:30.
Can you match the other bid? >> No, that price would be below what it costs us.
Please send the invoice again. >> Just sent it a second time to your accounts address.
Was the claim accepted? >> The insurer has turned it down because the alarm was off.
How many licences do we still have? >> Seven out of fifty.
What is wrong with the scale? >> The load cell is bent, somebody must have dropped something on it.
May we use the logo? >> Sure, as long as the colours stay as they are.
Do we need a permit? >> Below 30 square metres you don't.
Can I pay in instalments? >> Three instalments are fine, at no extra charge.
What does clause 9 mean? >> It says that whoever causes a delay bears the storage.
Is the stand still free? >> Somebody took it this morning, but C12 next to it is available.
Can you fix the login? >> Fixed. Clear your cache once.
Which oil does it take? >> 5W-30, 4.2 litres.
"""

ANSWERS_DE = """
Können wir vor Juni kündigen? >> Nach Punkt 14 geht es mit drei Monaten Frist, frühestens also zum 30. Juni.
Was kostet die zweite Halle? >> 48.500 netto, ohne Fundament.
Wann läuft die Schnittstelle wieder? >> Seit 11:20 Uhr, ein Zertifikat war abgelaufen.
Können Sie die Blutwerte schicken? >> Kalium 4,1, Kreatinin 88, alles andere im Normbereich.
Ist die Pumpe in Garantie? >> Sehr geehrter Herr Dr. Abel, | die Pumpe wurde im Mai 2023 gekauft und ist somit bis Mai \
nächsten Jahres gedeckt. | Hochachtungsvoll | K. Moos
Liefern Sie nach Norwegen? >> Tun wir, pauschal 9 Euro und etwa sechs Tage.
Wer unterschreibt für die Stiftung? >> Beide Vorstände gemeinsam.
Wie hoch ist die Mahngebühr? >> Für die erste Mahnung verrechnen wir nichts.
Können die Reifen am Freitag drauf? >> Freitag ist voll, Samstag um 8 ginge.
Welche Dosis passt für 20 kg? >> Morgens und abends je eine Tablette, zum Futter.
Ist die Erstattung raus? >> Ja, am Dienstag, Referenz RF-2210.
Ist das Dach im Mai fertig? >> Leider nein, realistisch ist Mitte Juni.
Gehen 5 % Nachlass? >> Ab 10.000 Auftragswert ja, darunter nicht.
Wie hoch ist die Anzahlung? >> Hallo Ines, sorry fürs Warten. Ein Drittel vorab, der Rest beim Einzug.
Wo bleibt das Saatgut? >> Das wurde gestern beim Nachbarhof abgestellt, Herr Fink hat unterschrieben.
Haben Sie am 3. Juni Platz für 40? >> Der Gartensaal fasst 45 und ist an dem Tag noch nicht vergeben.
Erlaubt der Vertrag Untermiete? >> Nur mit schriftlicher Zustimmung des Vermieters.
Stimmt die Lieferadresse? >> Kaistraße 12, Tor B.
Liegen die Daten in der EU? >> Alles steht in Frankfurt.
Wann beginnt der Kurs? >> Erster Abend ist der 14. April, 18:30 Uhr.
Können Sie beim anderen Angebot mitgehen? >> Nein, zu dem Preis zahlen wir drauf.
Bitte schicken Sie die Rechnung noch einmal. >> Ist soeben ein zweites Mal an Ihre Buchhaltung gegangen.
Wurde der Schaden anerkannt? >> Die Versicherung hat abgelehnt, weil die Alarmanlage aus war.
Wie viele Lizenzen haben wir noch? >> Sieben von fünfzig.
Was fehlt der Waage? >> Die Wägezelle ist verbogen, da muss etwas draufgefallen sein.
Dürfen wir das Logo verwenden? >> Klar, solange die Farben bleiben.
Brauchen wir eine Bewilligung? >> Unter 30 Quadratmetern nicht.
Kann ich in Raten zahlen? >> Drei Raten sind in Ordnung, ohne Aufpreis.
Was bedeutet Punkt 9? >> Er besagt, dass die Lagerkosten trägt, wer den Verzug verursacht.
Ist der Stand noch frei? >> Den hat heute früh jemand genommen, C12 daneben ist zu haben.
Könnt ihr den Login richten? >> Erledigt. Einmal den Cache leeren.
Welches Öl gehört hinein? >> 5W-30, 4,2 Liter.
"""

HOLDING, ANSWERS = replied(HOLDING_EN + HOLDING_DE), replied(ANSWERS_EN + ANSWERS_DE)
promised = partial(dated, PROMISED_EN + PROMISED_DE)
not_promised = partial(undated, NOT_PROMISED_EN + NOT_PROMISED_DE)
