"""What a vendor's list looks like: which columns make it one, and which of them mean what."""

from dataclasses import dataclass
from typing import Final

# Lists are read in this order, so that who is named in one is known from another.
KINDS: Final = ("user", "account", "contact", "lead", "deal", "stage", "task")


@dataclass(frozen=True, slots=True)
class Preset:
    """One kind of list of one vendor.

    `needs`: the fields without whose columns a file is not this list. `columns`: the headings that a field may have,
    in lower case, the likeliest first. `zone`: in which zone times without an offset are written, "" for the company's.
    """

    vendor: str
    kind: str
    needs: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]
    zone: str = ""

    def places(self, header: list[str]) -> dict[str, int]:
        """The place of each field in a file with this header; empty where the file is not this list."""
        names = [plain(cell) for cell in header]
        found = {
            field: next(names.index(name) for name in headings if name in names)
            for field, headings in self.columns.items()
            if any(name in names for name in headings)
        }
        return found if all(field in found for field in self.needs) else {}


def plain(heading: str) -> str:
    """A heading as it is compared: lower case, blanks single, without the mark of the file's beginning."""
    return " ".join(heading.removeprefix("\ufeff").lower().split())
