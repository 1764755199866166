"""An emulator on a real socket, and a client that is no client of ours: the standard library's."""

import http.client
import json
from dataclasses import dataclass
from typing import Any

import pytest

from ttd_workflows.emulator import Emulator, Settings
from ttd_workflows.emulator.jobs.results import BulkFormat

JOB_SECONDS = 10.0


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Caller:
    """Sends requests to one emulator, with its token unless told otherwise."""

    def __init__(self, emulator: Emulator, prefix: str = "/workflows") -> None:
        self.emulator = emulator
        self.prefix = prefix

    def raw(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.emulator.port, timeout=10)
        try:
            content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
            connection.request(method, path, content, headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        fields = {"TTD-Auth": self.emulator.token, "Content-Type": "application/json"}
        fields |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.raw(method, self.prefix + path, body, fields)

    def submit(self, path: str, body: Any, method: str = "POST") -> int:
        answer = self(method, f"/standardjob/{path}", body)
        assert answer.status == 202, answer.body
        assert list(answer.json) == ["id"]
        return int(answer.json["id"])

    def status(self, job: int) -> dict[str, Any]:
        answer = self("GET", f"/standardjob/{job}/status")
        assert answer.status == 200, answer.body
        return dict(answer.json)

    def finished(self, job: int) -> dict[str, Any]:
        """The job's status once its time is over."""
        self.emulator.clock.advance(JOB_SECONDS)
        return self.status(job)

    def download(self, url: str, method: str = "GET", **headers: str) -> Answer:
        """What a result's address gives; no token is sent."""
        origin, _, path = url.partition("/_emulator/")
        assert origin == f"http://127.0.0.1:{self.emulator.port}"
        return self.raw(method, f"/_emulator/{path}", headers={k.replace("_", "-"): v for k, v in headers.items()})

    def graphql(self, request: str, **variables: Any) -> Any:
        answer = self("POST", "/graphqlrequest", {"request": request, "variables": variables})
        assert answer.status == 200, answer.body
        return answer.json

    def rest(self, method: str, endpoint: str, body: Any = None) -> Answer:
        sent = {"methodType": method, "endpoint": endpoint, "dataBody": None if body is None else json.dumps(body)}
        return self("POST", "/restrequest", sent)


@pytest.fixture(scope="session")
def emulator():
    """One emulator for all who do not mind what others made in it. Its clock is moved, so its results live long."""
    with Emulator(settings=Settings(job_seconds=JOB_SECONDS, results_lifetime=1e9)) as running:
        yield running


@pytest.fixture
def calling():
    """The caller of an emulator that a test has started itself."""
    return Caller


@pytest.fixture
def call(emulator):
    return Caller(emulator)


@pytest.fixture
def own():
    """Starts an emulator of the test's own, with these settings, and gives its caller."""
    running = []

    def start(*, bulk_format: BulkFormat | None = None, **settings: Any) -> Caller:
        settings = {"job_seconds": JOB_SECONDS, **settings}
        emulator = Emulator(settings=Settings(**settings), bulk_format=bulk_format)
        running.append(emulator.__enter__())
        return Caller(emulator)

    yield start
    for emulator in running:
        emulator.__exit__()


@pytest.fixture
def campaign_input():
    """The members that a new campaign must have, and more."""

    def members(**primary: Any) -> dict[str, Any]:
        required = {
            "advertiserId": "0012345",
            "name": "Frühling",
            "primaryChannel": "TV",
            "primaryGoal": {"maximizeReach": True},
        }
        return {"primaryInput": {**required, **primary}}

    return members


@pytest.fixture
def group_input():
    def members(campaign: str, **primary: Any) -> dict[str, Any]:
        required = {"name": "Group", "channel": "TV", "funnelLocation": "Awareness"}
        return {"campaignId": campaign, "primaryInput": {**required, **primary}}

    return members


@pytest.fixture
def campaign(call, campaign_input):
    """The id of a fresh campaign."""
    return call("POST", "/campaign", campaign_input()).json["campaign"]["id"]
