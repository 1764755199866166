"""The page does what it shows: jobs move, requests come in, faults and clock obey, in every size and light."""

import json
import re
from itertools import product

import pytest

from ttd_workflows.errors import ServerError

SHAPE = {"partner_id": "p1", "query_shape": "nodes { id name }"}
PANELS = ("jobs", "journal", "faults", "world", "graphql")


def submit(workflows):
    return workflows.dmp.get_third_party_data_job(request=SHAPE).id


def row(page, text):
    return page.locator("section:not([hidden]) tbody tr", has_text=text)


def test_a_job_appears_moves_and_ends_without_a_reload(open_page, emulator, workflows):
    emulator.clock.freeze()
    page = open_page("jobs")
    job = submit(workflows)
    here = row(page, f"standard:{job}")
    here.get_by_text("InProgress").wait_for()
    emulator.clock.advance(30)
    here.get_by_text("50 %").wait_for()
    emulator.clock.advance(30)
    here.get_by_text("Success").wait_for()
    here.get_by_text("100 %").wait_for()


def test_the_progress_of_a_job_moves_between_two_events(open_page, emulator, workflows):
    page = open_page("jobs")
    job = submit(workflows)
    emulator.clock.speed(20)
    here = row(page, f"standard:{job}")
    seen = set()
    while "100 %" not in (text := here.inner_text()):
        seen.update(re.findall(r"(\d+) %", text))
        page.wait_for_timeout(100)
    assert len(seen) > 3


def test_a_job_is_opened_and_ended_by_hand(open_page, workflows):
    page = open_page("jobs")
    job = submit(workflows)
    row(page, f"standard:{job}").click()
    details = page.locator("aside:visible")
    assert "get_third_party_data_job" in details.inner_text()
    assert '"partnerId": "p1"' in details.inner_text()
    details.get_by_role("button", name="Fail").click()
    details.locator(".timeline li", has_text="Failure").wait_for()
    assert "Failed by hand." in details.inner_text()
    assert str(workflows.job_status.get_job_status(id=job).status) == "Failure"


def test_jobs_are_filtered_by_word_and_status(open_page, workflows):
    page = open_page("jobs")
    job = submit(workflows)
    row(page, f"standard:{job}").wait_for()
    page.keyboard.press("/")
    page.keyboard.type(f":{job}")
    row(page, "").nth(1).wait_for(state="detached")
    assert row(page, f"standard:{job}").count() == 1
    page.locator("#panel-jobs").get_by_label("Any status").select_option("Failure")
    page.locator("#panel-jobs").get_by_text("Nothing passes the filters.").wait_for()


def test_the_journal_has_requests_with_their_bodies(open_page, workflows):
    page = open_page("journal")
    submit(workflows)
    submit(workflows)
    again = row(page, "again")
    again.click()
    details = page.locator("aside:visible")
    details.get_by_text('"queryShape": "nodes { id name }"').wait_for()
    text = details.inner_text()
    assert "ttd-auth: ***" in text
    assert "emulator" not in text.split("Request")[1].split("Answer")[0].lower()
    page.keyboard.press("Escape")
    details.wait_for(state="hidden")


def test_the_journal_is_searched_in_the_bodies_too(open_page, workflows):
    page = open_page("journal")
    submit(workflows)
    workflows.job_status.get_job_status(id=412651)
    row(page, "412651").wait_for()
    page.get_by_label("Filter the journal").fill("queryShape")
    row(page, "412651").wait_for(state="detached")
    row(page, "thirdpartydata").wait_for()


def test_a_fault_is_added_acts_and_is_switched_off(open_page, emulator, workflows):
    page = open_page("faults")
    page.get_by_label("Operation", exact=True).select_option("job_status.get_job_status")
    page.get_by_label("Fault", exact=True).select_option("status")
    page.get_by_label(re.compile("^status")).fill("503")
    page.get_by_role("button", name="Add").click()
    here = row(page, "job_status.get_job_status")
    here.wait_for()
    with pytest.raises(ServerError):
        workflows.job_status.get_job_status(id=412651, retries=None)
    here.get_by_text(re.compile(r"^1 \S$")).wait_for()
    here.get_by_role("switch").uncheck()
    page.locator("#tab-faults .count", has_text=re.compile("^$")).wait_for(state="attached")
    assert str(workflows.job_status.get_job_status(id=412651).status) == "Success"
    here.get_by_role("button", name="Remove").click()
    page.get_by_text("No fault is set").wait_for()
    assert list(emulator.faults) == []


