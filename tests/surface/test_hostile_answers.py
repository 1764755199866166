"""What a reading and a creating call make of answers that are not what the contract says.

A reading call gives the payload or raises; a creating call keeps an id that can be read, and otherwise says that it
does not know the outcome. Nothing hangs, and nothing that came is lost.
"""

from __future__ import annotations

import gzip
import json
import time
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import pytest

from support.calls import STATUS, SUBMIT
from support.plays import after_continue, answer, drip_body, endless, gzip_bomb, head, say, sized, stall_after, truncate
from support.plays import whole as framed
from support.ways import BUILT_IN, WAYS, Way
from ttd_workflows import errors

if TYPE_CHECKING:
    from support.server import Play, Server

ID = 412651
LIMIT = 1 << 20
WHOLE = {"id": ID, "createdAtUtc": "2026-11-24T08:00:00Z", "status": "Success"}
"""Fits a status answer, and with members unknown to it a submit answer."""
TEXT = json.dumps(WHOLE).encode()

OK = None
INVALID = errors.ResponseValidationError
SILENCE = errors.NoResponseError
UNREADABLE = errors.OutcomeUnknownUnreadable
AFTER_ERROR = errors.OutcomeUnknownAfterError
Outcome: TypeAlias = type[Exception] | None


class Row(NamedTuple):
    """An answer, what a reading call makes of it and what a creating one does; ``OK`` keeps the id."""

    play: Play
    reading: Outcome
    creating: Outcome


def _json(text: bytes, status: int = 200, **headers: str) -> Play:
    return answer(status, text, **headers)


def _with(**members: Any) -> bytes:
    return json.dumps(WHOLE | members).encode()


def _gzipped(packed: bytes) -> Play:
    return answer(200, packed, Content_Encoding="gzip")


def _raw(head_fields: dict[str, str], body: bytes) -> Play:
    return say(head(200, head_fields) + body, then_close=True)


PADDED = b'{"id": 412651, "createdAtUtc": "2026-11-24T08:00:00Z", "status": "Success", "pad": "'
NESTED = b'{"id": 412651, "createdAtUtc": "2026-11-24T08:00:00Z", "status": "Success", "deep": '
NOISE = bytes(range(1, 256)) * 400

