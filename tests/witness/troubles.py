"""What goes wrong at the emulator, and what becomes of it at each client: the table that ``test_faults`` holds true.

The page for those who come from the official SDK shows it: ``docs/generate.py`` runs this file, which imports nothing
of ours therefore.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PATIENCE = 12.0
"""Seconds until a caller that has got nothing is said to be still trying. The official policy goes on for an hour."""
ANSWER, STILL_TRYING = "an answer", "still trying"
READ, SUBMIT, CREATE = "job_status.get_job_status", "dmp.get_third_party_data_job", "campaign.create"
REQUESTS: dict[str, dict[str, Any]] = {
    READ: {"id": 412652},
    SUBMIT: {"request": {"partner_id": "p1"}},
    CREATE: {
        "request": {
            "primary_input": {
                "advertiser_id": "0012345",
                "name": "Spring",
                "primary_channel": "Display",
                "primary_goal": {"maximize_reach": True},
            }
        }
    },
}
"""What is asked for by each operation of the table."""


@dataclass(frozen=True)
class Came:
    """What became of a call: how many requests arrived, how many things they made, and what its caller got."""

    requests: int
    made: int
    got: str
    """``an answer``, ``still trying``, or the class of the error and its status."""


@dataclass(frozen=True)
class Trouble:
    """One thing that goes wrong, by rules of the emulator, with a call that is made with a client's own settings."""

    name: str
    operation: str
    faults: tuple[dict[str, Any], ...]
    came: dict[str, Came]
    """For each client; where it is still trying, by then."""
    calls: int = 1
    """How many are made at the same time."""
    options: dict[str, Any] = field(default_factory=dict)
    """What the call says beside its request."""
    form: str = ""
    """``""`` or ``"_async"``."""
    or_else: dict[str, Came] = field(default_factory=dict)
    """What comes of it as well, for a client in which two things race."""
    goes_on: bool = False
    """Whether a caller that is still trying meets more of the same: the numbers are the least there are then."""


BROKEN_WHILE_WRITING = {client: Came(1, 0, "RemoteProtocolError") for client in ("0.7.2", "0.13.2")}
"""A reset that is met by the writing of the body is, to the reading after it, an answer that did not begin."""


def _read(name: str, fault: dict[str, Any], *came: tuple[int, str], **further: Any) -> Trouble:
    """With a call that makes nothing; what came of it with 0.7.2, 0.13.2 and ours."""
    return _trouble(name, READ, fault, [Came(requests, 0, got) for requests, got in came], **further)


def _submit(name: str, fault: dict[str, Any], *came: tuple[int, int, str], **further: Any) -> Trouble:
    return _trouble(name, SUBMIT, fault, [Came(*one) for one in came], **further)


def _create(name: str, fault: dict[str, Any], *came: tuple[int, int, str], **further: Any) -> Trouble:
    return _trouble(name, CREATE, fault, [Came(*one) for one in came], **further)


def _trouble(name: str, operation: str, fault: dict[str, Any], came: list[Came], **further: Any) -> Trouble:
    return Trouble(name, operation, (fault,), dict(zip(("0.7.2", "0.13.2", "ours"), came, strict=True)), **further)