def test_a_wrong_fault_is_refused_in_words(open_page):
    page = open_page("faults")
    page.get_by_label("Fault", exact=True).select_option("truncate")
    page.get_by_label(re.compile("^truncate")).fill("-5")
    with page.expect_response("**/_emulator/faults") as answered:
        page.get_by_role("button", name="Add").click()
    assert answered.value.status == 400
    page.locator("#notices .bad", has_text="truncate").wait_for()


def test_the_clock_is_frozen_and_moved(open_page, emulator):
    page = open_page("jobs")
    page.keyboard.press("f")
    page.get_by_text("frozen").wait_for()
    before = emulator.clock.now()
    page.get_by_role("button", name="+1 h").click()
    page.get_by_text("frozen, +60 min").wait_for()
    assert emulator.clock.now() == before + 3600
    page.get_by_role("button", name="Resume").click()
    page.get_by_role("button", name="Freeze").wait_for()


def test_the_world_is_walked_from_a_partner_to_its_ad_groups(open_page):
    page = open_page("world")
    row(page, "p1").click()
    row(page, "adv0001").click()
    row(page, "0391336").click()
    row(page, "w9mii67").wait_for()
    page.get_by_role("button", name="Partners", exact=True).click()
    row(page, "p2").get_by_role("button", name="Third-party data").click()
    page.get_by_role("button", name="Show more").click()
    page.locator("#panel-world tbody tr").nth(99).wait_for()


def test_the_explorer_runs_a_query_completes_words_and_shows_the_schema(open_page):
    page = open_page("graphql")
    page.locator(".schema").get_by_text("partners(").wait_for()
    query = page.get_by_label("Query", exact=True)
    query.fill("{ partners(first: 1) { nodes { na")
    query.press("End")
    query.press_sequentially("m")
    page.get_by_role("option", name="name", exact=True).wait_for()
    query.press("Tab")
    query.press_sequentially(" } } }")
    page.get_by_label("Variables, as JSON").fill("")
    query.press("Control+Enter")
    page.get_by_label("Answer").get_by_text('"Partner p1"').wait_for()
    page.locator(".schema").get_by_text("advertiser(").first.click()
    page.locator(".schema").get_by_text("vettingStatus").wait_for()


def test_reset_asks_and_goes_back_to_the_seed(open_page, emulator, workflows):
    page = open_page("jobs")
    job = submit(workflows)
    row(page, f"standard:{job}").wait_for()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Reset").click()
    row(page, f"standard:{job}").wait_for(state="detached")
    row(page, "standard:412651").wait_for()


def test_it_finds_the_emulator_again_after_it_was_away(open_page, emulator, workflows):
    page = open_page("jobs")
    page.context.set_offline(True)
    job = submit(workflows)
    page.context.set_offline(False)
    row(page, f"standard:{job}").wait_for()


def test_it_is_used_by_keyboard_alone(open_page, workflows):
    page = open_page("jobs")
    row(page, "standard:412651").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.locator("aside:visible").wait_for()
    page.keyboard.press("Escape")
    page.locator("aside:visible").wait_for(state="detached")
    for place, panel in enumerate(PANELS, 1):
        page.keyboard.press(str(place))
        assert page.locator(f"#panel-{panel}").is_visible()
    page.locator("#tab-graphql").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#panel-jobs").is_visible()
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").wait_for()


def test_the_colours_follow_the_system_until_they_are_chosen(open_page):
    page = open_page(theme="dark")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.locator("#theme").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "light"


def test_many_jobs_and_requests_are_all_there(open_page, workflows):
    page = open_page("jobs")
    for _ in range(300):
        submit(workflows)
    page.locator("#tab-journal .count", has_text=re.compile("^300$")).wait_for()
    page.locator("#panel-jobs tbody tr").nth(301).wait_for()


@pytest.mark.parametrize(("panel", "size"), list(product(PANELS, ("laptop", "tablet", "phone"))))
def test_nothing_is_inaccessible_or_out_of_its_place(open_page, emulator, workflows, picture, panel, size):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    emulator.faults.add("campaign.create", status=503, times=2)
    job = submit(workflows)
    for theme in ("light", "dark"):
        page = open_page(panel, size, theme)
        if panel in {"jobs", "journal"}:
            row(page, str(job) if panel == "jobs" else "thirdpartydata").click()
            page.locator("aside:visible").wait_for()
        elif panel == "world":
            row(page, "p1").wait_for()
        grave = [
            {"rule": found["id"], "where": [node["target"] for node in found["nodes"]]}
            for found in axe.run(page).response["violations"]
            if found["impact"] in {"serious", "critical"}
        ]
        assert grave == [], json.dumps(grave, indent=1)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the screen"
        picture(page, f"{panel}-{size}-{theme}")
