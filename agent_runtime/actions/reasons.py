"""Why an action was not done, or is not known to be done: a short code for programs, a sentence for people."""

from types import MappingProxyType

CUSTOMER_WROTE = "customer_wrote"
OWNER_CHANGED = "owner_changed"
RECIPIENT_GONE = "recipient_gone"
SWITCHED_OFF = "switched_off"
TOO_LATE = "too_late"
NEVER = "never_by_playbook"
NO_EXECUTOR = "no_executor"
NO_PROFILE = "no_sender_profile"
NO_SERVER = "no_mail_server"
NO_SECRET = "no_password"
WRONG_SENDER = "wrong_sender"
BAD_ADDRESS = "bad_address"
BAD_HEADER = "bad_header"
ATTACHMENTS = "attachments"
SIGN_IN = "sign_in_refused"
INSECURE = "insecure_connection"
UNREACHABLE = "unreachable"
BUSY = "busy"
TOO_SLOW = "too_slow"
REFUSED_BY_SERVER = "refused_by_server"
LOST = "connection_lost"
BROKE = "executor_broke"
WORKER_DIED = "worker_died"
GAVE_UP = "gave_up"
NOT_SENT = "not_sent"
MAY_HAVE_GONE_OUT = "may_have_gone_out"
DRAFT_EDITED = "draft_edited"
DRAFT_GONE = "draft_gone"
NO_DRAFTS = "no_drafts_folder"

_SENTENCES = MappingProxyType(
    {
        CUSTOMER_WROTE: "The customer has written or called since this was approved; nothing was sent.",
        OWNER_CHANGED: "The account has another owner since this was approved; nothing was sent.",
        RECIPIENT_GONE: "A recipient has opted out, has left, or their address bounces; nothing was sent.",
        SWITCHED_OFF: "A kill switch is set; nothing was sent.",
        TOO_LATE: "The time until which this could be sent is over; nothing was sent.",
        NEVER: "The playbook never lets this kind of action be done; nothing was done.",
        NO_EXECUTOR: "Nothing is set up that can do this; nothing was done. Connect a provider for it.",
        NO_PROFILE: "The sender has no sender profile; nothing was sent. Set one up, then approve again.",
        NO_SERVER: "The sender's mail server is not in the settings (mail_servers); nothing was sent.",
        NO_SECRET: "The sender's password was not found where the profile says; nothing was sent.",
        WRONG_SENDER: "The approved sender is not the address of the sender's profile; nothing was sent.",
        BAD_ADDRESS: "A recipient's address is not one that mail can be sent to; nothing was sent.",
        BAD_HEADER: "The subject or a thread id holds a line break; nothing was sent.",
        ATTACHMENTS: "The mail names an attachment, which has to be sent by hand; nothing was sent.",
        SIGN_IN: "The mail server did not accept the sender's password; nothing was sent.",
        INSECURE: "The mail server offers no safe connection; nothing was sent.",
        UNREACHABLE: "The mail server cannot be reached; nothing was sent yet, and it is tried again.",
        BUSY: "The mail server asks to come back later; nothing was sent yet, and it is tried again.",
        TOO_SLOW: "The mail server is too slow; nothing was sent yet, and it is tried again.",
        REFUSED_BY_SERVER: "The mail server refused this mail; nothing was sent.",
        LOST: "The connection broke after the mail was handed over; it is looked for before anything else is done.",
        BROKE: "Sending broke off; whether it went out is looked for before anything else is done.",
        WORKER_DIED: "The program stopped while sending; whether it went out is looked for first.",
        GAVE_UP: "The provider could not be reached however often it was tried; nothing was sent. Approve again.",
        NOT_SENT: "It was tried twice and did not go out. Check the provider, then approve again.",
        MAY_HAVE_GONE_OUT: "Whether this went out cannot be told, and it is not sent again by itself. "
        "Look into the sent mail: mark it as done if it is there, approve it again if not.",
        DRAFT_EDITED: "The draft in the mailbox was edited by hand and stays as it is.",
        NO_DRAFTS: "The mailbox has no folder of drafts that it names as such; nothing was put there.",
        DRAFT_GONE: "The draft is no longer in the mailbox: it was sent or thrown away there.",
    }
)


def explain(reason: str) -> str:
    """The sentence for a reason, with what to do; an unknown one is given as it is."""
    return _SENTENCES.get(reason, reason)
