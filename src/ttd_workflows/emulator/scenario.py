"""A scenario: settings, the clock, job plans and faults in one YAML or JSON file, applied whole or not at all.

What a section says is what holds afterwards: plans and faults that were there before are gone. A section that is not
in the file changes nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ttd_workflows.emulator.clock import Clock, WrongMove
from ttd_workflows.emulator.given import WrongSetting, checked_setting
from ttd_workflows.emulator.jobs.plans import JobPlan, WrongPlan
from ttd_workflows.emulator.names import nearest

if TYPE_CHECKING:
    from ttd_workflows.emulator.service import Service

SECTIONS = ("settings", "clock", "plans", "faults")
_MOVES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "advance": ("a number of seconds", lambda value: isinstance(value, (int, float)) and not isinstance(value, bool)),
    "freeze": ("true or false", lambda value: isinstance(value, bool)),
    "speed": ("a number", lambda value: isinstance(value, (int, float)) and not isinstance(value, bool)),
}


class Mistake(NamedTuple):
    """What is wrong, and where in the file: ``faults[1].times``."""

    path: str
    message: str


class WrongScenario(ValueError):
    """A scenario that cannot be applied; ``mistakes`` are all that is wrong with it."""

    def __init__(self, source: str, mistakes: Iterable[Mistake]) -> None:
        self.source = source
        self.mistakes = list(mistakes)
        super().__init__(
            "\n  ".join([f"{source} cannot be applied:", *(f"{path}: {message}" for path, message in self.mistakes)])
        )


@dataclass(frozen=True)
class Scenario:
    """What a file says, found to be right. ``None`` is a section that it does not have."""

    source: str
    settings: dict[str, Any] | None = None
    clock: dict[str, Any] | None = None
    plans: list[JobPlan] | None = None
    faults: list[dict[str, Any]] | None = None

    @classmethod
    def read(cls, source: "Path | str | Mapping[str, Any] | Scenario") -> "Scenario":
        """The scenario in a file, or in a document that was read already.

        Raises:
            WrongScenario: It has mistakes.
            OSError: The file cannot be read.
        """
        if isinstance(source, Scenario):
            return source
        if isinstance(source, Mapping):
            return cls.of(source)
        return cls.parse(Path(source).read_bytes(), str(source))

    @classmethod
    def parse(cls, text: bytes | str, source: str = "the scenario") -> "Scenario":
        """The scenario in a text: YAML, of which JSON is a part."""
        from ttd_workflows.emulator.yaml_documents import NotYaml, load

        try:
            document = load(text)
        except NotYaml as error:
            raise WrongScenario(source, [Mistake(error.place, error.problem)]) from None
        return cls.of({} if document is None else document, source)

    @classmethod
    def of(cls, document: Any, source: str = "the scenario") -> "Scenario":
        """The scenario that a document means."""
        if not isinstance(document, Mapping):
            raise WrongScenario(source, [Mistake("$", f"a scenario has sections: {', '.join(SECTIONS)}")])
        reading = _Reading()
        for name in document:
            if name not in SECTIONS:
                reading.mistake(str(name), f"there is no section {name!r}{nearest(name, SECTIONS)}")
        found = cls(
            source,
            reading.mapping(document, "settings", reading.setting),
            reading.clock(document),
            reading.list(document, "plans", reading.plan),
            reading.list(document, "faults", reading.fault),
        )
        if reading.mistakes:
            raise WrongScenario(source, reading.mistakes)
        return found

    def apply(self, service: "Service") -> None:
        """Let it hold in an emulator that is there. Its settings must be those that the emulator was made with."""
        wrong = [
            Mistake(f"settings.{name}", f"the emulator was started with {name}={getattr(service.settings, name)!r}")
            for name, value in (self.settings or {}).items()
            if getattr(service.settings, name) != value
        ]
        if self.clock:
            wrong += _clock_mistakes(service.clock, self.clock)
        if wrong:
            raise WrongScenario(self.source, wrong)
        self.put(service)

    def put(self, service: "Service") -> None:
        """Let it hold, whatever the settings."""
        if self.plans is not None:
            service.plans.clear()
            for plan in self.plans:
                service.plans.put(plan)
        if self.faults is not None:
            service.faults.replace(service.faults.rule(rule) for rule in self.faults)
        if self.clock:
            service.clock.move(**self.clock)


class _Reading:
    """Reads sections, and gathers all that is wrong with them."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    def mistake(self, path: str, message: str) -> None:
        self.mistakes.append(Mistake(path, message))

    def mapping(
        self, document: Mapping[str, Any], section: str, read: Callable[[str, Any], Any]
    ) -> dict[str, Any] | None:
        given = document.get(section)
        if given is None:
            return None
        if not isinstance(given, Mapping):
            self.mistake(section, f"must have names and values, not {given!r}")
            return None
        return {str(name): read(str(name), value) for name, value in given.items()}

    def list(self, document: Mapping[str, Any], section: str, read: Callable[[str, Any], Any]) -> "list[Any] | None":
        given = document.get(section)
        if given is None:
            return None
        if not isinstance(given, list):
            self.mistake(section, f"must be a list, not {given!r}")
            return None
        items = []
        for place, item in enumerate(given):
            path = f"{section}[{place}]"
            if isinstance(item, dict):
                items.append(read(path, item))
            else:
                self.mistake(path, f"must have names and values, not {item!r}")
        return items

    def setting(self, name: str, value: Any) -> Any:
        try:
            return checked_setting(name, value)
        except WrongSetting as wrong:
            self.mistake(f"settings.{name}", str(wrong))
            return None

    def clock(self, document: Mapping[str, Any]) -> dict[str, Any] | None:
        moves = self.mapping(document, "clock", self._move)
        if moves and not any(path.startswith("clock") for path, _ in self.mistakes):
            self.mistakes += _clock_mistakes(Clock(), moves)
        return moves

    def _move(self, name: str, value: Any) -> Any:
        if name not in _MOVES:
            self.mistake(f"clock.{name}", f"a clock has no {name!r}{nearest(name, _MOVES)}")
        elif not _MOVES[name][1](value):
            self.mistake(f"clock.{name}", f"must be {_MOVES[name][0]}, not {value!r}")
        return value

    def plan(self, path: str, members: dict[str, Any]) -> JobPlan | None:
        try:
            return JobPlan.of(members)
        except WrongPlan as wrong:
            self.mistake(f"{path}.{wrong.name}", str(wrong))
            return None

    def fault(self, path: str, members: dict[str, Any]) -> dict[str, Any]:
        from ttd_workflows.emulator.faults.parameters import WrongFault
        from ttd_workflows.emulator.faults.rules import FaultRule

        try:
            FaultRule.of(0, members, 0)
        except WrongFault as wrong:
            self.mistake(f"{path}.{wrong.name}".rstrip("."), str(wrong))
        return members


def _clock_mistakes(clock: Clock, moves: dict[str, Any]) -> list[Mistake]:
    """What is wrong with moves of a clock, found out with another one."""
    trial = Clock()
    trial.restore(clock.to_json())
    try:
        trial.move(**moves)
    except WrongMove as wrong:
        return [Mistake(f"clock.{wrong.name}", str(wrong))]
    return []
