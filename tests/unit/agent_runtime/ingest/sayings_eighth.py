"""An eighth family of sayings, written before its writer looked at what was read wrongly of the seventh.

Nothing was learnt from it; after its first figures the threshold and some phrases were changed. Shipyards, nurseries,
theatres, brokers, game studios, the very formal and the very short.

One saying a line; ` | ` stands for a line break. A promise has the day that it names in front, a reply what was asked.
"""

from functools import partial

from tests.unit.agent_runtime.ingest.sayings import dated, replied, undated

PROMISED_EN = """
2026-03-12 The stage plot lands in your drive folder on Thursday.
2026-03-13 Our broker shall furnish you with the certificate by Friday.
2026-03-11 gonna push the patch tomorrow, promise
2026-03-16 On Monday morning Mrs Doyle will open the nursery for you and show you round.
2026-03-20 You may rely on having our survey of the hull by 20 March.
2026-03-10 Two minutes, I'm dialling you in this afternoon.
2026-03-18 I've pencilled the divers in and they inspect your keel on 18 March.
2026-03-13 I will see to it personally that the tickets are at the box office by Friday.
2026-03-31 Before the month is out we shall have settled your claim in full.
2026-03-17 Let me pull the archive copies and have them scanned for you by next Tuesday.
2026-03-12 In two days you get the level editor back, with the crash sorted.
2026-03-13 Invoice Friday, goods the week after.
2026-03-11 We'll wire the deposit back tomorrow.
2026-03-24 Give us two weeks and the varnish is done.
"""

PROMISED_DE = """
2026-03-12 Der Bühnenplan liegt am Donnerstag in Ihrem Ordner.
2026-03-13 Unser Makler wird Ihnen die Bestätigung bis Freitag beibringen.
2026-03-11 ich push den patch morgen, versprochen
2026-03-16 Am Montagmorgen schließt Ihnen Frau Dorn die Kita auf und führt Sie herum.
2026-03-20 Auf unser Gutachten zum Rumpf können Sie sich bis 20. März verlassen.
2026-03-10 Ich wähle Sie heute Nachmittag ein.
2026-03-18 Die Taucher sind eingeplant und sehen sich Ihren Kiel am 18. März an.
2026-03-13 Ich kümmere mich persönlich darum, dass die Karten bis Freitag an der Kasse liegen.
2026-03-31 Noch vor Monatsende begleichen wir Ihren Schaden vollständig.
2026-03-17 Die Archivkopien suche ich heraus und scanne sie Ihnen bis nächsten Dienstag ein.
2026-03-12 In zwei Tagen kriegst du den Editor zurück, ohne den Absturz.
2026-03-13 Rechnung kommt Freitag, Ware in der Woche drauf.
2026-03-11 Die Anzahlung überweisen wir morgen zurück.
2026-03-24 In zwei Wochen ist der Lack drauf, darauf haben Sie mein Wort.
"""

NOT_PROMISED_EN = """
The premiere is on Friday.
High tide is at six tomorrow.
Were the tickets not supposed to be here by Monday?
The yard lies idle until next week.
We closed the books on 2 March.
Do bring the hull papers on Thursday.
No diver goes down before Wednesday.
Your daughter's trial day is on 18 March.
"""

NOT_PROMISED_DE = """
Am Freitag ist Premiere.
Morgen um sechs ist Hochwasser.
Sollten die Karten nicht bis Montag da sein?
Die Werft steht bis nächste Woche still.
Wir haben die Bücher am 2. März geschlossen.
Bringen Sie am Donnerstag die Schiffspapiere mit.
Vor Mittwoch taucht keiner.
Der Schnuppertag Ihrer Tochter ist am 18. März.
"""

HOLDING_EN = """
Can the boat be launched in April? >> Hull first, then we talk dates.
Is my son allergic group covered by the kitchen? >> Let me speak to the cook at pick-up time.
How many seats are left for Saturday? >> Box office opens at four, can't see the system before that.
Are we insured for flooding? >> I've written to the underwriter and shall advise you on receipt of their comments.
Does the build run on old tablets? >> good q, gotta try it
Who owns the letters of 1912? >> One of our archivists is tracing the provenance.
When is the next open day? >> The head decides that this week.
Could you cut the scene with the dog? >> I'd have to talk the director into it, leave me some room.
What does a new sail cost? >> We're waiting on three lofts for their prices.
Is the grant approved? >> The panel has retired to consider.
Can you store the mast over winter? >> Ask me again on Monday, the shed plan isn't finished.
How do I unlock level nine? >> Dev who built it is on paternity, back in ten days.
Was the premium paid? >> Our bookkeeping is being migrated, so I am blind until tomorrow.
May we film in the reading room? >> Your request will be put before the trustees.
What caused the leak in the galley? >> Still scratching our heads.
Did anyone find a blue scarf? >> I shall ask the cleaners tonight.
Could we have the floor plan? >> It exists, I only need to find out where.
Will the fee rise? >> Nothing is settled on that front.
"""

