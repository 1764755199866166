"""The system's keyring, asked within bounds: where there is none, or no answer comes, that is said and not waited for.

A keyring without a desktop may be missing, may ask a question that nobody sees, or may hang. So it is asked on a
thread of its own, and left alone when the time is over.
"""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from ttd_workflows.core.secrets import Secret

SERVICE = "ttdw"
ANSWERS_WITHIN = 20.0
"""Seconds; on a desktop, a person may have to unlock it."""
TRUSTED_FROM = 1
"""The priority from which on a backend keeps secrets as a system does; those below keep them in a file or nowhere."""

T = TypeVar("T")


class NoKeyring(Exception):
    """The keyring cannot be used; the message says why, and is part of a sentence."""


def read(entry: str) -> str | None:
    """The token under an entry, ``None`` where there is none. Raises :class:`NoKeyring`."""
    token: str | None = _ask(lambda keyring: keyring.get_password(SERVICE, entry))
    return token


def write(entry: str, token: Secret) -> str:
    """Keep a token, and give the keyring's name. It is read back: some keyrings only seem to keep what they are given.

    Raises :class:`NoKeyring`.
    """

    def keep(keyring: Any) -> str:
        keyring.set_password(SERVICE, entry, token.reveal())
        if keyring.get_password(SERVICE, entry) != token.reveal():
            raise NoKeyring("it did not keep what it was given")
        return _name(keyring)

    return _ask(keep)


def delete(entry: str) -> None:
    """Take an entry away, if it is there. Raises :class:`NoKeyring`."""

    def remove(keyring: Any) -> None:
        if keyring.get_password(SERVICE, entry) is not None:
            keyring.delete_password(SERVICE, entry)

    _ask(remove)


def name() -> str:
    """The name of the keyring in use. Raises :class:`NoKeyring`."""
    return _ask(_name)


def _name(keyring: Any) -> str:
    return str(getattr(keyring, "name", "") or type(keyring).__name__)


def _backend() -> Any:
    try:
        import keyring  # noqa: PLC0415 - an extra; looking for its backends takes long
    except ModuleNotFoundError:
        raise NoKeyring('the package is not installed (pip install "ttdw[keyring]")') from None
    backend = keyring.get_keyring()
    if not _priority(backend) >= TRUSTED_FROM:
        raise NoKeyring("this system offers none to this process")
    return backend


def _priority(backend: Any) -> float:
    with suppress(Exception):  # a backend may work out its priority, and fail at that
        return float(backend.priority)
    return 0.0


def _ask(question: Callable[[Any], T]) -> T:
    """Ask on a thread of its own, which is left alone when the time is over."""
    answers: queue.SimpleQueue[tuple[T] | str] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put((question(_backend()),))
        except NoKeyring as refusal:
            answers.put(str(refusal))
        except Exception as error:  # every backend has errors of its own; their texts may be long, and have no token
            words = " ".join(str(error).split())[:200]
            answers.put(f"it refused ({type(error).__name__}{': ' if words else ''}{words})")

    threading.Thread(target=work, name="ttdw-keyring", daemon=True).start()
    try:
        answer = answers.get(timeout=ANSWERS_WITHIN)
    except queue.Empty:
        answer = f"it did not answer within {ANSWERS_WITHIN:g} s; it may be locked, or ask where nobody sees it"
    if isinstance(answer, str):
        raise NoKeyring(answer)
    return answer[0]
