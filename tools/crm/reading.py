"""What reading a CRM has in common, whichever CRM it is: how it stands, and a page out of its objects."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Protocol, TypeVar

from tools.base import (
    Gone,
    Health,
    LimitReached,
    NotAllowed,
    Page,
    Rejected,
    Row,
    SourceRecord,
    State,
    Stem,
    VendorError,
)
from tools.crm.values import Unmapped


class Identified(Protocol):
    """One object of a CRM, as it was given."""

    @property
    def id(self) -> str:
        """The vendor's id."""
        ...


_Given = TypeVar("_Given", bound=Identified)
_Some = TypeVar("_Some", bound=Identified, contravariant=True)


class Kind(Protocol[_Some]):
    """What is made of one kind of object: records, and a row of the table of that name."""

    @property
    def table(self) -> str:
        """The table of who is who that its rows belong to, empty where it has none."""
        ...

    @property
    def stems(self) -> tuple[Stem, ...]:
        """What the keys of its records begin with, before the object's id."""
        ...

    @property
    def to_records(self) -> Callable[[_Some], Iterator[SourceRecord]]:
        """What happened, out of one object."""
        ...

    @property
    def row(self) -> Callable[[_Some], Row | None] | None:
        """Who it is; None for one who is nobody."""
        ...


def checked(title: str, look: Callable[[], Health]) -> Health:
    """What a look at a CRM found; raises nothing."""
    try:
        return look()
    except NotAllowed as error:
        return Health(State.NOT_ALLOWED, f"{title} does not accept the credential.", fix=error.fix)
    except LimitReached:
        return Health(State.LIMITED, f"{title}'s limit is used up; reading goes on when it is free again.")
    except VendorError as error:
        return Health(State.UNREACHABLE, f"{title} could not be reached: {error.what}.")


def filled_page(page: Page, what: str, kind: Kind[_Given], objects: Iterable[_Given]) -> Page:
    """The page with what these objects give: each wholly, or the reason why it gives nothing. `what`: named there."""
    records: list[SourceRecord] = []
    rejected: list[Rejected] = []
    rows: list[Row] = []
    for one in objects:
        try:
            told, row = list(kind.to_records(one)), kind.row(one) if kind.row else None
        except Unmapped as error:
            rejected.append(Rejected(what, 0, error.field, f"object {one.id}: {error.reason}"))
            continue
        records += told
        rows += [row] if row else []
    return replace(page, records=tuple(records), rejected=tuple(rejected), rows={kind.table: rows} if rows else {})


def gone(kind: Kind[_Given], object_id: str, into: str = "") -> Gone:
    """An object of a kind that is not there any more; `into`: the one that took its place."""
    stems = tuple(Stem(one.source, one.stream, f"{one.text}-{object_id}") for one in kind.stems)
    return Gone(stems, kind.table, object_id, into)
