"""The English mails of the demo world: `[a|b]` is a choice, `{name}` is filled from the records."""

from collections.abc import Mapping

ENGLISH: Mapping[str, tuple[str, ...]] = {
    # questions, answers, promises
    "question": (
        "[While we go through the plans for {site}, one thing came up.|One point before I take this to "
        "{board}.|I was at {site} this morning.] {ask}\n\n[We decide on it {on}, so an answer before then "
        "would help.|A short answer is enough.|Please send it to me directly; I pass it on.]",
        "{ask}\n\n[I need this for our meeting {on}.|Our builder is on site {on} and will ask me.|It is the "
        "last open point on our list.]",
        "[Thank you for your time yesterday.|Thanks for the call.] [My colleague raised a point that I "
        "could not answer.|I forgot to ask one thing.] {ask}",
    ),
    "answer": (
        "[Thank you for the question.|You asked about this {asked}.] {answer}\n\n[Tell me if you need it on "
        "paper for your file.|If that settles it, nothing more is needed from you.|I have noted it in the "
        "plan as well.]",
        "{answer}\n\n[I checked it with our workshop this morning.|Our engineer has confirmed it.|The sheet "
        "is on file here, should anybody ask.]",
        "Short answer to your point: {answer}\n\nIf something in it does not fit {site2}, call me on my direct line.",
    ),
    "holding": (
        "[I have your question and do not want to guess.|I need our workshop for this one.] I'll get back to you.",
        "Thank you, I have passed this on to our engineer. I'll get back to you [as soon as he has looked "
        "at it|when I have his answer].",
    ),
    "promise": (
        "[Thank you for the call just now.|Good that we spoke today.] As agreed, I will send you {thing} by "
        "{by}.\n\n[The date for {site2} stays as it was.|Nothing changes for {site2}.|Until then the "
        "present plan stands.]",
        "[That is a fair point.|I see what you need.] I will send you {thing} by {by}. [Our workshop needs "
        "to look at it first.|The figures come from our engineer.]",
        "[We went through your points here today.|I have now talked to our engineer.] {answer}\n\nI will "
        "send you {thing} by {by}, so that you have it on paper.",
    ),
    "promise_kept": (
        "[As promised, here is|Attached you find] {thing}.\n\n[Page two has the part you asked "
        "about.|Please check the dimensions against yours before you pass it on.|The date in the corner is "
        "today's.]",
        "Here is {thing}, as I said on {promised}. [If a number looks odd, tell me; our engineer is in on "
        "Fridays.|Your colleague in facilities has the same version.]",
    ),
    "chase": (
        "You wrote that you would send {thing}. [I have not seen it yet.|It has not arrived here.] [Can you "
        "tell me when I will have it?|Is there a date?]",
    ),
    "thanks": (
        "Thank you, [that is what I needed.|that answers it.] [I pass it on to our builder.|We go ahead on "
        "that basis.|I have put it into our folder.]",
        "[Received, thanks.|Got it, thank you.] [{Board} sees it on Thursday.|No further questions from us.]",
    ),
    # deals
    "intro": (
        "[Thank you for the conversation about {site}.|Good to talk to you about {site}.] I understand that "
        "the {n} units there are to be replaced before the summer, and that {site2} [may follow|is on the "
        "list as well].\n\nAs a next step I suggest a survey on site: about two hours, with our engineer. "
        "[Would {day} suit you?|Does {day} work for you?]",
        "[You asked what we would need for a first figure.|For a first figure we need little.] The size of "
        "the rooms at {site}, the temperature you hold, and how often the doors open. The rest our engineer "
        "measures himself.\n\nI have pencilled in {day} for the visit. Please tell me whether that holds.",
    ),
    "survey_yes": (
        "{day} is fine. [Please report at the gate; the site manager will take you round.|Safety shoes, "
        "please, and a vest. The site opens at seven.]",
        "[Yes, {day} works.|We can do {day}.] [My colleague from maintenance will join you.|Parking is "
        "behind the loading bay.]",
    ),
    "survey_notes": (
        "[Thank you for the tour today.|Thank you for having us at {site}.] What we took away: {n} rooms, "
        "two of them at minus 22; the plant on the roof dates from 2009; the power supply is "
        "sufficient.\n\nYou will have our proposal [within two weeks|in the course of the next two weeks].",
    ),
    "proposal": (
        "[Please find attached|Attached is] our proposal for {deal}. The total is {amount}, delivered and "
        "installed; section 3 lists the {n} {unit} one by one, [section 4 has the dates|section 5 the "
        "service contract].\n\n[Delivery is possible from week {week}.|The earliest start on site is week "
        "{week}.] The proposal is valid until {valid}.",
        "Here is our proposal for {deal}. [As you asked, installation can run in two phases|We have split "
        "it by site]: {site} first, {site2} after that, at the same total of {amount}.\n\nIt is valid until "
        "{valid}. [Please look at section 4 in particular, since it settles the dates.|The drawing is in "
        "the annex.]",
        "[We have put together what we discussed on site.|As discussed on site:] The attached proposal for "
        "{deal} comes to {amount}. It holds {n} {unit}, the removal of the old plant, and one year of "
        "service.\n\nThe price stands until {valid}.",
    ),
    "proposal_ack": (
        "[Thank you, received.|Thank you for the proposal.] [I go through it with {board} and come back to "
        "you.|We look at it on {day} in our weekly meeting.]",
        "[Thanks. At first sight it is what we discussed.|Thanks, that is clear.] [The split by site "
        "helps.|I need to show it to our owner.]",
    ),
    "proposal_change": (
        "[We have been through the proposal.|{Board} has seen the proposal.] Two changes, please: {site2} "
        "moves to the autumn, and the service contract should run for three years instead of one. [Can you "
        "adjust it?|What does that do to the total?]",
    ),
    "proposal_revised": (
        "Attached is version 2 of the proposal for {deal}: {site2} in the autumn, service over three years. "
        "The total is {amount}. It is valid until {valid}.",
    ),
    "order": (
        "[We would like to go ahead with {deal}.|{Board} has agreed to {deal}.] [The purchase order is "
        "attached.|Our purchasing sends the order today.] Please confirm the start in week {week}.",
    ),
    "order_confirmed": (
        "Thank you for the order for {deal}. [I confirm the start in week {week}.|Week {week} is booked for "
        "you.] Our site lead will call your site manager [five|ten] days before.",
    ),
    "lost_price": (
        "[Thank you for the work you put into this.|I wanted you to hear it from me.] We have decided on "
        "another supplier for {deal}. [In the end the price was the difference.|Their figure was a good "
        "deal lower and {board} followed it.]",
    ),
    "lost_silence": (
        "We have placed the order for {deal} elsewhere. [We waited for your answer on the dates and had to "
        "decide.|The dates were still open with you, and our builder could not wait.]",
    ),
    "lost_budget": (
        "{deal} does not go ahead this year. [The money goes into the roof at {site2} instead.|{Board} has "
        "put all building work on hold.] [We may come back to it in the next budget.|I am sorry that it "
        "took us so long.]",
    ),
    "unfit": (
        "After the survey our engineer sees no way to do {site} with our units: [the ceiling carries no "
        "more than the present load|the building is listed and the roof has to stay free]. I would rather "
        "say so now than sell you something that does not fit.",
    ),
    "more_time": (
        "{deal} takes longer on our side than planned. [The building permit for {site} is still "
        "missing.|{Board} wants to see the figures again.] [We now expect to decide in {later}.|Please "
        "count on {later}.]",
    ),
    "next_step": (
        "[Thank you for the call.|As discussed on the phone today:] we meet on {day} and go through the "
        "dates for {site}. [I bring our engineer.|Please have the floor plan at hand.]",
    ),
    "confirm": (
        "Week {week} is still free for {site}, and our site lead would start on the Monday. [Can you "
        "confirm that week?|Shall I book it for you?]",
        "The service part of {deal} is now in the contract, as you asked. [Does the wording fit?|Can it "
        "go to {board} like this?]",
    ),
    # leads
    "lead_reply": (
        "[Thank you for your enquiry about cooling at {site}.|You wrote to us about {n} units for {site}.] "
        "For a first figure I need the room sizes and the temperature you hold.\n\nI can call you on {day}, "
        "in the morning or after two. [Which is better?|What suits you?]",
        "[Your enquiry has reached me.|I look after companies in your area.] [For {site} two ways are "
        "possible: a new plant, or new compressors in the old one.|What you describe for {site} is usually "
        "a job of two days.]\n\nShall we talk on {day}?",
    ),
    "lead_answer": (
        "[Thank you for the quick reply.|Thanks.] {day} is fine, [after two|in the morning]. The room is 6 "
        "by 9 metres and we hold 2 degrees.",
    ),
    "referral": (
        "A friend of ours runs {lead_company} and is looking for a new cold room. I told [them|{lead_name}] "
        "how it went at {site}. [You find {lead_name} under {lead_email}.|Please write to {lead_name}, "
        "{lead_email}.]",
    ),
    # service and account
    "service_report": (
        "Our technician was at {site} [this morning|yesterday]. Plant {serial} is running again; [a sensor "
        "was replaced|the door seal had come off]. The report is attached.",
    ),
    "site_access": (
        "Our technician comes to {site} on {day} for the half-yearly maintenance. [He needs the roof "
        "key.|Please keep the plant room clear.] It takes about [two|three] hours, and the cooling stays on.",
    ),
    "site_access_ok": (
        "[Noted, thank you.|{day} is fine.] [The porter has the roof key.|Please ring at the side door.]",
    ),
    "invoice": ("[Invoice|Our invoice] for the maintenance at {site} is attached, {price}, due in 30 days.",),
    "invoice_query": (
        "[Your invoice for {site} names {n} visits; I count one less.|The invoice for {site} lacks our "
        "order number.] [Please send a corrected one.|Can you correct that?]",
    ),
    "invoice_fixed": (
        "You are right about the invoice for {site}. [The corrected one is attached; the first is "
        "cancelled.|Here is the corrected one.]",
    ),
    "complaint": (
        "Plant {serial} at {site} failed [for the third time|again last night]. We had to move goods to "
        "{site2} by hand. [I want to know from you what happens now.|I expect a call from you today.]",
    ),
    "complaint_answer": (
        "I am sorry about the night at {site}. [Our technician is on his way and will replace the "
        "controller of plant {serial}.|We replace the controller of plant {serial} today, at our cost.] I "
        "call you when he is done.",
    ),
    "renewal_offer": (
        "Your service contract for {site} [runs until|ends on] {renewal}. [Nothing needs to change|We would "
        "leave it as it is]: two visits a year, four hours to respond, {price} a year.\n\n[Do you want to "
        "keep {site2} in it?|Shall we prepare it for one year or for three?]",
    ),
    "renewal_yes": (
        "[Please renew for three years.|One more year, please, with {site2} in it.] [Send the paper to "
        "me.|Our purchasing signs it.]",
    ),
    "meeting_recap": (
        "[Thank you for the meeting today.|Thank you for your time today.] We agreed: the plan for {site} "
        "stands, {site2} is looked at again in the autumn, and the alarm list gets a second number.",
    ),
    "leaver_note": (
        "[My last day here is {by}.|I am leaving {company} on {by}.] [My colleague {successor} takes over "
        "the cooling for our sites.|Please write to {successor} from then on.] Thank you for the good work.",
    ),
    "handover": (
        "From {day} [my colleague {successor} looks after your sites|{successor} will be your contact "
        "here]. The plan for {site} and the open points are known to {successor}, in copy.",
    ),
    "wrong_person": (
        "[I think this was meant for somebody else.|You have the wrong person, I am afraid.] I run payroll; "
        "cooling is with facilities, [I do not know who|please ask at the main number].",
    ),
    "ooo": ("I am out of the office until {by} and do not read my mail. In urgent cases please call the main number.",),
    "noted_call": (
        "[We spoke on the phone about this today|As I said on the phone today]: {answer} [I write it down "
        "here for your file.|So that you have it in writing.]",
    ),
}
