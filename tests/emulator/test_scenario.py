"""A scenario: one file for settings, clock, plans and faults; applied whole, or refused with all its mistakes."""

import json

import pytest

from ttd_workflows.emulator import Emulator, Settings
from ttd_workflows.emulator.scenario import Scenario, WrongScenario
from ttd_workflows.emulator.yaml_documents import load

WHOLE = """
settings:
  job_seconds: 0.5
  third_party_segments: 7
  expired_token: 403
  users:
    - name: ann
      partners: [p1]
clock:
  freeze: true
  advance: 3600
plans:
  - operation: get_third_party_data_job
    outcome: Failure
    errors: [no such segment]
faults:
  - operation: get_job_status
    status: 503
    times: 2
    retry_after: 1
  - operation: [download, callback]
    reset: true
"""

STATUS = "/standardjob/412651/status"


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "scenario.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def mistakes(text):
    with pytest.raises(WrongScenario) as refused:
        Scenario.parse(text)
    return [tuple(mistake) for mistake in refused.value.mistakes]


def test_a_file_says_it_all(file):
    emulator = Emulator(scenario=file(WHOLE))
    assert emulator.settings.job_seconds == 0.5
    assert emulator.settings.expired_token == 403
    assert [user.partners for user in emulator.settings.users] == [("p1",)]
    assert emulator.clock.frozen
    assert [(plan.operation, plan.outcome) for plan in emulator.service.plans] == [
        ("get_third_party_data_job", "Failure")
    ]
    assert [rule.kinds for rule in emulator.faults] == ["status", "reset"]


def test_it_holds_for_requests(own, file):
    call = own()
    call.emulator.apply(file(WHOLE.partition("clock:")[1] + WHOLE.partition("clock:")[2]))
    assert [call("GET", STATUS).status for _ in range(3)] == [503, 503, 200]


def test_json_is_yaml(file):
    document = {"faults": [{"operation": "*", "status": 500}], "settings": {"seed": 3}}
    for scenario in (file(json.dumps(document)), str(file(json.dumps(document))), document):
        emulator = Emulator(scenario=scenario)
        assert (emulator.settings.seed, len(emulator.faults)) == (3, 1)


def test_arguments_go_before_the_scenario_and_it_before_settings():
    scenario = {"settings": {"seed": 3, "partners": 5}}
    emulator = Emulator(seed=9, settings=Settings(partners=2, page_size=4), scenario=scenario)
    settings = emulator.settings
    assert (settings.seed, settings.partners, settings.page_size) == (9, 5, 4)


def test_what_a_section_says_replaces_what_was_there():
    emulator = Emulator(scenario={"faults": [{"operation": "*", "reset": True}], "plans": [{"seconds": 1}]})
    emulator.apply({"faults": [{"operation": "*", "status": 500}]})
    assert [rule.kinds for rule in emulator.faults] == ["status"]
    assert len(emulator.service.plans) == 1
    emulator.apply({"plans": []})
    assert (len(emulator.service.plans), len(emulator.faults)) == (0, 1)
    for nothing in ({}, {"faults": None}):
        emulator.apply(nothing)
    assert len(emulator.faults) == 1


@pytest.mark.parametrize("text", ["", "# nothing\n", "faults:\n", "{}"])
def test_an_empty_file_changes_nothing(file, text):
    assert len(Emulator(scenario=file(text)).faults) == 0


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ("fault: []", "fault", "there is no section 'fault'; did you mean faults?"),
        ("- 1", "$", "a scenario has sections: settings, clock, plans, faults"),
        ("faults: {}", "faults", "must be a list, not {}"),
        ("faults: [reset]", "faults[0]", "must have names and values, not 'reset'"),
        ("settings: []", "settings", "must have names and values, not []"),
        ("settings: {job_secs: 1}", "settings.job_secs", "did you mean job_seconds?"),
        ("settings: {job_seconds: soon}", "settings.job_seconds", "job_seconds cannot be 'soon'"),
        ("settings: {job_seconds: -1}", "settings.job_seconds", "it must not be negative"),
        ("settings: {expired_token: 402}", "settings.expired_token", "should be 401 or 403"),
        ("settings: {users: [{name: a, partner: p1}]}", "settings.users", "a user has no partner"),
        ("clock: {advanc: 1}", "clock.advanc", "a clock has no 'advanc'; did you mean advance?"),
        ("clock: {advance: -1}", "clock.advance", "the clock moves forward only"),
        ("clock: {freeze: 1}", "clock.freeze", "must be true or false, not 1"),
        ("clock: {speed: 0}", "clock.speed", "the speed is more than 0"),
        ("plans: [{outcom: Success}]", "plans[0].outcom", "did you mean outcome?"),
        ("plans: [{outcome: Sucess}]", "plans[0].outcome", "did you mean Success?"),
        ("faults: [{operation: '*', reset: true}, {operation: x}]", "faults[1].operation", "no operation 'x'"),
        ("faults: [{operation: get_job_statu, reset: true}]", "faults[0].operation", "did you mean"),
        ("faults: [{operation: '*', reset: true, tims: 1}]", "faults[0].tims", "did you mean times?"),
        ("faults: [{operation: '*'}]", "faults[0]", "say what is to happen"),
        ("faults: [{reset: true}]", "faults[0].operation", "operation is missing"),
        ("faults: []\nfaults: []", "line 2, column 1", "'faults' is there twice"),
        ("faults: [", "line 1, column 10", "this is no YAML"),
        ("a: b: c", "line 1, column 5", "this is no YAML"),
        ("faults: !!python/object/apply:os.getcwd []", "line 1, column 9", "this is no YAML"),
        ("\x00", "$", "this is no YAML"),
        ("[" * 5000, "$", "this is no YAML"),
        (r'a: "\ud800"', "line 1, column 4", "the text has half of a surrogate pair"),
    ],
)
def test_a_mistake_is_named_with_its_place(text, path, message):
    found = mistakes(text)
    assert [place for place, _ in found] == [path], found
    assert message in found[0][1]


