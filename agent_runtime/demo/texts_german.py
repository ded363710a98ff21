"""The German mails of the demo world, under the same names as the English ones, all with Sie."""

from collections.abc import Mapping

GERMAN: Mapping[str, tuple[str, ...]] = {
    "question": (
        "[bei der Planung für {site} ist noch ein Punkt offen.|bevor ich das in die Geschäftsleitung gebe, "
        "noch eine Frage.|ich war heute früh vor Ort.] {ask}\n\n[Wir entscheiden {on}, bis dahin bräuchte "
        "ich die Antwort.|Eine kurze Antwort genügt.]",
        "noch eine Frage von uns: {ask}\n\n[Ich brauche das für unsere Besprechung {on}.|Es ist der letzte "
        "offene Punkt auf unserer Liste.]",
    ),
    "answer": (
        "[vielen Dank für Ihre Frage.|Sie hatten {asked} danach gefragt.] {answer}\n\n[Wenn Sie es für Ihre "
        "Unterlagen schriftlich brauchen, geben Sie kurz Bescheid.|Damit ist der Punkt von unserer Seite "
        "geklärt.]",
        "zu Ihrer Frage: {answer}\n\n[Unsere Werkstatt hat das heute bestätigt.|Ich habe es im Plan vermerkt.]",
    ),
    "holding": (
        "[Ihre Frage ist angekommen, ich möchte nicht raten.|dafür brauche ich unsere Technik.] Ich melde "
        "mich bei Ihnen.",
    ),
    "promise": (
        "[vielen Dank für das Telefonat.|gut, dass wir heute gesprochen haben.] Wie vereinbart: Ich schicke "
        "Ihnen {thing} bis {by}.\n\n[An den Terminen für {site2} ändert sich nichts.|Der jetzige Plan gilt "
        "bis dahin.]",
        "[das verstehe ich.|der Punkt ist berechtigt.] Ich werde Ihnen {thing} bis {by} schicken. Unsere "
        "Technik muss vorher darauf sehen.",
    ),
    "promise_kept": (
        "[wie zugesagt erhalten Sie|anbei finden Sie] {thing}.\n\n[Auf Seite zwei steht der Teil, nach dem "
        "Sie gefragt hatten.|Bitte gleichen Sie die Maße mit Ihren ab.]",
    ),
    "chase": (
        "Sie wollten mir {thing} schicken. [Bis heute ist nichts angekommen.|Ich habe noch nichts gesehen.] "
        "Wann kann ich damit rechnen?",
    ),
    "thanks": (
        "danke, [damit ist alles klar.|genau das habe ich gebraucht.] [Ich gebe es an unseren Bauleiter "
        "weiter.|So machen wir es.]",
    ),
    "intro": (
        "[vielen Dank für das Gespräch über {site}.|schön, dass wir über {site} sprechen konnten.] Die {n} "
        "Geräte dort sollen vor dem Sommer ersetzt werden, {site2} folgt vielleicht später.\n\nAls nächsten "
        "Schritt schlage ich eine Aufnahme vor Ort vor, etwa zwei Stunden mit unserem Techniker. Passt "
        "Ihnen {day}?",
    ),
    "survey_yes": (
        "{day} passt. [Bitte melden Sie sich am Tor.|Sicherheitsschuhe bitte, die Halle öffnet um sieben.]",
    ),
    "survey_notes": (
        "[vielen Dank für den Rundgang heute.|danke, dass Sie uns {site} gezeigt haben.] Aufgenommen haben "
        "wir {n} Räume, zwei davon bei minus 22 Grad; die Anlage auf dem Dach ist von 2009.\n\nUnser "
        "Angebot erhalten Sie in den nächsten zwei Wochen.",
    ),
    "proposal": (
        "[anbei erhalten Sie|im Anhang finden Sie] unser Angebot für {deal}. Die Summe beträgt {amount} "
        "einschließlich Lieferung und Montage; Abschnitt 3 führt die {n} {unit} einzeln auf.\n\n[Liefern "
        "können wir ab KW {week}.|Frühester Beginn ist KW {week}.] Das Angebot gilt bis {valid}.",
        "hier ist unser Angebot für {deal}. [Wie gewünscht geht die Montage in zwei Abschnitten|Wir haben "
        "nach Standorten geteilt]: zuerst {site}, danach {site2}, zusammen {amount}.\n\nDas Angebot gilt "
        "bis {valid}.",
    ),
    "proposal_ack": (
        "danke, das Angebot ist angekommen. [Ich gehe es mit {board} durch.|Wir sehen es uns am {day} an.]",
    ),
    "proposal_change": (
        "wir haben das Angebot besprochen. Zwei Änderungen: {site2} rückt in den Herbst, und der "
        "Wartungsvertrag soll drei Jahre laufen. Können Sie das anpassen?",
    ),
    "proposal_revised": (
        "anbei Fassung 2 des Angebots für {deal}: {site2} im Herbst, Wartung über drei Jahre. Die Summe "
        "beträgt {amount}, gültig bis {valid}.",
    ),
    "order": (
        "[wir möchten das Angebot {deal} beauftragen.|die Geschäftsleitung hat {deal} freigegeben.] [Die "
        "Bestellung liegt bei.|Unser Einkauf schickt heute die Bestellung.] Bitte bestätigen Sie "
        "den Beginn in KW {week}.",
    ),
    "order_confirmed": (
        "vielen Dank für den Auftrag {deal}. [KW {week} ist für Sie eingeplant.|Ich bestätige den Beginn in "
        "KW {week}.]",
    ),
    "lost_price": ("für {deal} haben wir uns anders entschieden. Am Ende war es der Preis. Danke für Ihre Mühe.",),
    "lost_silence": (
        "den Auftrag {deal} haben wir anderweitig vergeben. Wir hatten auf Ihre Termine gewartet und "
        "mussten entscheiden.",
    ),
    "lost_budget": (
        "{deal} kommt in diesem Jahr nicht. Das Geld geht in das Dach von {site2}. Vielleicht im nächsten Haushalt.",
    ),
    "unfit": (
        "nach der Aufnahme sieht unser Techniker für {site} keinen Weg mit unseren Geräten: die Decke trägt "
        "nicht mehr als heute. Das sage ich Ihnen lieber jetzt.",
    ),
    "more_time": (
        "{deal} dauert bei uns länger als geplant. [Die Baugenehmigung für {site} fehlt noch.|Unsere "
        "kaufmännische Leitung ist neu und will die Zahlen selbst sehen.] Wir rechnen jetzt mit einer "
        "Entscheidung {later}.",
    ),
    "next_step": (
        "wie am Telefon besprochen: Wir treffen uns am {day} und gehen die Termine für {site} durch. Ich "
        "bringe unseren Techniker mit.",
    ),
    "confirm": (
        "KW {week} ist für {site} noch frei. [Können Sie die Woche bestätigen?|Soll ich sie für Sie einplanen?]",
        "die Wartung für {deal} steht jetzt im Vertrag, wie gewünscht. Passt die Formulierung so?",
    ),
    "lead_reply": (
        "[vielen Dank für Ihre Anfrage zur Kühlung in {site}.|Sie hatten uns wegen {n} Geräten für {site} "
        "geschrieben.] Für eine erste Zahl brauche ich die Raummaße und die Temperatur.\n\nIch kann Sie am "
        "{day} anrufen, vormittags oder ab 14 Uhr. Was passt Ihnen?",
    ),
    "lead_answer": (
        "danke für die schnelle Antwort. {day} passt, ab 14 Uhr. Der Raum ist 6 mal 9 Meter, wir halten 2 Grad.",
    ),
    "referral": (
        "ein Bekannter von uns führt {lead_company} und sucht einen neuen Kühlraum. Sie erreichen "
        "{lead_name} unter {lead_email}.",
    ),
    "service_report": (
        "unser Techniker war [heute früh|gestern] in {site}. Anlage {serial} läuft wieder; [ein Fühler "
        "wurde getauscht|die Türdichtung hatte sich gelöst]. Der Bericht liegt bei.",
    ),
    "site_access": (
        "unser Techniker kommt am {day} zur halbjährlichen Wartung nach {site}. [Er braucht den "
        "Dachschlüssel.|Bitte halten Sie den Technikraum frei.] Die Kühlung bleibt an.",
    ),
    "site_access_ok": (
        "[notiert, danke.|{day} passt.] [Der Pförtner hat den Schlüssel.|Bitte am Nebeneingang klingeln.]",
    ),
    "invoice": ("anbei die Rechnung für die Wartung in {site}, {price}, zahlbar in 30 Tagen.",),
    "invoice_query": (
        "[Ihre Rechnung für {site} nennt einen Einsatz zu viel.|auf der Rechnung für {site} fehlt unsere "
        "Bestellnummer.] Bitte schicken Sie eine korrigierte.",
    ),
    "invoice_fixed": ("Sie haben recht, die korrigierte Rechnung für {site} liegt bei. Die erste ist storniert.",),
    "complaint": (
        "Anlage {serial} in {site} ist [heute Nacht wieder|zum dritten Mal] ausgefallen. Wir mussten Ware "
        "nach {site2} umlagern. Ich erwarte heute Ihren Anruf.",
    ),
    "complaint_answer": (
        "die Nacht in {site} tut mir leid. Wir tauschen heute den Regler der Anlage {serial}, auf unsere "
        "Kosten. Ich rufe Sie an, wenn der Techniker fertig ist.",
    ),
    "renewal_offer": (
        "Ihr Wartungsvertrag für {site} läuft bis {renewal}. Ändern muss sich nichts: zwei Wartungen im "
        "Jahr, vier Stunden Reaktionszeit, {price} im Jahr.\n\nSoll {site2} dabei bleiben?",
    ),
    "renewal_yes": ("bitte verlängern Sie [um drei Jahre|um ein Jahr, mit {site2}]. Die Unterlagen bitte an mich.",),
    "meeting_recap": (
        "vielen Dank für das Gespräch heute. Vereinbart ist: Der Plan für {site} gilt, {site2} sehen wir "
        "uns im Herbst wieder an, die Alarmliste bekommt eine zweite Nummer.",
    ),
    "leaver_note": (
        "mein letzter Tag bei {company} ist der {by}. [Bitte wenden Sie sich danach an "
        "{successor}.|{successor} übernimmt die Kühltechnik.] Danke für die gute Zusammenarbeit.",
    ),
    "handover": (
        "ab {day} ist {successor} für Ihre Standorte zuständig. Der Plan für {site} und die offenen Punkte "
        "sind bekannt; {successor} liest hier mit.",
    ),
    "wrong_person": (
        "das war wohl für jemand anderen bestimmt. Ich mache die Lohnabrechnung; für Kühlung ist die "
        "Gebäudetechnik zuständig.",
    ),
    "ooo": ("ich bin bis {by} nicht im Haus und lese meine Mails nicht. In dringenden Fällen hilft die Zentrale.",),
    "noted_call": ("wie eben am Telefon besprochen: {answer} Hiermit haben Sie es auch schriftlich.",),
}
