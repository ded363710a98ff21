"""The part of Salesforce's query language that a reader of records needs, over plain dictionaries."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Record = Mapping[str, Any]
Test = Callable[[Record], bool]
_QUERY = re.compile(
    r"SELECT (?P<fields>.+?) FROM (?P<kind>\w+)(?: WHERE (?P<where>.+?))?(?: ORDER BY (?P<order>[\w, ]+?))?"
    r"(?: LIMIT (?P<limit>\d+))?$",
    re.DOTALL,
)
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*')|(?P<time>\d{4}-\d\d-\d\dT[\d:.]+Z)|(?P<day>\d{4}-\d\d-\d\d)|(?P<number>\d+)"
    r"|(?P<sign>>=|<=|!=|=|>|<|\(|\)|,)|(?P<word>\w+))"
)
_ESCAPED = re.compile(r"\\(.)")
_LETTERS = {"n": "\n", "r": "\r", "t": "\t"}


class Malformed(ValueError):
    """The vendor would refuse this query; `code` is its word for it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Query:
    """One query, read. `counts`: only how many is asked."""

    kind: str
    fields: tuple[str, ...]
    test: Test
    order: tuple[str, ...]
    limit: int | None
    counts: bool

    def of(self, records: Iterable[Record]) -> list[Record]:
        """The records that meet it, in its order."""
        found = [one for one in records if self.test(one)]
        if self.order:
            found.sort(key=lambda one: tuple(_key(one.get(name)) for name in self.order))
        return found if self.limit is None else found[: self.limit]


def read_query(text: str) -> Query:
    """Reads a query; Malformed where the vendor would."""
    found = _QUERY.fullmatch(text.strip())
    if found is None:
        raise Malformed("MALFORMED_QUERY")
    names = tuple(one.strip() for one in found["fields"].split(","))
    test = _Reader(found["where"]).whole() if found["where"] else lambda _: True
    order = tuple(one.strip() for one in (found["order"] or "").split(",") if one.strip())
    limit = int(found["limit"]) if found["limit"] else None
    return Query(found["kind"], names, test, order, limit, names == ("COUNT()",))


class _Reader:
    """Reads a condition: comparisons with AND, OR, IN and brackets."""

    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        place = 0
        while place < len(text.rstrip()):
            found = _TOKEN.match(text, place)
            if found is None or found.lastgroup is None:
                raise Malformed("MALFORMED_QUERY")
            self._tokens.append((found.lastgroup, found[found.lastgroup]))
            place = found.end()
        self._at = 0

    def whole(self) -> Test:
        """The whole condition."""
        found = self._either()
        if self._at != len(self._tokens):
            raise Malformed("MALFORMED_QUERY")
        return found

    def _either(self) -> Test:
        tests = [self._both()]
        while self._is("OR"):
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else lambda one: any(test(one) for test in tests)

    def _both(self) -> Test:
        tests = [self._single()]
        while self._is("AND"):
            tests.append(self._single())
        return tests[0] if len(tests) == 1 else lambda one: all(test(one) for test in tests)

    def _single(self) -> Test:
        if self._is("("):
            found = self._either()
            self._need(")")
            return found
        name = self._next()[1]
        if self._is("IN"):
            return self._among(name)
        sign, value = self._next()[1], self._value()
        return lambda one: _meets(one, name, sign, value)

    def _among(self, name: str) -> Test:
        self._need("(")
        values = {self._value()}
        while self._is(","):
            values.add(self._value())
        self._need(")")
        return lambda one: one.get(name) in values

    def _value(self) -> Any:
        kind, text = self._next()
        match kind:
            case "text":
                return _ESCAPED.sub(lambda found: _LETTERS.get(found[1], found[1]), text[1:-1])
            case "time":
                return datetime.fromisoformat(text).astimezone(UTC)
            case "number":
                return int(text)
            case "day":
                return text
        return {"true": True, "false": False, "null": None}.get(text.lower(), text)

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise Malformed("MALFORMED_QUERY")
        self._at += 1
        return self._tokens[self._at - 1]

    def _is(self, wanted: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at][1].upper() == wanted:
            self._at += 1
            return True
        return False

    def _need(self, wanted: str) -> None:
        if not self._is(wanted):
            raise Malformed("MALFORMED_QUERY")


def _meets(one: Record, name: str, sign: str, wanted: Any) -> bool:
    value = one.get(name)
    if isinstance(value, datetime) != isinstance(wanted, datetime) and value is not None and wanted is not None:
        # A time in quotes, or a text without: the vendor does not compare them.
        raise Malformed("INVALID_QUERY_FILTER_OPERATOR")
    if sign in ("=", "!="):
        is_same: bool = value == wanted
        return is_same == (sign == "=")
    if value is None or wanted is None:
        return False
    found: dict[str, bool] = {
        ">": value > wanted, ">=": value >= wanted, "<": value < wanted, "<=": value <= wanted,
    }  # fmt: skip
    return found[sign]


def _key(value: Any) -> tuple[bool, Any]:
    """Nothing comes first, as the vendor sorts."""
    return (value is not None, value if value is not None else 0)