ROWS: dict[str, Row] = {
    # Other shapes of success
    "whole": Row(_json(TEXT), OK, OK),
    "201": Row(_json(TEXT, 201), OK, OK),
    "202": Row(_json(TEXT, 202), OK, OK),
    "203": Row(_json(TEXT, 203), OK, OK),
    "206": Row(_json(TEXT, 206), OK, OK),
    "299": Row(_json(TEXT, 299), OK, OK),
    "extra-fields": Row(_json(_with(surprise={"a": [1, None]}, url="x")), OK, OK),
    "unknown-word": Row(_json(_with(status="Hibernating")), OK, OK),
    "byte-order-mark": Row(_json(b"\xef\xbb\xbf" + TEXT), OK, OK),
    "white-space-around": Row(_json(b"\r\n\t " + TEXT + b" \n"), OK, OK),
    "text-plain": Row(_json(TEXT, Content_Type="text/plain"), OK, OK),
    "text-html-that-is-json": Row(_json(TEXT, Content_Type="text/html; charset=utf-16"), OK, OK),
    "no-content-type": Row(_raw({"Content-Length": str(len(TEXT))}, TEXT), OK, OK),
    "until-closed": Row(_raw({"Content-Type": "application/json"}, TEXT), OK, OK),
    "informational-answers-before": Row(after_continue(200, WHOLE), OK, OK),
    "chunked": Row(_raw({"Transfer-Encoding": "chunked"}, b"%x\r\n%s\r\n0\r\n\r\n" % (len(TEXT), TEXT)), OK, OK),
    "gzip": Row(_gzipped(gzip.compress(TEXT)), OK, OK),
    "gzip-in-capitals": Row(answer(200, gzip.compress(TEXT), Content_Encoding="GZIP"), OK, OK),
    "gzip-in-two-members": Row(_gzipped(gzip.compress(TEXT[:20]) + gzip.compress(TEXT[20:])), OK, OK),
    "identity": Row(_json(TEXT, Content_Encoding="identity"), OK, OK),
    "id-as-string": Row(_json(_with(id="412651")), OK, OK),
    "id-as-whole-float": Row(_json(_with(id=412651.0)), OK, OK),
    "id-twice": Row(_json(b'{"id": 1, ' + TEXT[1:]), OK, OK),
    # JSON that does not fit
    "missing-status": Row(_json(b'{"id": 412651, "createdAtUtc": "2026-11-24T08:00:00Z"}'), INVALID, OK),
    "missing-id": Row(_json(b'{"createdAtUtc": "2026-11-24T08:00:00Z", "status": "Success"}'), INVALID, UNREADABLE),
    "wrong-date": Row(_json(_with(createdAtUtc="yesterday")), INVALID, OK),
    "wrong-status": Row(_json(_with(status=[1])), INVALID, OK),
    "wrong-percentage": Row(_json(_with(completionPercentage="lots")), INVALID, OK),
    "id-as-object": Row(_json(_with(id={"value": ID})), INVALID, UNREADABLE),
    "id-as-list": Row(_json(_with(id=[ID])), INVALID, UNREADABLE),
    "id-null": Row(_json(_with(id=None)), INVALID, UNREADABLE),
    "id-true": Row(_json(_with(id=True)), INVALID, UNREADABLE),
    "id-broken": Row(_json(_with(id=7.5)), INVALID, UNREADABLE),
    "id-with-5000-digits": Row(_json(b'{"id": ' + b"9" * 5_000 + b"}"), INVALID, UNREADABLE),
    "5000-digits-after-the-id": Row(_json(PADDED[:-1] + b"9" * 5_000 + b"}"), INVALID, OK),
    "nan": Row(_json(TEXT[:-1] + b', "completionPercentage": NaN}'), INVALID, OK),
    "list": Row(_json(b"[412651]"), INVALID, UNREADABLE),
    "number": Row(_json(b"412651"), INVALID, UNREADABLE),
    "string": Row(_json(b'"412651"'), INVALID, UNREADABLE),
    "null": Row(_json(b"null"), INVALID, UNREADABLE),
    # Bodies that are no JSON
    "empty": Row(_json(b""), INVALID, UNREADABLE),
    "white-space": Row(_json(b" \n"), INVALID, UNREADABLE),
    "204": Row(answer(204), INVALID, UNREADABLE),
    "html": Row(_json(b"<html>Welcome to the hotel</html>", Content_Type="text/html"), INVALID, UNREADABLE),
    "noise": Row(_json(NOISE), INVALID, UNREADABLE),
    "utf-16": Row(_json(TEXT.decode().encode("utf-16")), INVALID, UNREADABLE),
    "invalid-utf-8-after-the-id": Row(_json(PADDED + b'\xff\xfe"}'), INVALID, OK),
    "invalid-utf-8-before-the-id": Row(_json(b'{"pad": "\xff", "id": 412651}'), INVALID, UNREADABLE),
    "nonsense-after-the-id": Row(_json(b'{"id": 412651,\n\n "x": nope, "y": 1}'), INVALID, OK),
    "another-text-after-it": Row(_json(TEXT + b"{}"), INVALID, OK),
    "100000-brackets": Row(_json(NESTED + b"[" * 100_000 + b"]" * 100_000 + b"}"), INVALID, OK),
    "100000-braces-unclosed": Row(_json(NESTED + b'{"a":' * 100_000), INVALID, OK),
    "100000-brackets-alone": Row(_json(b"[" * 100_000), INVALID, UNREADABLE),
    "a-million-digits": Row(_json(b"1" * 1_000_000 + b" x"), INVALID, UNREADABLE),
    # Cut within the body, framed as whole
    "cut-after-the-id": Row(_json(b'{"id": 412651, "createdAtUtc": "2026-11-2'), INVALID, OK),
    "cut-right-behind-the-id": Row(_json(b'{"id": 412651'), INVALID, UNREADABLE),
    "cut-within-the-id": Row(_json(b'{"id": 4126'), INVALID, UNREADABLE),
    "cut-within-the-id-as-string": Row(_json(b'{"id": "4126'), INVALID, UNREADABLE),
    "cut-within-an-exponent": Row(_json(b'{"id": 4.12651e'), INVALID, UNREADABLE),
    "cut-before-the-id": Row(_json(b'{"status": "Success", "id": '), INVALID, UNREADABLE),
    # Broken off on the way: asked again, a status may come whole; this server breaks off each time
    "broken-off-after-the-id": Row(truncate(200, b'{"id": 412651, "cre'), SILENCE, OK),
    "broken-off-though-whole": Row(truncate(200, TEXT), SILENCE, OK),
    "broken-off-within-the-id": Row(truncate(200, b'{"id": 4126'), SILENCE, UNREADABLE),
    "broken-off-before-the-body": Row(truncate(202, b""), SILENCE, UNREADABLE),
    "broken-off-in-a-chunk": Row(_raw({"Transfer-Encoding": "chunked"}, b"999\r\n" + TEXT), SILENCE, OK),
    "stalled-after-the-id": Row(stall_after(framed(200, TEXT, {"Content-Length": "9999"})), SILENCE, OK),
    "stalled-before-the-body": Row(stall_after(head(200, {"Content-Length": "9999"})), SILENCE, UNREADABLE),
    "dripped": Row(drip_body, SILENCE, UNREADABLE),
    "gzip-cut-after-the-id": Row(_gzipped(gzip.compress(TEXT)[:-20]), SILENCE, OK),
    "gzip-cut-before-the-id": Row(_gzipped(gzip.compress(TEXT)[:14]), SILENCE, UNREADABLE),
    "gzip-without-its-end-mark": Row(_gzipped(gzip.compress(TEXT)[:-8]), SILENCE, OK),
    "gzip-head-alone": Row(_gzipped(gzip.compress(TEXT)[:10]), SILENCE, UNREADABLE),
    "gzip-with-a-wrong-checksum": Row(_gzipped(gzip.compress(TEXT)[:-8] + bytes(8)), SILENCE, UNREADABLE),
    "gzip-that-is-none": Row(_gzipped(TEXT), SILENCE, UNREADABLE),
    # Codings that were not asked for
    "deflate": Row(answer(200, b"x\x9c", Content_Encoding="deflate"), INVALID, UNREADABLE),
    "brotli": Row(answer(200, TEXT, Content_Encoding="br"), INVALID, UNREADABLE),
    "gzip-twice": Row(answer(200, gzip.compress(TEXT), Content_Encoding="gzip, gzip"), INVALID, UNREADABLE),
    "brotli-without-a-body": Row(answer(204, Content_Encoding="br"), INVALID, UNREADABLE),
    # Beyond the limit
    "gzip-bomb": Row(gzip_bomb(50), INVALID, UNREADABLE),
    "gzip-bomb-after-the-id": Row(gzip_bomb(50, b'{"id": 412651, "x": '), INVALID, OK),
    "gzip-bomb-with-an-id-at-its-limit": Row(gzip_bomb(2, b" " * (LIMIT - 9) + b'{"id": 412651}'), INVALID, UNREADABLE),
    "200-mb": Row(sized(200_000_000), INVALID, UNREADABLE),
    "200-mb-after-the-id": Row(sized(200_000_000, b'{"id": 412651, "x": '), INVALID, OK),
    "endless": Row(endless, INVALID, UNREADABLE),
    "one-byte-too-many": Row(sized(LIMIT + 1, TEXT), INVALID, OK),
    "exactly-the-limit": Row(sized(LIMIT, TEXT), OK, OK),
    # Errors
    "502-html": Row(answer(502, b"<html>Bad Gateway", Content_Type="text/html"), errors.ServerError, AFTER_ERROR),
    "503-broken-off": Row(truncate(503, b"{"), errors.ServerError, AFTER_ERROR),
    "500-gzip-bomb": Row(
        answer(500, gzip.compress(bytes(9 << 20)), Content_Encoding="gzip"), errors.ServerError, AFTER_ERROR
    ),
    "500-brotli": Row(answer(500, b"x", Content_Encoding="br"), errors.ServerError, AFTER_ERROR),
    "500-with-an-id": Row(answer(500, WHOLE), errors.ServerError, AFTER_ERROR),
    "599": Row(answer(599, {}), errors.ServerError, AFTER_ERROR),
    "600": Row(answer(600, {}), errors.ServerError, AFTER_ERROR),
    "301": Row(answer(301, b"", Location="/elsewhere"), errors.APIError, AFTER_ERROR),
    "304": Row(say(head(304, {})), errors.APIError, AFTER_ERROR),
    "307": Row(answer(307, b"", Location="https://example.com/"), errors.APIError, AFTER_ERROR),
    "303": Row(answer(303, b"", Location="/campaign/c7"), errors.APIError, AFTER_ERROR),
    "408": Row(answer(408, b"too slow"), errors.APIError, AFTER_ERROR),
    "400-problem": Row(answer(400, {"title": "no"}), errors.BadRequest, errors.BadRequest),
    "400-broken-off": Row(truncate(400, b'{"title": "n'), errors.APIError, errors.APIError),
    "400-brotli": Row(answer(400, b"x", Content_Encoding="br"), errors.BadRequest, errors.BadRequest),
    "400-200-mb": Row(say(framed(400, b" " * (LIMIT + 1))), errors.APIError, errors.APIError),
    "401-empty": Row(answer(401), errors.APIError, errors.APIError),
    "401-gateway": Row(answer(401, {"message": "Unauthorized"}), errors.Unauthorized, errors.Unauthorized),
    "403-html": Row(answer(403, b"<html>", Content_Type="text/html"), errors.APIError, errors.APIError),
    "404-html": Row(answer(404, b"<html>", Content_Type="text/html"), errors.APIError, errors.APIError),
    "404-list": Row(answer(404, []), errors.APIError, errors.APIError),
    "409-problem": Row(answer(409, {"title": "no"}), errors.Conflict, errors.Conflict),
    "418": Row(answer(418, {"title": "no"}), errors.APIError, errors.APIError),
    "429": Row(answer(429, {"title": "no"}), errors.RateLimited, errors.RateLimited),
    "400-nested": Row(answer(400, b"{" + b'"a":{' * 100_000), errors.APIError, errors.APIError),
    # No HTTP
    "no-http": Row(say(b"SSH-2.0-OpenSSH_9.6\r\n", then_close=True), SILENCE, errors.OutcomeUnknownWithoutResponse),
    "endless-head": Row(say(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000), SILENCE, errors.OutcomeUnknownWithoutResponse),
    "two-lengths": Row(
        _raw({"Content-Length": "5", "content-length": "6"}, b"123456"), SILENCE, errors.OutcomeUnknownWithoutResponse
    ),
}  # fmt: skip

