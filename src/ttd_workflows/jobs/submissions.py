"""``workflows.jobs``: the seven submissions, and the ways back to a job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from ttd_workflows import errors
from ttd_workflows.core.forms import awaiting, blocking
from ttd_workflows.core.surface import finish
from ttd_workflows.jobs.events import Ended, Event
from ttd_workflows.jobs.following import QUESTIONS_PER_SECOND, Deadline, follow
from ttd_workflows.jobs.job import Job
from ttd_workflows.jobs.late_desk import LateDesk
from ttd_workflows.jobs.pace import Polling
from ttd_workflows.jobs.recorded import Recorded
from ttd_workflows.jobs.reference import PART, Reference, Token
from ttd_workflows.jobs.split import INPUTS_PER_JOB, SplitJob
from ttd_workflows.operations import AdGroup, Campaign, Dmp, GraphQLRequest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator
    from datetime import timedelta

    from ttd_workflows.core.operation import Operation
    from ttd_workflows.core.surface import Port
    from ttd_workflows.jobs.result import Result
    from ttd_workflows.jobs.submitting import Desk
    from ttd_workflows.models.ad_groups import AdGroupCreateWorkflowInput, AdGroupUpdateWorkflowInput
    from ttd_workflows.models.base import Input
    from ttd_workflows.models.callbacks import GraphQlBulkJobCallbackInput, WorkflowCallbackInput
    from ttd_workflows.models.campaigns import CampaignCreateWorkflowInput, CampaignUpdateWorkflowInput

Members = Mapping[str, Any]


class Jobs(Recorded):
    """Starting jobs, each once, and coming back to them.

    More inputs than ``per_job`` are split into several jobs, with keys derived from ``key``, which read as one.

    Every submission takes ``key=``, a name of the caller's for this one wish (``"3pd/2026-11-24"``): the same key
    again, in another process or after a crash, gives the same job and sends nothing. ``labels=`` are kept with it.
    """

    @blocking
    async def first_party_data(
        self,
        port: Port,
        /,
        *,
        advertiser_id: str,
        name_filter: str | None = None,
        query_shape: str | None = None,
        callback_input: WorkflowCallbackInput | Members | None = None,
        key: str | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Job:
        """Pull an advertiser's first-party data, in the shape of ``query_shape`` (GraphQL, from ``nodes`` on)."""
        members = {
            "advertiser_id": advertiser_id,
            "name_filter": name_filter,
            "query_shape": query_shape,
            "callback_input": callback_input,
        }
        return await self._single(
            port, Dmp.get_first_party_data_job, "FirstPartyDataInput", members, key=key, labels=labels
        )

    first_party_data_async = awaiting(first_party_data)

    @blocking
    async def third_party_data(
        self,
        port: Port,
        /,
        *,
        partner_id: str,
        query_shape: str | None = None,
        callback_input: WorkflowCallbackInput | Members | None = None,
        key: str | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Job:
        """Pull a partner's third-party data, in the shape of ``query_shape`` (GraphQL, from ``nodes`` on)."""
        members = {"partner_id": partner_id, "query_shape": query_shape, "callback_input": callback_input}
        return await self._single(
            port, Dmp.get_third_party_data_job, "ThirdPartyDataInput", members, key=key, labels=labels
        )

    third_party_data_async = awaiting(third_party_data)

    @blocking
    async def create_campaigns(
        self,
        port: Port,
        /,
        inputs: Sequence[CampaignCreateWorkflowInput | Members],
        *,
        validate_input_only: bool | None = None,
        callback_input: WorkflowCallbackInput | Members | None = None,
        key: str | None = None,
        labels: Mapping[str, str] | None = None,
        per_job: int = INPUTS_PER_JOB,
    ) -> Job:
        """Create campaigns, each with its ad groups. ``validate_input_only`` makes a check of it, and claims no key."""
        return await self._bulk(
            port,
            Campaign.create_campaigns_job,
            "CampaignBulkCreateWorkflowInputWithValidation",
            {"input": inputs, "validate_input_only": validate_input_only, "callback_input": callback_input},
            key=key,
            labels=labels,
            per_job=per_job,
        )

    create_campaigns_async = awaiting(create_campaigns)

    @blocking
    async def update_campaigns(
        self,
        port: Port,
        /,
        inputs: Sequence[CampaignUpdateWorkflowInput | Members],
        *,
        validate_input_only: bool | None = None,
        callback_input: WorkflowCallbackInput | Members | None = None,
        key: str | None = None,
        labels: Mapping[str, str] | None = None,
        per_job: int = INPUTS_PER_JOB,
    ) -> Job:
        """Change campaigns. The service may act at once: the job then has no reference, and ``payload`` a campaign."""
        return await self._bulk(
            port,
            Campaign.update_campaigns_job,
            "CampaignBulkUpdateWorkflowInputWithValidation",
            {"input": inputs, "validate_input_only": validate_input_only, "callback_input": callback_input},
            key=key,
            labels=labels,
            per_job=per_job,
        )

    update_campaigns_async = awaiting(update_campaigns)

    @blocking
    async def create_ad_groups(
        self,
        port: Port,
        /,
        inputs: Sequence[AdGroupCreateWorkflowInput | Members],
        *,
        validate_input_only: bool | None = None,
        callback_input: WorkflowCallbackInput | Members | None = None,
        key: str | None = None,
        labels: Mapping[str, str] | None = None,
        per_job: int = INPUTS_PER_JOB,
    ) -> Job:
        """Create ad groups. ``validate_input_only`` makes a check of it, and claims no key."""
        return await self._bulk(
            port,
            AdGroup.create_ad_groups_job,
            "AdGroupBulkCreateWorkflowInputWithValidation",
            {"input": inputs, "validate_input_only": validate_input_only, "callback_input": callback_input},
            key=key,
            labels=labels,
            per_job=per_job,
        )

    create_ad_groups_async = awaiting(create_ad_groups)

    @blocking
    async def update_ad_groups(
        self,
        port: Port,
        /,
        inputs: Sequence[AdGroupUpdateWorkflowInput | Members],
        *,
        validate_input_only: bool | None = None,
        callback_input: WorkflowCallbackInput | Members | None = None,
        key: str | None = None,
        labels: Mapping[str, str] | None = None,
        per_job: int = INPUTS_PER_JOB,
    ) -> Job:
        """Change ad groups. ``validate_input_only`` makes a check of it, and claims no key."""
        return await self._bulk(
            port,
            AdGroup.update_ad_groups_job,
            "AdGroupBulkUpdateWorkflowInputWithValidation",
            {"input": inputs, "validate_input_only": validate_input_only, "callback_input": callback_input},
            key=key,
            labels=labels,
            per_job=per_job,
        )

    update_ad_groups_async = awaiting(update_ad_groups)

    @blocking
    async def graphql_bulk_query(
        self,
        port: Port,
        /,
        query: str,
        *,
        beta_features: str | None = None,
        callback_input: GraphQlBulkJobCallbackInput | Members | None = None,
        key: str | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Job:
        """Run a GraphQL query to its last page. Its job has an id of its own kind: ``graphql:2989826``."""
        members = {"query": query, "beta_features": beta_features, "callback_input": callback_input}
        operation = GraphQLRequest.submit_graph_ql_bulk_query_job
        return await self._single(port, operation, "GraphQlQueryJobInput", members, key=key, labels=labels)

    graphql_bulk_query_async = awaiting(graphql_bulk_query)

    def get(self, job: int | str | Reference | Token | Mapping[str, Any]) -> Job:
        """The job of an id, a reference or a token. Nothing is asked yet.

        Raises:
            InputError: It names no job, or one of another server.
        """
        desk = cast("Desk", LateDesk(self._exchange, lambda: self._desk))
        if isinstance(job, (int, Reference)) or (isinstance(job, str) and not job.lstrip().startswith("{")):
            reference = Reference.parse(str(job) if isinstance(job, Reference) else job)
            return Job(desk, reference)
        token = job if isinstance(job, Token) else Token.parse(job)
        here = token.server == self._exchange.settings.server_url.rstrip("/")  # as a rule, and nothing is loaded for it
        if not here and token.server != desk.server:
            raise errors.InputError(f"{token.reference} is a job of {token.server}; this client asks {desk.server}")
        return Job(desk, token.reference, operation=token.operation, key=token.key)

    def of(self, answer: Any) -> Job:
        """The job that a documented submit call was answered with."""
        from ttd_workflows.jobs.submitting import job_of  # noqa: PLC0415 - with the models

        return Job(self._desk, job_of(answer, "the answer"), payload=answer)

    def as_completed(
        self,
        jobs: Iterable[Job],
        *,
        timeout: float | timedelta | None = None,
        on_event: Callable[[Event], object] | None = None,
        poll: Polling = Polling(),
        questions_per_second: float = QUESTIONS_PER_SECOND,
    ) -> Iterator[Job]:
        """Each job as it ends, well or not (``job.last`` says how). All together ask at most so many questions."""
        ended = self._ended(
            jobs,
            self._exchange.blocking,
            timeout=timeout,
            on_event=on_event,
            poll=poll,
            questions_per_second=questions_per_second,
        )
        while (job := finish(_next(ended))) is not None:
            yield job

    async def as_completed_async(
        self,
        jobs: Iterable[Job],
        *,
        timeout: float | timedelta | None = None,
        on_event: Callable[[Event], object] | None = None,
        poll: Polling = Polling(),
        questions_per_second: float = QUESTIONS_PER_SECOND,
    ) -> AsyncIterator[Job]:
        """Each job as it ends, well or not (``job.last`` says how). All together ask at most so many questions."""
        async for job in self._ended(
            jobs,
            self._exchange.awaiting,
            timeout=timeout,
            on_event=on_event,
            poll=poll,
            questions_per_second=questions_per_second,
        ):
            yield job

    @blocking
    async def wait_all(
        self,
        port: Port,
        /,
        jobs: Iterable[Job],
        *,
        timeout: float | timedelta | None = None,
        on_event: Callable[[Event], object] | None = None,
        poll: Polling = Polling(),
        questions_per_second: float = QUESTIONS_PER_SECOND,
    ) -> list[Result | errors.JobError]:
        """Wait until all jobs have ended: for each, in the order given, its result or the error it came to.

        Raises:
            WaitTimeout: The time is over; it names the jobs that go on.
        """
        jobs = list(jobs)
        async for _ in self._ended(
            jobs, port, timeout=timeout, on_event=on_event, poll=poll, questions_per_second=questions_per_second
        ):
            pass
        return [_outcome(job) for job in jobs]

    wait_all_async = awaiting(wait_all)

    def close(self) -> None:
        """Let go of the ledger's file."""
        if "_desk" in self.__dict__ and self.ledger is not None:
            self.ledger.close()

    async def _single(
        self,
        port: Port,
        operation: Operation[Any, Any],
        model: str,
        members: Members,
        *,
        key: str | None,
        labels: Mapping[str, str] | None,
    ) -> Job:
        request = await port.blocking(lambda: _built(model, members))
        desk = await port.blocking(lambda: self._desk)
        return await desk.submit(port, operation, request, key=key, labels=labels)

    async def _bulk(
        self,
        port: Port,
        operation: Operation[Any, Any],
        model: str,
        members: Members,
        *,
        key: str | None,
        labels: Mapping[str, str] | None,
        per_job: int,
    ) -> Job:
        if per_job < 1:
            raise errors.InputError(f"per_job={per_job!r}: a job has at least one input")
        inputs = list(members["input"])
        shares = [inputs[start : start + per_job] for start in range(0, len(inputs), per_job)] or [[]]
        # All are checked before any is sent.
        requests = await port.blocking(lambda: [_built(model, {**members, "input": share}) for share in shares])
        desk = await port.blocking(lambda: self._desk)
        # The first part goes by the key itself and stands for all: other inputs under the key are another submission.
        whole = "" if len(shares) == 1 else "\n".join(request.wire().decode() for request in requests)
        jobs: list[Job] = []
        for number, (request, share) in enumerate(zip(requests, shares, strict=True), 1):
            own = key if key is None or number == 1 else f"{key}{PART}{number}"
            part_of = whole if number == 1 else ""
            try:
                job = await desk.submit(port, operation, request, key=own, labels=labels, inputs=share, whole=part_of)
            except errors.WorkflowsError as error:
                error.taken_on = tuple(str(job.reference or "") for job in jobs)
                if jobs:
                    error.add_note(f"taken on before this one: {', '.join(job.name for job in jobs)}")
                raise
            jobs.append(job)
        return jobs[0] if len(jobs) == 1 else SplitJob(desk, jobs, key=key, inputs=inputs)

    async def _ended(
        self,
        jobs: Iterable[Job],
        port: Port,
        *,
        timeout: float | timedelta | None,
        on_event: Callable[[Event], object] | None,
        poll: Polling,
        questions_per_second: float,
    ) -> AsyncIterator[Job]:
        jobs = list(jobs)
        parts = [part for job in jobs for part in job.parts if part.reference is not None]
        left = {job: {part.reference for part in job.parts if part.reference is not None} for job in jobs}
        for job in [job for job in jobs if not left[job]]:
            yield job
        happening = follow(
            parts,
            port,
            Deadline(port, timeout),
            poll=poll,
            questions_per_second=questions_per_second,
        )
        async for event in happening:
            if on_event is not None:
                on_event(event)
            if isinstance(event, Ended):
                for job, open_parts in left.items():
                    if event.reference in open_parts:
                        open_parts.discard(event.reference)
                        if not open_parts:
                            job.sum_up()
                            yield job


def _built(model: str, members: Members) -> Input:
    """The request, checked. Raises :class:`InputError`; what is ``None`` is left out."""
    from ttd_workflows.jobs.submitting import checked  # noqa: PLC0415 - with the models

    return checked(model, {name: value for name, value in members.items() if value is not None})


def _outcome(job: Job) -> Result | errors.JobError:
    try:
        return job.outcome()
    except errors.JobError as error:
        return error


async def _next(ended: AsyncIterator[Job]) -> Job | None:
    return await anext(ended, None)
