"""What the rules of campaigns and ad groups have in common. Each finds what is wrong at one place."""

from collections.abc import Iterable, Iterator
from typing import Any

from ttd_workflows.emulator.world.world import Members

Found = Iterator[tuple[str, str]]
"""What breaks a rule: where below the draft, and what to do about it."""
_LONGEST_NAME = 256
_MONEY = ("budgetInAdvertiserCurrency", "dailyTargetInAdvertiserCurrency", "budgetInImpressions",
          "dailyTargetInImpressions")  # fmt: skip


def is_set(value: Any) -> bool:
    """Whether a member of a goal counts: null and false take it away."""
    return value is not None and value is not False


def name_faults(primary: Members) -> Found:
    """A name has 1 to 256 characters."""
    name = primary.get("name")
    if not name:
        yield "primaryInput.name", "The name field is required."
    elif len(name) > _LONGEST_NAME:
        yield "primaryInput.name", f"The name must have 1 to {_LONGEST_NAME} characters, not {len(name)}."


def goal_faults(goal: Members | None, place: str, *, required: bool) -> Found:
    """A goal has exactly one member; one that is not required may have none."""
    chosen = [name for name, value in (goal or {}).items() if is_set(value)]
    if len(chosen) > 1:
        yield place, f"Exactly one property of a goal can be set, not {len(chosen)}: {', '.join(chosen)}."
    elif required and not chosen:
        yield place, "Exactly one property of this goal must be set; it cannot be removed."


def frequency_faults(configs: Iterable[Members], place: str) -> Found:
    """A frequency has a counter, a cap or a goal, and an interval."""
    for index, config in enumerate(configs):
        here = f"{place}[{index}]"
        if not config.get("counterName"):
            yield f"{here}.counterName", "A frequency configuration needs a counterName."
        if config.get("frequencyCap") is None and config.get("frequencyGoal") is None:
            yield here, "A frequency configuration needs a frequencyCap or a frequencyGoal."
        if config.get("resetIntervalInMinutes") is None:
            yield f"{here}.resetIntervalInMinutes", "A frequency configuration needs a resetIntervalInMinutes."


def negative_faults(members: Members, place: str, names: Iterable[str] = _MONEY) -> Found:
    """Amounts are not negative."""
    for name in names:
        value = members.get(name)
        if value is not None and value < 0:
            yield f"{place}.{name}", f"The amount must not be negative, as {value} is."