ON_THE_WIRE = (
    "whole",
    "until-closed",
    "informational",
    "chunked",
    "gzip",
    "identity",
    "204",
    "empty",
    "broken-off",
    "stalled",
    "dripped",
    "deflate",
    "brotli",
    "200-mb",
    "endless",
    "one-byte",
    "exactly",
    "304",
    "307",
    "503",
    "400-b",
    "500-g",
    "no-http",
    "two",
)
"""Rows (by how they begin) that depend on who reads the answer; the others are the same to every engine."""
by_way_and_row = pytest.mark.parametrize(
    ("way", "row"),
    [
        pytest.param(way, row, id=f"{row}-{way}")
        for row in ROWS
        for way in (WAYS if row.startswith(ON_THE_WIRE) else BUILT_IN[:1])
    ],
)  # fmt: skip
SETTINGS: dict[str, Any] = {"retry_config": None, "timeout_ms": 1_000, "body_limit": LIMIT}
STALLING = {"stalled-after-the-id", "stalled-before-the-body", "dripped"}


def _settings(row: str) -> dict[str, Any]:
    return SETTINGS | ({"timeout_ms": 150} if row in STALLING else {})


@by_way_and_row
def test_a_reading_call(server: Server, way: Way, row: str):
    play, expected, _ = ROWS[row]
    server.script(play)
    started = time.monotonic()
    with way.open(server.url, **_settings(row)) as call:
        if expected is OK:
            assert call(STATUS).id == ID
        else:
            with pytest.raises(expected) as caught:
                call(STATUS)
            assert not isinstance(caught.value, errors.OutcomeUnknown)
            assert caught.value.operation == STATUS
    assert time.monotonic() - started < 4
    assert len(server.requests) == 1


