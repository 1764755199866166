"""The rules of one emulator. Until there is one, nothing else of this package is loaded, and no request is slower."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import TYPE_CHECKING, Any

from ttd_workflows.emulator.events import Events
from ttd_workflows.emulator.names import CALLBACK

if TYPE_CHECKING:
    from ttd_workflows.emulator.faults.effects import Met, Post
    from ttd_workflows.emulator.faults.rules import FaultRule


class Faults:
    """What goes wrong, in the order in which it was added: each request meets the first rule that fires, and no other.

    May be used from any thread.
    """

    def __init__(self, seed: int, events: Events) -> None:
        self._seed = seed
        self._events = events
        self._ids = count(1)
        self._rules: tuple[FaultRule, ...] = ()
        self._by_operation: dict[str, tuple[FaultRule, ...]] = {}

    def __iter__(self) -> "Iterator[FaultRule]":
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)

    def __getitem__(self, id: int) -> "FaultRule":
        """The rule of that id."""
        for rule in self._rules:
            if rule.id == id:
                return rule
        raise KeyError(f"there is no fault rule {id}")

    def add(self, operation: str | Iterable[str], /, **words: Any) -> "FaultRule":
        """Let something go wrong.

        >>> emulator.faults.add("get_job_status", status=503, times=2, retry_after=1)

        Args:
            operation: One of the client's operations, ``"download"``, ``"callback"``, several of them in a list, or
                ``"*"``, which is every request.
            words: A kind of fault with its parameters, and how often: ``times``, ``every``, ``probability``, ``skip``.

        Raises:
            WrongFault: A ``ValueError``: a word is not known, or does not fit. The message names it, and the nearest.
        """
        given = list(operation) if isinstance(operation, (tuple, set, frozenset)) else operation
        rule = self.rule({"operation": given, **words})
        self.put([rule])
        return rule

    def rule(self, document: Mapping[str, Any]) -> "FaultRule":
        """The rule that a document describes, not in force yet."""
        from ttd_workflows.emulator.faults.rules import FaultRule

        return FaultRule.of(next(self._ids), document, self._seed)

    def put(self, rules: "Iterable[FaultRule]") -> None:
        """Put rules in force, behind the others."""
        added = tuple(rules)
        self._set((*self._rules, *added))
        for rule in added:
            self._events.publish("fault", rule.document)

    def replace(self, rules: "Iterable[FaultRule]") -> None:
        """Put these rules in force instead of those that are."""
        added = tuple(rules)
        self.clear()
        self.put(added)

    def remove(self, id: int) -> None:
        """Take a rule away."""
        gone = self[id]
        self._set(tuple(rule for rule in self._rules if rule is not gone))
        self._events.publish("fault", {"id": id, "removed": True})

    def clear(self) -> None:
        """Take all rules away."""
        for rule in self._rules:
            self.remove(rule.id)

    def enable(self, id: int) -> None:
        """Put a rule in force again."""
        self._switch(id, enabled=True)

    def disable(self, id: int) -> None:
        """Keep a rule, and let it meet nothing."""
        self._switch(id, enabled=False)

    def concern(self, operation: str) -> bool:
        """Whether there is any rule about this operation."""
        return operation in self._by_operation

    def meeting(self, operation: str, met: "Met | None") -> "FaultRule | None":
        """The rule that meets this request."""
        for rule in self._by_operation.get(operation, ()):
            if rule.fires(met):
                self._events.publish("fault", rule.document)
                return rule
        return None

    async def deliver(self, body: bytes, post: "Post") -> int:
        """Send a callback by ``post``, past the rules about callbacks, and give the status it was answered with.

        Raises:
            ConnectionResetError: A rule lost the callback, or its answer.
        """
        rule = self.meeting(CALLBACK, None)
        return await (post(body) if rule is None else rule.deliver(body, post))

    def _switch(self, id: int, *, enabled: bool) -> None:
        rule = self[id]
        rule.enabled = enabled
        self._events.publish("fault", rule.document)

    def _set(self, rules: "tuple[FaultRule, ...]") -> None:
        by_operation: dict[str, tuple[FaultRule, ...]] = {}
        for rule in rules:
            for operation in rule.operations:
                by_operation[operation] = (*by_operation.get(operation, ()), rule)
        self._rules, self._by_operation = rules, by_operation
