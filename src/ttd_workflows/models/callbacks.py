"""Where the service calls back when a job has ended. The two job kinds differ in how headers are written."""

from ttd_workflows.models.base import Input, NonEmpty


class WorkflowCallbackInput(Input):
    """Where the service reports that a standard job has ended; headers as a mapping."""

    callback_url: NonEmpty
    callback_headers: dict[str, str] | None = None


class KeyValuePairOfStringAndStringInput(Input, only="0.13.2"):
    """One header of a GraphQL bulk job's callback."""

    key: str | None
    value: str | None


class GraphQlBulkJobCallbackInput(Input, only="0.13.2"):
    """Where the service reports that a GraphQL bulk job has ended; headers as a list of pairs."""

    callback_url: NonEmpty
    callback_headers: list[KeyValuePairOfStringAndStringInput] | None = None
