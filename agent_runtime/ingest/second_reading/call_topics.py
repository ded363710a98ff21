"""What a call was about that the program could not place: a topic of the list, with the caller's own words for it."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from agent_runtime.calls.intent import OUR_SPEAKERS, is_noise, says_something
from agent_runtime.calls.topics import READ_CHARACTERS, TopicReader
from agent_runtime.ingest.second_reading.texts import Found, Text, standing
from agent_runtime.llm import ModelRequest
from agent_runtime.llm.schemas import CallTopic
from prompts import load

# A topic as the model is told it, and as a person is asked about it.
TOPICS = {
    "buy_or_upgrade": "they want to buy, extend or upgrade",
    "cancel_risk": "they may leave",
    "billing": "an invoice or a payment",
    "technical": "something does not work",
    "security": "access, data or safety",
    "scheduling": "an appointment",
}


class CallTopics:
    """Reads what callers said and left behind for its topic, where the program's own reading is "unknown"."""

    slot = "unconfirmed_topic"
    event = "call_topic.unconfirmed"

    def __init__(self) -> None:
        self._reader = TopicReader()

    def is_in(self, text: Text) -> bool:
        """A call whose words say something, which nobody refused to have kept, and which the program cannot place."""
        said = _theirs(text).lower() if text.kind == "call" else ""
        return says_something(said) and not is_noise(said) and self._reader.read([said])[0].topic == "unknown"

    def request(self, text: Text, zone: ZoneInfo, now: datetime) -> ModelRequest[CallTopic]:
        """Asks which topic of the list it is."""
        topics = "\n".join(f"- {name}: {meaning}" for name, meaning in TOPICS.items())
        inputs = {"topics": topics, "text": _theirs(text)}
        return ModelRequest(load("classify_call"), inputs, CallTopic, "classify_call", text.account_id, now)

    def questions(self, text: Text, reply: CallTopic) -> Iterator[Found]:
        """A topic of the list, where the sentence that shows it stands among the caller's words."""
        if reply.topic not in TOPICS or len(reply.quote.split()) < 2 or reply.quote not in _theirs(text):
            return
        for span in standing(text, reply.quote):
            yield Found(f"{TOPICS[reply.topic]} (“{reply.quote}”)", reply.quote, span)


def _theirs(text: Text) -> str:
    """The caller's words, as they were said: all of a voicemail; of a transcript the lines that are not ours."""
    if text.data.get("voicemail"):
        return text.words[:READ_CHARACTERS]
    if text.data.get("consent") == "none":
        return ""
    lines = (line.partition(": ") for line in text.words.splitlines())
    return "\n".join(said for who, colon, said in lines if colon and who.lower() not in OUR_SPEAKERS)[:READ_CHARACTERS]
