"""The pictures that follow from the code: the life of a job, and the table that decides on a repeat."""

from __future__ import annotations

from generated.drawing import BAD, DOUBTFUL, FAINT, GOOD, PLAIN, Box, Drawing
from ttd_workflows.core.retry import Repeat, Verdict, after_answer, after_silence
from ttd_workflows.models import BulkJobStatus, WorkflowStatus

_HIGH = 44
_FILLS = {Verdict.AGAIN: GOOD, Verdict.DONE: PLAIN, Verdict.UNKNOWN: BAD}
_WORDS = {Verdict.AGAIN: "again", Verdict.DONE: "done", Verdict.UNKNOWN: "outcome unknown"}


def repeat() -> str:
    """What follows from what happened, asked of the code that decides."""
    rows = {
        "never sent": [after_silence(each, sent=False) for each in Repeat],
        "429": [after_answer(each, 429) for each in Repeat],
        "sent, but no answer": [after_silence(each, sent=True) for each in Repeat],
        "408, 5XX": [after_answer(each, 503) for each in Repeat],
        "3XX": [after_answer(each, 303) for each in Repeat],
        "any other answer": [after_answer(each, 404) for each in Repeat],
    }
    drawing = Drawing(640, 92 + 52 * len(rows), "Whether a call is sent again, by what happened and how it is declared")
    drawing.text(24, 60, "what happened", colour=FAINT)
    for left, name, example in ((230, "SAFE", "reading, archiving"), (434, "ONCE", "creating, changing, submitting")):
        drawing.text(left + 91, 44, name, anchor="middle", bold=True)
        drawing.text(left + 91, 62, example, anchor="middle", size=12, colour=FAINT)
    for row, (name, verdicts) in enumerate(rows.items()):
        top = 76 + 52 * row
        drawing.text(24, top + 27, name)
        for left, verdict in zip((230, 434), verdicts, strict=True):
            drawing.box(Box(left, top, 182, _HIGH), _WORDS[verdict], _FILLS[verdict])
    return drawing.svg()


def job() -> str:
    """From a wish to a file: submitted once, followed to its end, collected whole."""
    drawing = Drawing(720, 660, "The life of a job: submitted once, followed to its end, collected whole")
    accepted = _submitted(drawing)
    usable = _followed(drawing, accepted)
    _collected(drawing, usable)
    return drawing.svg()


def _submitted(drawing: Drawing) -> Box:
    _heading(drawing, 40, "Submitted once", "the ledger is told before, during and after")
    intent = drawing.box(Box(24, 76, 150, _HIGH), "intent", below="before the request")
    wire = drawing.box(Box(234, 76, 150, _HIGH), "wire", below="before its first byte")
    accepted = drawing.box(Box(444, 76, 252, _HIGH), "accepted", GOOD, "the job's number is known")
    refused = drawing.box(Box(444, 132, 252, _HIGH), "refused", below="the key is free again")
    unknown = drawing.box(Box(444, 188, 252, _HIGH), "unknown", BAD, "only you can tell: look, then resubmit")
    unsent = drawing.box(Box(234, 188, 150, _HIGH), "unsent", below="the key is free again")
    _right(drawing, intent, wire)
    _right(drawing, wire, accepted)
    for end in (refused, unknown):
        drawing.arrow((wire.right + 30, wire.middle), (wire.right + 30, end.middle), (end.left, end.middle))
    drawing.arrow((intent.right + 30, intent.middle), (intent.right + 30, unsent.middle), (unsent.left, unsent.middle))
    return accepted


def _followed(drawing: Drawing, accepted: Box) -> Box:
    _heading(drawing, 286, "Followed to its end", "the status decides, the percentage informs")
    going = drawing.box(
        Box(24, 322, 220, _HIGH),
        f"{BulkJobStatus.QUEUED}, {WorkflowStatus.IN_PROGRESS}",
        below="asked after 5.5 % more of its age",
    )
    success = drawing.box(Box(310, 322, 180, _HIGH), WorkflowStatus.SUCCESS, GOOD)
    partial = drawing.box(Box(516, 322, 180, _HIGH), WorkflowStatus.PARTIAL_SUCCESS, DOUBTFUL)
    failed = drawing.box(
        Box(310, 378, 386, _HIGH), f"{WorkflowStatus.FAILURE}, {BulkJobStatus.CANCELLED}", BAD, "no result: JobFailed"
    )
    side = accepted.right + 10
    drawing.arrow(
        *((accepted.right, accepted.middle), (side, accepted.middle), (side, 252), (12, 252)),
        *((12, going.middle), (going.left, going.middle)),
    )
    _right(drawing, going, success)
    drawing.arrow((277, going.middle), (277, failed.middle), (failed.left, failed.middle))
    return Box(success.left, success.top, partial.right - success.left, _HIGH)


def _collected(drawing: Drawing, usable: Box) -> None:
    _heading(drawing, 476, "Collected whole", "save, rows and to_… do not mind which")
    inline = drawing.box(Box(24, 512, 220, _HIGH), "with the status", below="up to 20 MB")
    address = drawing.box(Box(24, 568, 220, _HIGH), "at an address", below="that dies; a new one is asked for")
    saved = drawing.box(Box(310, 540, 180, _HIGH), "saved", GOOD, "checked, and whole")
    gone = drawing.box(Box(516, 540, 180, _HIGH), WorkflowStatus.RESULTS_EXPIRED, BAD, "24 h after its end")
    side = usable.right + 10
    drawing.arrow(
        *((usable.right, usable.middle), (side, usable.middle), (side, 446), (12, 446)),
        *((12, inline.middle), (inline.left, inline.middle)),
    )
    drawing.arrow((12, inline.middle), (12, address.middle), (address.left, address.middle))
    for source in (inline, address):
        drawing.arrow(
            (source.right, source.middle), (277, source.middle), (277, saved.middle), (saved.left, saved.middle)
        )
    drawing.arrow((side, 446), (side, gone.middle), (gone.right, gone.middle))
    drawing.text(24, 638, "job.resubmit() submits under the same key what failed, expired or was forgotten.", size=13)


def _heading(drawing: Drawing, base: float, words: str, more: str) -> None:
    drawing.text(24, base, words, size=18, bold=True)
    drawing.text(24, base + 20, more, size=13, colour=FAINT)


def _right(drawing: Drawing, source: Box, target: Box) -> None:
    drawing.arrow((source.right, source.middle), (target.left, target.middle))
