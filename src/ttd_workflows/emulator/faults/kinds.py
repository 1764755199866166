"""All kinds of faults, and how a rule's words become effects."""

from collections.abc import Iterable, Mapping
from dataclasses import Field, fields
from typing import Any

from ttd_workflows.emulator.faults import answers, changes, effects
from ttd_workflows.emulator.faults.effects import Effect
from ttd_workflows.emulator.faults.parameters import WrongFault, checked, described
from ttd_workflows.emulator.names import CALLBACK, nearest

KINDS: dict[str, type[Effect]] = {
    effect.kind: effect
    for effect in (
        effects.Latency,
        effects.AcceptThenDelay,
        changes.Drip,
        changes.Truncate,
        changes.WrongLength,
        changes.WrongEtag,
        changes.Gzip,
        changes.EmptyBody,
        changes.MalformedBody,
        answers.Reset,
        answers.Status,
        answers.AcceptThenDrop,
        answers.AcceptThenStatus,
        answers.ExpiredToken,
        answers.DeadUrl,
        answers.RateLimit,
    )
}
"""From the outermost to the innermost: an answer passes them upwards."""


def effects_of(words: Mapping[str, Any], others: Iterable[str] = ()) -> tuple[Effect, ...]:
    """The effects that kinds with their parameters mean; ``WrongFault`` names the word that is wrong.

    ``others`` are words that a rule may have besides: one that is misspelt may have been meant.
    """
    kinds = [kind for kind in KINDS if kind in words]
    known = {name for kind in kinds for name in _parameters(KINDS[kind])}
    for word in words.keys() - known:
        raise WrongFault(word, _unknown(word, kinds, [*known, *others]))
    if not kinds:
        raise WrongFault("", f"say what is to happen: one of {', '.join(KINDS)}")
    answering = [kind for kind in kinds if KINDS[kind].answers]
    if len(answering) > 1:
        raise WrongFault(answering[-1], f"{' and '.join(answering)} exclude each other")
    return tuple(_effect(KINDS[kind], words) for kind in kinds)


def refuse_misplaced(rule: Iterable[Effect], operations: Iterable[str]) -> None:
    """Raise ``WrongFault`` where an effect cannot happen to one of the operations."""
    for operation in operations:
        for effect in rule:
            if effect.only not in {None, operation}:
                raise WrongFault(effect.kind, f"{effect.kind} happens to {effect.only} only, not to {operation}")
            if operation == CALLBACK and not effect.meets_callbacks():
                able = ", ".join(kind for kind in KINDS if KINDS[kind].meets_callbacks())
                raise WrongFault(effect.kind, f"{effect.kind} cannot happen to a {CALLBACK}; there are {able}")


def descriptions() -> list[dict[str, Any]]:
    """Every kind as JSON tells it: its name, a sentence, where it can happen and its parameters."""
    return [
        {
            "kind": kind,
            "meaning": (effect.__doc__ or "").strip(),
            "only": effect.only,
            "callbacks": effect.meets_callbacks(),
            "answers": effect.answers,
            "parameters": [described(one) for one in _parameters(effect).values()],
        }
        for kind, effect in KINDS.items()
    ]


def words_of(rule: Iterable[Effect]) -> dict[str, Any]:
    """What :func:`effects_of` makes these effects of."""
    return {
        name: value
        for effect in rule
        for name, one in _parameters(effect).items()
        if (value := getattr(effect, name)) != one.default
    }


def _parameters(effect: type[Effect] | Effect) -> dict[str, Field[Any]]:
    """By name, the main one first."""
    named = {one.name: one for one in fields(effect) if not one.name.startswith("_")}
    return {effect.kind: named[effect.kind], **named}


def _effect(effect: type[Effect], words: Mapping[str, Any]) -> Effect:
    given = {name: checked(effect, name, words[name]) for name in _parameters(effect) if name in words}
    return effect(**given)


def _unknown(word: str, kinds: list[str], known: list[str]) -> str:
    owners = [kind for kind in KINDS if word in _parameters(KINDS[kind])]
    if owners:
        return f"{word} belongs to {' or '.join(owners)}" + (f", not to {' and '.join(kinds)}" if kinds else "")
    return f"there is no {word!r}{nearest(word, dict.fromkeys([*KINDS, *known]))}"
