"""The errors that Tenure raises on purpose, as one tree.

TenureError
├── BadInput          something that a person or another system gave us cannot be used
│   ├── BadPlaybook   the policy file is not valid
│   ├── BadSetting    a setting has a value that cannot be used
│   └── BadWorld      a world folder cannot be read
├── Refused           the request is understood and not allowed
│   └── ConservationError   a change would lose an interaction that was begun
└── AuditBroken       the audit chain does not verify
"""


class TenureError(Exception):
    """Something went wrong that a person can understand; `fix` says how to mend it."""

    def __init__(self, what: str, *, fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.what} {self.fix}".strip()


class BadInput(TenureError):
    """What was given cannot be used; nothing was changed."""


class BadPlaybook(BadInput):
    """The playbook is not valid; the one in force before stays in force."""


class BadSetting(BadInput):
    """A setting cannot be used; nothing was started."""


class BadWorld(BadInput):
    """A world folder cannot be read; nothing was imported."""


class Refused(TenureError):
    """The request is understood and not allowed; nothing was changed."""


class ConservationError(Refused):
    """The change would lose an interaction that was begun."""


class AuditBroken(TenureError):
    """An audit chain does not verify."""