@by_way_and_row
def test_a_creating_call(server: Server, way: Way, row: str):
    play, _, expected = ROWS[row]
    server.script(play)
    started = time.monotonic()
    with way.open(server.url, **_settings(row)) as call:
        if expected is OK:
            job = call(SUBMIT)
            assert job.id == ID
            assert job.http_meta.response.status_code in range(200, 300)
        else:
            with pytest.raises(expected) as caught:
                call(SUBMIT)
            unknown = issubclass(expected, errors.OutcomeUnknown)
            assert isinstance(caught.value, errors.OutcomeUnknown) == unknown
    assert time.monotonic() - started < 4
    assert len(server.requests) == 1


@pytest.mark.parametrize("way", BUILT_IN, ids=str)
def test_the_default_limit_stands_against_200_mb(server: Server, way: Way):
    server.script(sized(200_000_000, b'{"id": 412651, "x": '))
    with way.open(server.url, retry_config=None, timeout_ms=20_000) as call:
        assert call(SUBMIT).id == ID


@pytest.mark.parametrize("digits", [4_000, 30], ids=str)
def test_a_huge_number_is_kept_whole(server: Server, digits: int):
    server.script(_json(b'{"id": ' + b"9" * digits + b"}"))
    with WAYS[0].open(server.url, **SETTINGS) as call:
        assert call(SUBMIT).id == 10**digits - 1


