"""Reading what a host answers: which refusals mean that the address has died, which may pass, which end it."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from ttd_workflows.downloads.errors import DownloadError, DownloadFailed, UrlDied
from ttd_workflows.downloads.state import ContentRange, State
from ttd_workflows.downloads.transport import Broken

if TYPE_CHECKING:
    from ttd_workflows.downloads.addresses import Address
    from ttd_workflows.downloads.transport import Answer

OK, PARTIAL, BEYOND = 200, 206, 416
_DEAD = frozenset({401, 403, 404, 410})
_MAY_PASS = frozenset({408, 421, 425, 429})
_SERVER_ERROR = 500
_NOT_FOR_EVER = frozenset({501, 505})
_STORE_ERROR = re.compile(r"\s*(?:<\?xml[^>]*\?>)?\s*<Error\b.*?<Code>\s*([\w.-]{1,80})\s*</Code>", re.DOTALL)


class Restart(Exception):
    """What there is cannot be continued: begin from the first byte. ``weight`` is how much it counts."""

    def __init__(self, reason: str, weight: int = 1) -> None:
        super().__init__(reason)
        self.reason = reason
        self.weight = weight


def refusal(address: Address, answer: Answer) -> DownloadError | Broken:
    """The error that an answer without a file stands for."""
    status = answer.status
    if status == PARTIAL:
        return Broken("the host sent a part of the file that was not asked for", status=status)
    code = store_error(answer.text())
    said = f"{status}, {code}" if code else str(status)
    if status in _DEAD or (code and status < _SERVER_ERROR and status not in _MAY_PASS):
        return UrlDied(
            f"{address} is not honoured (any more): the host answered {said}. "
            "What came of the file is kept; ask for the job's status to have a new address, and go on with it",
            status=status,
        )
    if status in _MAY_PASS or (status >= _SERVER_ERROR and status not in _NOT_FOR_EVER):
        return Broken(f"the host answered {said}", asked=_asked(answer), status=status)
    return DownloadFailed(
        f"{address}: the host answered {said}, which no repeating mends. Nothing was put in the file's place",
        status=status,
    )


def refuse_store_error(address: Address, answer: Answer) -> None:
    """Raise if a 200 holds an object store's error instead of a file."""
    if "xml" not in answer.headers.get("content-type", ""):
        return
    beginning = answer.peek()
    if code := store_error(beginning.decode("utf-8", "replace")):
        raise UrlDied(
            f"{address}: the host answered {answer.status}, but with the error {code} in the file's place. "
            "Ask for the job's status to have a new address",
            status=answer.status,
        )


def store_error(text: str) -> str | None:
    """The code in an object store's error document."""
    match = _STORE_ERROR.match(text)
    return match[1] if match else None


def still_holds(address: Address, answer: Answer, state: State) -> bool:
    """Whether the host holds a file in this state, by its answer to a question about one byte."""
    if answer.status not in {OK, PARTIAL, BEYOND}:
        problem = refusal(address, answer)
        if isinstance(problem, UrlDied):
            raise problem
        return False
    now = State.of(answer.headers, whole=answer.status == OK)
    return (
        answer.status != BEYOND
        and now.size == state.size
        and state.agrees(now)
        and (now.etag == state.etag if state.etag else now.modified == state.modified or answer.status == PARTIAL)
    )


def part_of(answer: Answer, first: int, state: State) -> ContentRange:
    """The range of a 206, if it is the one that was asked for, of the same file."""
    told = ContentRange.of(answer.headers)
    if told is None or told.first != first or told.last is None:
        raise Broken("the host sent another range than the one asked for", status=PARTIAL)
    if not state.agrees(State.of(answer.headers, whole=False)):
        raise Restart("the file changed at the host")
    length = answer.headers.get("content-length", "").strip()
    if length and length != str(told.last - first + 1):
        raise Broken("the host announced a range and another length", status=PARTIAL)
    return told


def _asked(answer: Answer) -> float | None:
    text = answer.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d{0,9})?", text):
        return float(text)
    try:
        until, now = parsedate_to_datetime(text), parsedate_to_datetime(answer.headers.get("date", ""))
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError):
        return None
