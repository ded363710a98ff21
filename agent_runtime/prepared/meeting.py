"""The brief for a meeting ahead, and the material for what follows one that was held. Pure."""

from collections.abc import Iterator

from agent_runtime.prepared import matters, persons
from agent_runtime.prepared.artefact import Line, Prepared, Section
from agent_runtime.prepared.changes import changes, last_talk
from agent_runtime.prepared.material import Material
from agent_runtime.prepared.points import points
from agent_runtime.watchtower.meetings import Meeting, is_review, meetings, with_executive
from agent_runtime.watchtower.view import View


def next_meeting(view: View, key: str = "") -> Meeting | None:
    """The meeting of this key, else the first that lies ahead; None where it was canceled or is over."""
    ahead = [x for x in meetings(view) if x.status == "scheduled" and x.begins > view.now]
    if key:
        return next((x for x in ahead if x.key == key), None)
    return min(ahead, key=lambda x: x.begins, default=None)


def held_meeting(view: View, key: str = "") -> Meeting | None:
    """The meeting of this key that took place, else the latest business review, else the latest at all."""
    held = [x for x in meetings(view) if x.status in ("held", "scheduled") and x.ends <= view.now]
    if key:
        return next((x for x in held if x.key == key), None)
    return max(held, key=lambda x: (is_review(x), x.begins), default=None)


def meeting_brief(material: Material, meeting: Meeting) -> Prepared:
    """What one wants to know before a meeting; with one who decides also who decides and what about."""
    words, talk = material.words, last_talk(material)
    since = words.heading("changed", day=words.day(talk.occurred_at)) if talk else words.heading("changed_ever")
    shown_by = (meeting.event.source_id,)
    sections = [
        *material.section("meeting", iter((_line(material, meeting),))),
        *material.section("there", persons.attending(material, meeting)),
        *(_executive(material, shown_by) if with_executive(material.view, meeting) else ()),
        *material.section("points", points(material, shown_by)),
        *material.section("rivals", matters.rivals(material)),
        *material.section("concerns", matters.concerns(material)),
        *material.section("ours", matters.promises(material, "ours")),
        *material.section("theirs", matters.promises(material, "theirs")),
        *material.section("changed", changes(material, talk.occurred_at if talk else None), since),
        *material.section("asked", matters.answered(material)),
    ]
    title = words.title("meeting", what=_name(material, meeting), when=words.moment(meeting.begins))
    return material.finish("meeting", title, meeting.key, meeting.begins, sections)


def _executive(material: Material, shown_by: tuple[str, ...]) -> Iterator[Section]:
    found = list(persons.deciders(material))
    unknown = [] if found else [Line(material.words.line("no_decider"), shown_by)]
    yield from material.section("decides", iter([*found, *unknown]))
    yield from material.section("deals", matters.deals(material, ended=False))


def follow_up(material: Material, meeting: Meeting) -> Prepared:
    """What was agreed on in a meeting and since, on both sides, with the days."""
    words, shown_by = material.words, (meeting.event.source_id,)
    agreed = [
        *material.section("agreed_ours", matters.promises(material, "ours", meeting.begins)),
        *material.section("agreed_theirs", matters.promises(material, "theirs", meeting.begins)),
    ]
    unknown = () if agreed else (Line(words.line("no_notes"), shown_by),)
    sections = [
        *material.section("meeting", iter((_line(material, meeting),))),
        *material.section("there", persons.attending(material, meeting)),
        *agreed,
        *material.section("unknown", iter(unknown)),
        *material.section("concerns", matters.concerns(material)),
    ]
    title = words.title("follow_up", what=_name(material, meeting), day=words.day(meeting.begins))
    return material.finish("follow_up", title, meeting.key, meeting.begins, sections)


def _name(material: Material, meeting: Meeting) -> str:
    return material.words.quoted(meeting.event.subject) or material.words.named("kinds", "meeting")


def _line(material: Material, meeting: Meeting) -> Line:
    when = material.words.moment(meeting.begins)
    text = material.words.line("meeting", what=_name(material, meeting), when=when)
    return Line(text, (meeting.event.source_id,))