def test_an_unknown_word_is_kept(server: Server):
    server.script(ROWS["unknown-word"].play)
    with WAYS[0].open(server.url, **SETTINGS) as call:
        status = call(STATUS).status
    assert status == "Hibernating"
    assert not status.known


def test_extra_fields_are_kept(server: Server):
    server.script(ROWS["extra-fields"].play)
    with WAYS[0].open(server.url, **SETTINGS) as call:
        answered = call(STATUS)
    assert answered.model_extra == {"surprise": {"a": [1, None]}}
    assert answered.surprise == {"a": [1, None]}


@pytest.mark.parametrize("row", ["missing-status", "cut-after-the-id", "wrong-date", "200-mb-after-the-id"])
def test_what_could_be_read_stands_in_the_error(server: Server, row: str):
    server.script(ROWS[row].play)
    with WAYS[0].open(server.url, **SETTINGS) as call, pytest.raises(INVALID) as caught:
        call(STATUS)
    assert caught.value.partial.id == ID
    assert '"id": 412651' in caught.value.body
    assert caught.value.status_code == 200


def test_the_member_at_fault_is_named(server: Server):
    server.script(ROWS["wrong-date"].play)
    with WAYS[0].open(server.url, **SETTINGS) as call, pytest.raises(INVALID, match="createdAtUtc"):
        call(STATUS)


def test_a_body_beyond_the_limit_says_how_to_read_it(server: Server):
    server.script(ROWS["200-mb"].play)
    with WAYS[0].open(server.url, **SETTINGS) as call, pytest.raises(INVALID, match=r"1,048,576 bytes.*body_limit="):
        call(STATUS)


@pytest.mark.parametrize(
    ("name", "body", "found"),
    [
        ("campaign.create", b'{"campaign": {"id": "c7", "name": "n"}, "adGroups": [{"id": 5}]}', ("campaign", "id")),
        ("campaign.create", b'{"campaign": {"id": "c7", "name": "n', ("campaign", "id")),
        ("campaigns.update", b'{"campaign": {"id": "c7", "startDate": 77.7e9999}}', ("campaign", "id")),
        ("ad_groups.create", b'{"adGroup": {"id": "c7", "budget": null}}', ("ad_group", "id")),
        (
            "graph_ql_request.submit_graph_ql_bulk_query_job",
            b'{"payload": {"data": {"id": 77, "status": "Queued"}}}',
            ("payload", "data", "id"),
        ),
    ],
)
def test_an_id_inside_is_kept_too(server: Server, name: str, body: bytes, found: tuple[str, ...]):
    server.script(_json(body, 201))
    with WAYS[0].open(server.url, **SETTINGS) as call:
        value = call(name)
    for step in found:
        value = getattr(value, step)
    assert value in {"c7", 77}


def test_an_id_of_a_campaign_that_is_cut_is_not_taken(server: Server):
    server.script(_json(b'{"campaign": {"id": "c7', 201))
    with WAYS[0].open(server.url, **SETTINGS) as call, pytest.raises(UNREADABLE) as caught:
        call("campaign.create")
    assert caught.value.body == '{"campaign": {"id": "c7'
