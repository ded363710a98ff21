"""The errors that Tenure raises on purpose, as one tree.

TenureError
├── BadInput          something that a person or another system gave us cannot be used
│   ├── BadPlaybook   the policy file is not valid
│   ├── BadSetting    a setting has a value that cannot be used
│   ├── BadWorld      a world folder cannot be read
│   └── NotThere      what was named does not exist, or not any more
├── Refused           the request is understood and not allowed
│   ├── ConservationError   a change would lose an interaction that was begun
│   ├── Forbidden     the one who asks has no right to it
│   └── Stale         the decision is about something that has changed since
└── AuditBroken       the audit chain does not verify
"""

from collections.abc import Mapping
from typing import Any


class TenureError(Exception):
    """Something went wrong that a person can understand; `fix` says how to mend it.

    `code` names the kind of failure to programs and never changes.
    """

    code = "error"

    def __init__(self, what: str, *, fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.what} {self.fix}".strip()


class BadInput(TenureError):
    """What was given cannot be used; nothing was changed."""

    code = "bad_input"


class BadPlaybook(BadInput):
    """The playbook is not valid; the one in force before stays in force."""


class BadSetting(BadInput):
    """A setting cannot be used; nothing was started."""


class BadWorld(BadInput):
    """A world folder cannot be read; nothing was imported."""


class NotThere(BadInput):
    """What was named does not exist, or not any more; nothing was changed."""

    code = "not_there"


class Refused(TenureError):
    """The request is understood and not allowed; nothing was changed."""

    code = "refused"


class Forbidden(Refused):
    """Whoever asks has no right to it; nothing was changed, and nothing is told about what it is."""

    code = "forbidden"


class Stale(Refused):
    """What was decided about has changed since it was read; nothing was changed. `present`: how it stands now."""

    code = "stale"

    def __init__(self, what: str, *, fix: str = "", present: Mapping[str, Any] | None = None) -> None:
        super().__init__(what, fix=fix)
        self.present = dict(present or {})


class ConservationError(Refused):
    """The change would lose an interaction that was begun."""


class AuditBroken(TenureError):
    """An audit chain does not verify."""
