"""How a handler says no: one exception, and the ProblemDetails it becomes."""

from typing import Any

_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Payload Too Large",
    415: "Unsupported Media Type",
    500: "An error occurred while processing your request.",
}
_SECTIONS = {400: "15.5.1", 401: "15.5.2", 403: "15.5.4", 404: "15.5.5", 405: "15.5.6", 413: "15.5.14", 415: "15.5.16"}


class Refusal(Exception):
    """The service refuses: ``errors`` says what is wrong at which JSON path."""

    def __init__(self, status: int, detail: str | None = None, errors: dict[str, list[str]] | None = None) -> None:
        super().__init__(status, detail, errors)
        self.status = status
        self.detail = detail
        self.errors = errors or {}

    def problem(self, trace_id: str) -> dict[str, Any]:
        """The body of the answer, in the shape ASP.NET gives it."""
        title = "One or more validation errors occurred." if self.errors else _TITLES.get(self.status, "Error")
        section = _SECTIONS.get(self.status, "15.6.1")
        body: dict[str, Any] = {
            "type": f"https://tools.ietf.org/html/rfc9110#section-{section}",
            "title": title,
            "status": self.status,
            "traceId": trace_id,
        }
        if self.detail:
            body["detail"] = self.detail
        if self.errors:
            body["errors"] = self.errors
        return body

    def text(self) -> str:
        """The same where problems are plain text."""
        title = self.detail or _TITLES.get(self.status, "Error")
        return "\n".join([title, *(f"{path}: {one}" for path, said in self.errors.items() for one in said)])


def invalid(path: str, message: str, status: int = 400) -> Refusal:
    """A refusal of one member of the body."""
    return Refusal(status, errors={path: [message]})


class PassedThrough(Exception):
    """An answer from behind a passthrough that is no 200: its status and its body, as they came; ``None`` is none."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body


class NotKept(Refusal):
    """What was asked for could not be written down, and was therefore not done."""

    def __init__(self, message: str) -> None:
        super().__init__(500, message)

    def __str__(self) -> str:
        return self.detail or ""