SLOW_CREATES = tuple(
    _create(
        name,
        {"accept_then_delay": 7},
        (1, 1, ANSWER),
        (2, 2, STILL_TRYING),
        (1, 1, ANSWER),
        form=form,
        goes_on=True,
    )
    for name, form in (
        ("every create is carried out and takes 7 seconds", ""),
        ("the same, awaited: `campaign.create_async`", "_async"),
    )
)
TROUBLES = (
    *SLOW_CREATES,
    _submit(
        "a submission is carried out, and its answer comes after 7 seconds",
        {"accept_then_delay": 7, "times": 1},
        (1, 1, ANSWER),
        (2, 2, ANSWER),
        (1, 1, ANSWER),
    ),
    _submit(
        "a submission waits for 7 seconds before it is carried out",
        {"latency": 7, "times": 1},
        (1, 1, ANSWER),
        (2, 1, ANSWER),
        (1, 1, ANSWER),
    ),
    _create(
        "a create is carried out and answered 503, twice",
        {"accept_then_status": 503, "times": 2},
        (3, 3, ANSWER),
        (3, 3, ANSWER),
        (1, 1, "OutcomeUnknown 503"),
    ),
    _submit(
        "a submission is carried out, and its answer lost",
        {"accept_then_drop": True, "times": 1},
        (1, 1, "RemoteProtocolError"),
        (1, 1, "RemoteProtocolError"),
        (1, 1, "OutcomeUnknown"),
    ),
    _create(
        "a create is answered 500 once, and nothing is done",
        {"status": 500, "times": 1},
        (2, 1, ANSWER),
        (2, 1, ANSWER),
        (1, 0, "OutcomeUnknown 500"),
    ),
    _create(
        "a create is answered 503 with `Retry-After: 1` once, and nothing is done",
        {"status": 503, "retry_after": 1, "times": 1},
        (2, 1, ANSWER),
        (2, 1, ANSWER),
        (1, 0, "OutcomeUnknown 503"),
    ),
    _create(
        "a create's connection is reset once, and nothing is done",
        {"reset": True, "times": 1},
        (1, 0, "ReadError"),
        (2, 1, ANSWER),
        (1, 0, "OutcomeUnknown"),
        or_else=BROKEN_WHILE_WRITING,
    ),
    _create(
        "the answer to a create breaks off in the middle",
        {"truncate": True, "times": 1},
        (1, 1, "RemoteProtocolError"),
        (1, 1, "RemoteProtocolError"),
        (1, 1, ANSWER),
    ),
    _submit(
        "the answer to a submission is shorter than it says",
        {"wrong_length": 5, "times": 1},
        (1, 1, "RemoteProtocolError"),
        (1, 1, "RemoteProtocolError"),
        (1, 1, ANSWER),
    ),
    _submit(
        "the answer to a submission is no JSON",
        {"malformed_body": True, "times": 1},
        (1, 1, "ValueError"),
        (1, 1, "ResponseValidationError 202"),
        (1, 1, "OutcomeUnknown 202"),
    ),
    _create(
        "a create is answered 429 once",
        {"status": 429, "times": 1},
        (1, 0, "APIError 429"),
        (1, 0, "APIError 429"),
        (2, 1, ANSWER),
    ),
    _create(
        "a create is answered 429 with `Retry-After: 1` once",
        {"status": 429, "retry_after": 1, "times": 1},
        (1, 0, "APIError 429"),
        (1, 0, "APIError 429"),
        (2, 1, ANSWER),
    ),
    _create(
        "a create is redirected with 307 once",
        {"status": 307, "location": "/campaign", "times": 1},
        (1, 0, "APIError 307"),
        (2, 1, ANSWER),
        (1, 0, "OutcomeUnknown 307"),
    ),
    _create(
        "a create is made with a token that has expired",
        {"expired_token": True},
        (1, 0, "APIError 401"),
        (1, 0, "APIError 401"),
        (1, 0, "Unauthorized 401"),
    ),
    _read("a status call is answered 503 once", {"status": 503, "times": 1}, (2, ANSWER), (2, ANSWER), (2, ANSWER)),
    _read(
        "a status call is answered 503 with `Retry-After: 3600` once",
        {"status": 503, "retry_after": 3600, "times": 1},
        (2, ANSWER),
        (1, STILL_TRYING),
        (1, "ServerError 503"),
    ),
    _read(
        "a status call's connection is reset once",
        {"reset": True, "times": 1},
        (1, "ReadError"),
        (2, ANSWER),
        (2, ANSWER),
    ),
    _read(
        "the answer to a status call breaks off in the middle, once",
        {"truncate": True, "times": 1},
        (1, "RemoteProtocolError"),
        (1, "RemoteProtocolError"),
        (2, ANSWER),
    ),
    _read(
        "the answer to a status call is longer than it says",
        {"wrong_length": -3},
        (1, "ValueError"),
        (1, "ResponseValidationError 200"),
        (1, "ResponseValidationError 200"),
    ),
    _read(
        "the answer to a status call comes at one byte a second, with `timeout_ms=2000`, once",
        {"drip": 1, "times": 1},
        (1, STILL_TRYING),
        (1, STILL_TRYING),
        (2, ANSWER),
        options={"timeout_ms": 2000},
    ),
    _read(
        "three status calls at once, of which two are allowed in 10 seconds",
        {"rate_limit": 12, "burst": 2},
        (3, f"APIError 429, 2 times {ANSWER}"),
        (3, f"APIError 429, 2 times {ANSWER}"),
        (4, f"3 times {ANSWER}"),
        calls=3,
    ),
)
