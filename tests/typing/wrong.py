"""Wrong uses. Never run: each line marked ``# wrong`` must be reported by mypy and by pyright, and no other line."""

from typing import assert_type

from ttd_workflows import Workflows, models
from ttd_workflows.operations import JobStatus


def wrong(workflows: Workflows, declared: JobStatus) -> None:
    workflows.job_status.get_job_status(id=[412651])  # wrong
    workflows.job_status.get_job_status(412651)  # wrong
    workflows.job_status.get_job_status()  # wrong
    workflows.job_status.get_job_status(id=1, timeout="5")  # wrong
    workflows.job_status.get_job_status(id=1, repeat="always")  # wrong
    workflows.job_status.get_job_stats(id=1)  # wrong
    workflows.dmp.get_third_party_data_job(request=models.FirstPartyDataInput(advertiser_id="a"))  # wrong
    models.ThirdPartyDataInput(partner="p1")  # wrong
    assert_type(workflows.job_status.get_job_status_async(id=1), models.TypeBasedJobStatusResponse)  # wrong
    workflows.job_status.get_job_status(id=1).percent  # wrong  # noqa: B018
    declared.get_job_status(id="x", server=1)  # wrong
    declared.get_job_status_async()  # wrong
    Workflows(edition=72)  # wrong
    workflows.jobs.third_party_data(partner="p1")  # wrong
    workflows.jobs.get(1).wait(timeout="1h")  # wrong
    typed: models.ThirdPartyDataInputTypedDict = {"partner": "p1"}  # wrong
    print(typed)
