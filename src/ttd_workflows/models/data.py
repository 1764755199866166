"""Requests for first-party and third-party data."""

from ttd_workflows.models.base import Input, NonEmpty, Omittable
from ttd_workflows.models.callbacks import WorkflowCallbackInput


class FirstPartyDataInput(Input):
    """Which advertiser's first-party data to pull, and in which shape."""

    advertiser_id: NonEmpty
    name_filter: str | None = None
    query_shape: str | None = None
    callback_input: Omittable[WorkflowCallbackInput] = None


class ThirdPartyDataInput(Input):
    """Which partner's third-party data to pull, and in which shape."""

    partner_id: NonEmpty
    query_shape: str | None = None
    callback_input: Omittable[WorkflowCallbackInput] = None