HOLDING_DE = """
Kann das Boot im April ins Wasser? >> Erst der Rumpf, dann reden wir über Termine.
Kocht die Küche auch ohne Nüsse? >> Beim Abholen spreche ich die Köchin an.
Wie viele Plätze gibt es noch am Samstag? >> Die Kasse öffnet um vier, vorher komme ich nicht ins System.
Sind wir gegen Hochwasser versichert? >> Ich habe den Versicherer angeschrieben und unterrichte Sie nach \
Eingang der Stellungnahme.
Läuft das Spiel auf alten Tablets? >> gute frage, muss ich ausprobieren
Wem gehören die Briefe von 1912? >> Eine unserer Archivarinnen geht der Herkunft nach.
Wann ist der nächste Tag der offenen Tür? >> Das legt die Leitung diese Woche fest.
Könnt ihr die Szene mit dem Hund streichen? >> Dazu müsste ich die Regie überreden, lassen Sie mir etwas Luft.
Was kostet ein neues Segel? >> Von drei Segelmachern stehen die Preise noch aus.
Ist der Zuschuss bewilligt? >> Die Kommission berät noch.
Können Sie den Mast über den Winter lagern? >> Fragen Sie mich Montag noch mal, der Hallenplan ist nicht fertig.
Wie kommt man in Level neun? >> Wer das gebaut hat, ist in Elternzeit und in zehn Tagen wieder da.
Wurde die Prämie bezahlt? >> Unsere Buchhaltung wird gerade umgestellt, bis morgen bin ich blind.
Dürfen wir im Lesesaal drehen? >> Ihr Gesuch wird dem Stiftungsrat vorgelegt.
Woher kam das Wasser in der Kombüse? >> Wir rätseln noch.
Hat jemand einen blauen Schal gefunden? >> Ich frage heute Abend die Putzkolonne.
Könnten wir den Grundriss haben? >> Den gibt es, ich muss nur herausbekommen, wo.
Steigt der Beitrag? >> In der Sache ist nichts beschlossen.
"""

ANSWERS_EN = """
Can the boat be launched in April? >> The slip is free from the 9th.
Is my son allergic group covered by the kitchen? >> The kitchen has cooked without nuts since 2018.
How many seats are left for Saturday? >> Two in row M and a box.
Are we insured for flooding? >> The policy excludes flooding, I am sorry to say.
Does the build run on old tablets? >> yep, from 2016 on
Who owns the letters of 1912? >> The family lent them to us, they remain theirs.
When is the next open day? >> First Sunday in May.
Could you cut the scene with the dog? >> It's out.
What does a new sail cost? >> Somewhere around 2,800 with two reefs.
Is the grant approved? >> It was turned down in the second round.
Can you store the mast over winter? >> We can, inside, for 15 a metre.
How do I unlock level nine? >> Collect all feathers in level eight and talk to the heron.
Was the premium paid? >> It reached us on the 4th.
May we film in the reading room? >> Only outside opening hours and without lamps.
What caused the leak in the galley? >> A hose clip had rusted through.
Did anyone find a blue scarf? >> It's hanging at the stage door.
Could we have the floor plan? >> You'll find it in the visitors' folder, third sheet.
Will the fee rise? >> By four euros from September.
"""

ANSWERS_DE = """
Kann das Boot im April ins Wasser? >> Ab dem 9. ist die Slipanlage frei.
Kocht die Küche auch ohne Nüsse? >> Seit 2018 wird bei uns ohne Nüsse gekocht.
Wie viele Plätze gibt es noch am Samstag? >> Zwei in Reihe M und eine Loge.
Sind wir gegen Hochwasser versichert? >> Hochwasser schließt die Police leider aus.
Läuft das Spiel auf alten Tablets? >> jo, ab baujahr 2016
Wem gehören die Briefe von 1912? >> Die Familie hat sie uns geliehen, sie bleiben ihr Eigentum.
Wann ist der nächste Tag der offenen Tür? >> Am ersten Sonntag im Mai.
Könnt ihr die Szene mit dem Hund streichen? >> Ist draußen.
Was kostet ein neues Segel? >> Um die 2.800, mit zwei Reffs.
Ist der Zuschuss bewilligt? >> In der zweiten Runde wurde er abgelehnt.
Können Sie den Mast über den Winter lagern? >> Können wir, in der Halle, 15 der Meter.
Wie kommt man in Level neun? >> Sammle in Level acht alle Federn und sprich mit dem Reiher.
Wurde die Prämie bezahlt? >> Sie ist am 4. bei uns eingegangen.
Dürfen wir im Lesesaal drehen? >> Nur außerhalb der Öffnungszeiten und ohne Scheinwerfer.
Woher kam das Wasser in der Kombüse? >> Eine Schlauchschelle war durchgerostet.
Hat jemand einen blauen Schal gefunden? >> Der hängt am Bühneneingang.
Könnten wir den Grundriss haben? >> Den finden Sie in der Besuchermappe, drittes Blatt.
Steigt der Beitrag? >> Um vier Euro ab September.
"""

HOLDING, ANSWERS = replied(HOLDING_EN + HOLDING_DE), replied(ANSWERS_EN + ANSWERS_DE)
promised = partial(dated, PROMISED_EN + PROMISED_DE)
not_promised = partial(undated, NOT_PROMISED_EN + NOT_PROMISED_DE)
