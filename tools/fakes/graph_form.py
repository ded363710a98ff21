"""What Microsoft Graph's pages say that a request may hold; the stand-in refuses everything else. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tools.fakes.wire import Asked

_HEADERS: Final = frozenset(
    (
        "accept", "accept-encoding", "authorization", "client-request-id", "connection", "content-length",
        "content-type", "host", "if-match", "prefer", "user-agent",
    )
)  # fmt: skip
_PREFER: Final = re.compile(
    r'IdType="ImmutableId"|outlook\.body-content-type="(?:text|html)"|odata\.maxpagesize=\d{1,4}|outlook\.timezone="[^"]+"'
)
# The fields of a mail that can be asked for, and those that can be set while it is a draft.
_READ: Final = frozenset(
    (
        "id", "bccRecipients", "body", "bodyPreview", "categories", "ccRecipients", "changeKey", "conversationId",
        "conversationIndex", "createdDateTime", "flag", "from", "hasAttachments", "importance",
        "inferenceClassification", "internetMessageHeaders", "internetMessageId", "isDeliveryReceiptRequested",
        "isDraft", "isRead", "isReadReceiptRequested", "lastModifiedDateTime", "parentFolderId", "receivedDateTime",
        "replyTo", "sender", "sentDateTime", "subject", "toRecipients", "uniqueBody", "webLink",
    )
)  # fmt: skip
_SET: Final = frozenset(
    (
        "bccRecipients", "body", "categories", "ccRecipients", "from", "importance", "internetMessageHeaders",
        "internetMessageId", "replyTo", "sender", "subject", "toRecipients",
    )
)  # fmt: skip
_SUBSCRIBED: Final = frozenset(
    ("changeType", "clientState", "expirationDateTime", "lifecycleNotificationUrl", "notificationUrl", "resource")
)
_LIST: Final = frozenset({"$count", "$expand", "$filter", "$orderby", "$search", "$select", "$skip", "$top"})
_ONE: Final = frozenset({"$expand", "$select"})
_TOKENS: Final = frozenset({"$deltatoken", "$skiptoken"})


def is_in_form(asked: Asked, parts: Sequence[str]) -> bool:
    """Whether headers, query and body of a request to `parts` (below the version) are ones that the vendor knows."""
    if set(asked.headers) - _HEADERS:
        return False
    if not all(_PREFER.fullmatch(one.strip()) for one in asked.headers.get("prefer", "").split(",") if one.strip()):
        return False
    query = {name for name, _ in asked.query}
    selected = {one for value in asked.values("$select") for one in value.split(",")}
    return query <= _known(asked.method, parts[2:]) and selected <= _READ and _body_is(asked, parts)


def _known(method: str, parts: Sequence[str]) -> frozenset[str]:
    if method != "GET":
        return frozenset()
    match parts:
        case ["calendarView", "delta"]:
            return _TOKENS | {"startDateTime", "endDateTime"}
        case [*_, "messages", "delta"]:
            return _TOKENS | {"$select", "$filter", "$orderby", "$expand", "changeType"}
        case [*_, "messages"]:
            return _LIST | {"$skiptoken"}
        case [*_, "$value"]:
            return frozenset()
    return _ONE


def _body_is(asked: Asked, parts: Sequence[str]) -> bool:
    if asked.method not in ("POST", "PATCH"):
        return not asked.body
    told: Mapping[str, Any] = asked.json() or {}
    match parts:
        case ["subscriptions"]:
            return set(told) <= _SUBSCRIBED and set(told) >= _SUBSCRIBED - {"clientState", "lifecycleNotificationUrl"}
        case ["subscriptions", _]:
            return set(told) == {"expirationDateTime"}
        case [*_, "createReply"]:
            return set(told) <= {"message"} and set(told.get("message") or {}) <= _SET
        case [*_, "send"]:
            return not asked.body
    return set(told) <= _SET
