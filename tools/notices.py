"""What a chat takes: a notice for a person of ours with its buttons, told once and brought up to date."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Button:
    """What a person can press under a notice: `label` in a word or two, `value` what comes back with it."""

    label: str
    value: str
    main: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """Something for a person of ours: `key` is the same for every state of it, so that it can be updated in place.

    `recipient`: the vendor's id of the person. `buttons` stand below `text` (plain words), `link` leads to the page.
    """

    key: str
    recipient: str
    title: str
    text: str
    link: str = ""
    buttons: tuple[Button, ...] = ()


class Notifier(Protocol):
    """A place where people of ours are told something."""

    name: str

    def notify(self, notice: Notice, place: str | None) -> str:
        """Tells it, or updates what stands at `place`; gives the place where it stands.

        Unanswered where it may have been told; any other VendorError where it was not.
        """
        ...

    def find(self, notice: Notice) -> str | None:
        """Where a notice of this key stands; None where it surely does not stand anywhere."""
        ...
