"""Ways to say the same, for the generated sales history; {what} is a name, a figure or a mark."""

DECIDES = (
    "Just so you know: {what} decides about this here.",
    "The final decision lies with {what}.",
    "{what} makes the final decision on our side.",
)
SIGNS = (
    "{what} signs the contracts.",
    "The contract must be signed by {what}.",
    "{what} is the signatory.",
)
CHAMPION = (
    "{what} is our champion there.",
    "{what} is pushing this for us.",
    "Our champion is {what}.",
)
GONE = (
    "{what} has left the company.",
    "{what} no longer works here.",
    "{what} has left us.",
)
BUDGET = (
    "Our budget is {what} EUR for this year.",
    "We have a budget of about €{what} for it.",
    "Unser Budget liegt bei {what} Euro.",
)
SEATS = (
    "We need {what} seats.",
    "It is about {what} licences.",
    "Wir sprechen über {what} Lizenzen.",
)
HOURS = (
    "Please call me not before noon.",
    "Bitte rufen Sie mich nicht vor 12 Uhr an.",
    "I am best reached after 12:00, always.",
)
WORRIED = (
    "We are worried about the {what}.",
    "There is a concern here about the {what}.",
    "Some of us hesitate because of the {what}.",
)
SETTLED = (
    "The {what} concern is resolved.",
    "We are convinced now, the {what} is off the table.",
    "The {what} is settled for us.",
)
OUR_PROMISE = (
    "I will send you the document {what} by Friday.",
    "You will have {what} from me: I will send it by Friday.",
    "I'll send {what} until next Friday.",
)
THEIR_PROMISE = (
    "I will send you {what} by Friday.",
    "I'll send you our {what} by next Friday.",
    "I will get {what} to you by Friday.",
)
ASKED = (
    "Could you tell me whether {what} runs on our servers?",
    "What does {what} cost in the second year?",
    "How long does the delivery of {what} take?",
)
NOTED = (
    "Never mention {what} before the price.",
    "Please never mention the {what} before the price is known.",
    "Do not mention {what} before they know the price.",
)
CHATTER = (
    "Thank you for the good talk. We met the new colleagues on Tuesday.",
    "The minutes of the meeting are with the team now.",
    "Everything went well at the site last week.",
    "We moved the workshop to the larger room.",
    "Greetings from the trade fair; the weather was fine.",
)
