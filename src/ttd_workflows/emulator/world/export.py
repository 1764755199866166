"""A world and its clock as one JSON document: written, and read again with every mistake named by its path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ttd_workflows.emulator.clock import END, Pace
from ttd_workflows.emulator.names import nearest
from ttd_workflows.emulator.problems import Refusal
from ttd_workflows.emulator.world.world import TABLES, Outcome, World

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FORMAT = 1
_MEMBERS = ("format", "clock", "world")


class WrongDocument(ValueError):
    """A document that is no world; ``faults`` are the messages by path."""

    def __init__(self, faults: dict[str, list[str]]) -> None:
        path, messages = next(iter(faults.items()))
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        super().__init__(f"{path}: {messages[0]}{more}")
        self.faults = faults

    def refusal(self) -> Refusal:
        """The same as an answer."""
        return Refusal(400, errors=self.faults)


def document(world: World, clock: dict[str, Any]) -> dict[str, Any]:
    """The document, callback headers and the secret of result URLs included: it is the whole world."""
    return {"format": FORMAT, "clock": clock, "world": world.to_json()}


def read_document(data: Any) -> tuple[World, dict[str, Any]]:
    """The world and the clock of a document. Raises :class:`WrongDocument`."""
    if not isinstance(data, dict):
        raise WrongDocument({"$": ["A world is a JSON object, as an export has it."]})
    for name in data:
        if name not in _MEMBERS:
            raise WrongDocument({f"$.{name}": [f"An exported world has no '{name}'{nearest(name, _MEMBERS)}"]})
    if data.get("format") != FORMAT:
        raise WrongDocument({"$.format": [f"The format must be {FORMAT}, not {data.get('format')!r}."]})
    world: World = _checked(_adapter(World), data.get("world"), "$.world")
    clock: Pace = _checked(_adapter(Pace), data.get("clock"), "$.clock")
    if not (clock.speed > 0 and 0 <= clock.point < END):
        raise WrongDocument({"$.clock": ["The speed must be more than 0, and the point a date."]})
    _check_relations(world)
    return world, clock._asdict()


def _adapter(kind: Any) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter, with_config

    for strict in (World, Outcome, *TABLES.values()):
        if strict is not None:
            with_config(extra="forbid")(strict)
    return TypeAdapter(kind)


def _checked(adapter: TypeAdapter[Any], data: Any, path: str) -> Any:
    from pydantic import ValidationError

    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        faults: dict[str, list[str]] = {}
        for fault in error.errors(include_url=False, include_context=False, include_input=False):
            where = path + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in fault["loc"])
            faults.setdefault(where, []).append(fault["msg"])
        raise WrongDocument(faults) from None


def _check_relations(world: World) -> None:
    """What belongs to something must find it there, and what has an id must stand under it."""
    faults: dict[str, list[str]] = {}
    owners: list[tuple[str, str, dict[str, Any]]] = [
        ("advertisers", "partner_id", world.partners),
        ("campaigns", "advertiser_id", world.advertisers),
        ("ad_groups", "campaign_id", world.campaigns),
    ]
    for table, member, known in owners:
        for id, thing in getattr(world, table).items():
            if (owner := getattr(thing, member)) not in known:
                faults[f"$.world.{table}.{id}.{member}"] = [f"'{owner}' is not in this world."]
    for table in ("partners", "advertisers", "campaigns", "ad_groups", *world.jobs):
        for id, thing in getattr(world, table).items():
            if thing.id != id:
                faults[f"$.world.{table}.{id}.id"] = [f"The id must be {id}, not {thing.id}."]
    for kind, jobs in world.jobs.items():
        if jobs and world.sequences.get(kind, 0) < max(jobs):
            faults[f"$.world.sequences.{kind}"] = [f"The last number given out is at least {max(jobs)}."]
    if faults:
        raise WrongDocument(faults)
