"""Calls made up from the contract: seeded, so a run can be repeated, and hard on spelling and limits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import TYPE_CHECKING, Any

from .clients import Call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .contract import Contract, Member, Operation, Shape

IDS = ("81ub60c", "0abc123", "1234567", "9ut3ufp", "ABC", "a", "adv-1_2~3.4", "a..b", "..a")
ODD_IDS = (
    *("a b", "a+b", "a&b=c", "a;b", "a,b", "a:b@c", "a|b", "a'b\"c", "(a)*!$", "a\\b", "[a]", "{a}", "<a>", "a^b`c"),
    *("ä-ö", "日本", "😀", "a\u0301"),
)
RESERVED_IDS = (
    *("a/b", "../campaign/archive", "a/../b", "/a", "a/", "./a", "a?b", "a?b=c#d", "a#b", "a%b", "a%2Fb", "%41"),
)
"""Ids with characters that mean something in a URL: the official SDKs do not quote them."""

JOB_IDS: tuple[int | str, ...] = (1, 42, 412651, 2989826, 2**31, 2**53 + 1, 2**63 - 1, "412651", "1")

TEXTS = (
    *("", " ", "a", "Spring 2026", "nodes { id name }", "query { partners { nodes { id } } }", "p1", "0012345", "true"),
    *('quote " and \\ backslash', "line\nbreak\ttab\r\n", "\x00\x01\x1f\x7f", "</script>&amp;", "%2F?#", "null"),
    *("Zürich · 東京 · القاهرة", "👩‍👩‍👧‍👦 𓀀𓂀", "e\u0301 \u2028 \u2029 \ufeff", "x" * 3000),
)
INTEGERS: tuple[int, ...] = (0, 1, -1, 7, 1440, 2**31 - 1, -(2**31), 2**53 + 1, 2**63 - 1, -(2**63), 10**20)
NUMBERS: tuple[float, ...] = (
    *(0.0, -0.0, 0.1, 1.5, 1 / 3, 2.0, 1e22, 1e-7, 123456789.987, 5e-324, 1.7976931348623157e308, -2.5),
    *(0, 3, 1_200_000, 2**53 + 1, 10**20),
)
ZONES = (timedelta(hours=5), timedelta(hours=-8), timedelta(hours=5, minutes=30), timedelta(hours=-3, minutes=-30))

SPELLINGS = ("python", "wire", "model", "assigned", "mixed")
"""How an input is given: a dict in either spelling, a model, a model whose optional members are assigned after it is
made, or a mixture of all of them."""

NON_EMPTY = {"advertiser_id", "partner_id", "callback_url", "bid_list_id", "tracking_tag_id", "request"}
"""Members for which the schema wants at least one character."""


class Generator:
    """Makes up calls of one edition's operations; everything it draws comes from one seed."""

    def __init__(self, contract: Contract, seed: int | str) -> None:
        self.contract = contract
        self.random = Random(f"{seed}/{contract.edition}")
        self.made: set[tuple[str, str, str]] = set()
        """What was made up so far: schema, member, and whether it was absent, null or a value."""

    def calls(self, count: int) -> Iterator[Call]:
        """This many calls, over all operations in turn, in both forms and every spelling of a request."""
        operations = self.contract.operations
        for n in range(count):
            operation = operations[n % len(operations)]
            arguments = self.arguments(operation) if n >= len(operations) else self.least(operation)
            form = "_async" if self.chance(0.4) else ""
            yield Call(operation.attribute, operation.method + form, arguments, n=n)

    def least(self, operation: Operation) -> dict[str, Any]:
        """The fewest arguments an operation can be called with."""
        return {"id": self.identifier(operation.identifier)} if operation.identifier else {}

    def arguments(self, operation: Operation) -> dict[str, Any]:
        """Arguments for one call of this operation."""
        if operation.identifier:
            return {"id": self.identifier(operation.identifier)}
        if operation.archives:
            return self.archiving()
        assert operation.request
        return {"request": self.schema(operation.request.name)}

    def archiving(self) -> dict[str, Any]:
        """What an archive takes: ids in the body, and whether to force it."""
        ids = self.random.choice([self.some([*IDS, *ODD_IDS, *RESERVED_IDS, ""]), [], None])
        arguments = {"request_body": ids, "force_archive": self.random.choice([True, False, None])}
        return {name: value for name, value in arguments.items() if self.chance(0.8)}

    def identifier(self, shape: Shape) -> int | str:
        """An id for a path."""
        if shape.name == "int":
            return self.random.choice([*JOB_IDS, self.random.randrange(1, 2**63)])
        return self.random.choice(self.random.choice([IDS, ODD_IDS, RESERVED_IDS]))

    def schema(self, name: str, spelling: str | None = None) -> dict[str, Any]:
        """An input of this schema, in one of :data:`SPELLINGS`."""
        spelling = spelling or self.random.choice(SPELLINGS)
        below = None if spelling == "mixed" else spelling
        fullness = self.random.choice([0.0, 0.1, 0.3, 0.6, 0.9, 1.0])
        required, optional = dict[str, Any](), dict[str, Any]()
        for member in self.contract.schemas[name]:
            form = self.form(name, member, fullness)
            self.made.add((name, member.name, form))
            if form != "absent":
                wire = spelling == "wire" or (spelling == "mixed" and self.chance(0.5))
                value = None if form == "null" else self.member(name, member, below)
                (required if member.required else optional)[member.wire if wire else member.name] = value
        match spelling:
            case "model":
                return {"$model": [name, required | optional]}
            case "assigned":
                return {"$assigned": [name, required, optional]}
            case _:
                return required | optional

    def form(self, schema: str, member: Member, fullness: float) -> str:
        """Whether a member is absent, null (which may only mean absent) or a value; what was not tried comes first."""
        forms = ["value"] if member.required and not member.nullable else ["value", "null"]
        forms += [] if member.required else ["absent"]
        untried = [form for form in forms if (schema, member.name, form) not in self.made]
        if untried and self.chance(0.5):
            return untried[0]
        if "absent" in forms and not self.chance(fullness):
            return "absent"
        return "null" if "null" in forms and self.chance(0.15) else "value"

    def member(self, schema: str, member: Member, spelling: str | None) -> Any:
        """A value for one member."""
        if member.name in NON_EMPTY or (schema, member.name) == ("CampaignCreateWorkflowPrimaryInput", "name"):
            return self.random.choice([text for text in TEXTS if text])
        return self.value(member.shape, spelling)

    def value(self, shape: Shape, spelling: str | None) -> Any:  # noqa: PLR0911 - one for each kind of value
        """A value of this shape, of its very type where the spelling is ``assigned``."""
        exact = spelling == "assigned"
        match shape.name:
            case "list" if shape.of:
                return [self.value(shape.of, spelling) for _ in range(self.random.choice([0, 1, 1, 2, 3]))]
            case "map" if shape.of:
                return {key: self.value(shape.of, spelling) for key in self.some(TEXTS)}
            case "str":
                return self.random.choice(TEXTS)
            case "bool":
                return self.random.choice([True, False] if exact or self.chance(0.97) else ["true", "false", 0, 1])
            case "int":
                number = self.random.choice([*INTEGERS, self.random.randrange(10**6)])
                return number if exact else self.loosely(number)
            case "float":
                amount = self.random.choice([*NUMBERS, round(self.random.uniform(0, 1e6), 2)])
                return float(amount) if exact else self.loosely(amount)
            case "datetime":
                return self.date(exact=exact)
            case "Any":
                return self.anything()
            case name if name in self.contract.enums:
                word = self.random.choice(list(self.contract.enums[name].values()))
                return {"$enum": [name, word]} if exact or self.chance(0.4) else word
            case name:
                return self.schema(name, spelling)

    def date(self, *, exact: bool) -> Any:
        """A moment with a zone: as a ``datetime`` or as text, in UTC or with an offset."""
        moment = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=self.random.randrange(10**8))
        if self.chance(0.5):
            moment += timedelta(microseconds=self.random.randrange(10**6))
        if self.chance(0.3):
            moment = moment.astimezone(timezone(self.random.choice(ZONES)))
        if exact or self.chance(0.7):
            return {"$datetime": moment.isoformat()}
        separator = self.random.choice(["T", "T", "T", " "])
        return moment.isoformat(separator, self.random.choice(["auto", "minutes"])).replace("+00:00", "Z")

    def loosely(self, number: float) -> float | str:
        """A number, now and then as text: both clients read that too."""
        return str(number) if self.chance(0.03) else number

    def anything(self, depth: int = 2) -> Any:  # noqa: PLR0911 - one for each kind of value
        """Any JSON value."""
        kinds = ["text", "integer", "number", "bool", "null", *(["list", "map"] if depth else [])]
        match self.random.choice(kinds):
            case "text":
                return self.random.choice(TEXTS)
            case "integer":
                return self.random.choice(INTEGERS)
            case "number":
                return self.random.choice(NUMBERS)
            case "bool":
                return self.random.choice([True, False])
            case "list":
                return [self.anything(depth - 1) for _ in range(self.random.randrange(4))]
            case "map":
                return {key: self.anything(depth - 1) for key in self.some(TEXTS)}
            case _:
                return None

    def some(self, pool: tuple[str, ...] | list[str]) -> list[str]:
        """A few of these, none twice."""
        return self.random.sample(pool, self.random.choice([0, 1, 1, 2, 3]))

    def chance(self, probability: float) -> bool:
        """Whether it happens this time."""
        return self.random.random() < probability