def test_all_mistakes_are_told_at_once(file):
    path = file("settings: {sed: 1}\nclock: {speed: fast}\nplans: [7]\nfaults: [{}, {operation: '*', x: 1}]")
    with pytest.raises(WrongScenario) as refused:
        Emulator(scenario=path)
    assert [where for where, _ in refused.value.mistakes] == [
        "settings.sed",
        "clock.speed",
        "plans[0]",
        "faults[0].operation",
        "faults[1].x",
    ]
    first, *lines = str(refused.value).splitlines()
    assert first == f"{path} cannot be applied:"
    assert len(lines) == 5


def test_nothing_is_applied_by_halves(own):
    call = own()
    before = call.emulator.clock.now()
    call.emulator.faults.add("download", reset=True)
    for wrong in (
        {"faults": [{"operation": "*", "status": 500}], "plans": [{"polls": 0}]},
        {"faults": [], "clock": {"advance": 1e15}},
        {"faults": [], "settings": {"seed": 99}},
    ):
        with pytest.raises(WrongScenario):
            call.emulator.apply(wrong)
    assert [rule.kinds for rule in call.emulator.faults] == ["reset"]
    assert call.emulator.clock.now() - before < 60


def test_settings_of_a_running_emulator_must_be_those_it_has(own):
    emulator = own(seed=4).emulator
    emulator.apply({"settings": {"seed": 4}, "faults": [{"operation": "*", "reset": True}]})
    assert len(emulator.faults) == 1
    with pytest.raises(WrongScenario, match=r"settings.seed: the emulator was started with seed=4"):
        emulator.apply({"settings": {"seed": 5}})


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(FileNotFoundError):
        Emulator(scenario=tmp_path / "nowhere.yaml")


def test_a_scenario_over_http(own):
    call = own()
    text = "faults:\n  - {operation: get_job_status, status: 503, times: 1}\nclock: {advance: 60}\n"
    answer = call.raw("POST", "/_emulator/scenario", text.encode())
    assert answer.status == 200, answer.body
    assert [rule["status"] for rule in answer.json["faults"]] == [503]
    assert answer.json["clock"]["ahead"] >= 60
    assert answer.json["plans"] == []
    assert [call("GET", STATUS).status for _ in range(2)] == [503, 200]
    wrong = call.raw("POST", "/_emulator/scenario", b"faults: [{operation: '*', tims: 1, reset: true}]\nx: 1")
    assert (wrong.status, list(wrong.json["errors"])) == (400, ["x", "faults[0].tims"])
    assert call.raw("POST", "/_emulator/scenario", b"x" * (1 << 21)).status == 413


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("no", "no"),
        ("True", "True"),
        ("true", True),
        ("~", None),
        ("", None),
        ("null", None),
        ("12:30", "12:30"),
        ("010", "010"),
        ("2026-11-24", "2026-11-24"),
        ("-3", -3),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("'5'", "5"),
        ("1_000", "1_000"),
        ("<<", "<<"),
    ],
)
def test_plain_words_are_what_they_are_in_json(typed, value):
    assert load(f"{{x: {typed}}}") == {"x": value}
    assert type(load(f"x: {typed}\n")["x"]) is type(value)
