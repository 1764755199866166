"""A rule: which requests a fault meets, how often, and what happens then."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from random import Random
from typing import Any, Self

from starlette.types import Send

from ttd_workflows.emulator.faults.answers import RateLimit
from ttd_workflows.emulator.faults.effects import Effect, Met, Onward, Post
from ttd_workflows.emulator.faults.kinds import effects_of, refuse_misplaced, words_of
from ttd_workflows.emulator.faults.parameters import FLAG, WrongFault, checked, described, number, takes, whole
from ttd_workflows.emulator.names import CALLBACK, full_name, operations

EVERY_OPERATION = "*"


@dataclass(eq=False, kw_only=True)
class FaultRule:
    """Trouble for some requests. What it shall be is decided when it is made; only ``enabled`` may be changed."""

    id: int
    operation: str | list[str]
    """What it is about, as it was given."""
    operations: tuple[str, ...] = field(repr=False)
    """The same in full."""
    effects: tuple[Effect, ...]
    times: int | None = takes(whole(1), "only the next so many", default=None)
    every: int = takes(whole(1), "only each one at a multiple of this number", default=1)
    probability: float = takes(number(0, 1), "only this share, drawn the same way each time", default=1.0)
    skip: int = takes(whole(0), "the first so many are left alone", default=0)
    enabled: bool = takes(FLAG, "whether it is in force", default=True)
    seen: int = 0
    """How many requests it could have met."""
    hits: int = 0
    """How many it met."""
    _random: Random = field(default_factory=Random, repr=False)

    @classmethod
    def of(cls, id: int, document: Mapping[str, Any], seed: int) -> Self:
        """The rule that a document describes; ``WrongFault`` says what is wrong with it."""
        words = dict(document)
        if "operation" not in words:
            raise WrongFault("operation", f'operation is missing: name one, or "{EVERY_OPERATION}"')
        operation = words.pop("operation")
        names = _names(operation)
        often = {name: checked(cls, name, words.pop(name)) for name in _OFTEN if name in words}
        effects = effects_of(words, _OFTEN)
        refuse_misplaced(effects, names)
        random = Random(f"{seed} {id}")  # noqa: S311 - it is to be the same each time
        return cls(id=id, operation=operation, operations=names, effects=effects, _random=random, **often)

    def fires(self, met: Met | None) -> bool:
        """Whether it meets this request, which is counted."""
        if not self.enabled or (self.times is not None and self.hits >= self.times):
            return False
        self.seen += 1
        past = self.seen - self.skip
        if past <= 0 or past % self.every or (self.probability < 1 and self._random.random() >= self.probability):
            return False
        if any(isinstance(effect, RateLimit) and met and effect.lets_pass(met) for effect in self.effects):
            return False
        self.hits += 1
        return True

    async def happen(self, met: Met, onward: Onward, send: Send) -> None:
        """Let a request meet the effects, the outermost first."""
        for effect in reversed(self.effects):
            onward = partial(effect.meet, met, onward)
        await onward(send)

    async def deliver(self, body: bytes, post: Post) -> int:
        """Let a callback meet the effects."""
        for effect in reversed(self.effects):
            post = partial(effect.deliver, post=post)
        return await post(body)

    @property
    def kinds(self) -> str:
        """What happens, by name."""
        return " and ".join(effect.kind for effect in self.effects)

    def document(self) -> dict[str, Any]:
        """The rule as JSON, and how often it met a request so far."""
        often = {name: getattr(self, name) for name in _OFTEN}
        return {"id": self.id, "operation": self.operation, **words_of(self.effects), **often, "hits": self.hits}


_OFTEN = tuple(one.name for one in fields(FaultRule) if "kind" in one.metadata)


def frequencies() -> list[dict[str, Any]]:
    """The members of a rule that say how often, as JSON tells them."""
    return [described(one) for one in fields(FaultRule) if one.name in _OFTEN]


def _names(operation: Any) -> tuple[str, ...]:
    words = [operation] if isinstance(operation, str) else operation
    if not isinstance(words, Iterable) or not all(isinstance(word, str) for word in words) or not words:
        raise WrongFault("operation", f"operation must be a name or a list of names, not {operation!r}")
    names: dict[str, None] = {}
    for word in words:
        try:
            names |= dict.fromkeys(operations() if word == EVERY_OPERATION else [full_name(word, known=[CALLBACK])])
        except ValueError as error:
            raise WrongFault("operation", str(error)) from None
    return tuple(names)
