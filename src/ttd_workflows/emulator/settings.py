"""What the emulator does where the real service's behaviour is not documented: every inference is a switch here.

The text below each setting says what it decides and what the real service may do instead.
"""

from dataclasses import dataclass
from typing import Literal

HOUR = 3600.0


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How one emulator behaves. The defaults are the likeliest reading of what is public."""

    seed: int = 0
    """The number the synthetic world grows from: the same seed makes the same partners, segments and ids."""

    token: str = "emulator"
    """The one token that is accepted. The real service has many, each seeing its own partners only."""

    job_seconds: float = 3.0
    """How long a job takes. The real service takes seconds to hours, by the size of the work."""

    partners: int = 4
    """How many partners there are; the first two are ``p1`` and ``p2``."""

    advertisers_per_partner: int = 6
    """How many advertisers each partner has."""

    campaigns_per_first_advertiser: int = 4
    """How many campaigns the first advertiser of each partner begins with."""

    first_party_segments: int = 40
    """How many first-party segments each advertiser has."""

    third_party_segments: int = 200
    """How many third-party segments each partner has; each is made when it is read, so 100,000 will do."""

    url_lifetime: float = 1 * HOUR
    """How long a download URL lives. One hour is documented a layer below; the service may sign for longer."""

    results_lifetime: float = 24 * HOUR
    """How long a result is kept, counted from completion; the service may count from creation."""

    expired_status: Literal["ResultsExpired", "kept"] = "ResultsExpired"
    """What an expired standard job says. Edition 0.7.2 knows no ``ResultsExpired``: there the old word may stay."""

    raw_result_limit: int = 20 * 1024 * 1024
    """Up to how many bytes a result comes inline as ``rawResult``; "20MB" may also mean 20,000,000 or characters."""

    raw_result_beside_url: bool = True
    """Whether a small result has ``url`` as well as ``rawResult``; the service may fill only one of them."""

    percentage_at_start: float | None = 0.0
    """The completion percentage before anything is done; it may be null."""

    percentage_of_failure: float | None = 99.0
    """The completion percentage of a failed job; it may be null, or 100."""

    queued_share: float = 0.1
    """The share of its time that a GraphQL bulk job is ``Queued``; standard jobs have no such status."""

    job_errors: Literal["json", "lines"] = "json"
    """How the list of errors becomes the string ``errors``: a JSON array as text, or one error a line."""

    bad_query_shape: Literal["failure", "bad_request"] = "failure"
    """Whether a queryShape that is no selection is found by the job, which fails, or at once, with a 400."""

    name_filter: Literal["ignoring_case", "exact"] = "ignoring_case"
    """How nameFilter and ``contains`` find their text in a name; the service may mind upper and lower case."""

    data_target_unknown: Literal[404, 403, 400] = 404
    """The status for a data job on an advertiser or partner that is not there, or not visible."""

    entity_unknown: Literal[400, 403, 404] = 400
    """The status for creating below, or changing, something that is not there; only 400 is declared everywhere."""

    empty_input: Literal["refused", "accepted"] = "refused"
    """What becomes of a bulk job whose ``input`` is an empty list."""

    unknown_members: Literal["ignored", "refused"] = "ignored"
    """What becomes of JSON members the schema lacks: the schema forbids them, the service's framework ignores them."""

    dates_without_zone: Literal["utc", "refused"] = "utc"
    """What becomes of a date without a time zone: the members' names end in Utc, so it is probably read so."""

    nested_update: Literal["merge", "replace"] = "merge"
    """Whether an object inside an update changes only its given members, or is replaced whole. Goals are replaced."""

    flight_from_budget: bool = True
    """Whether a campaign made with a budget but no flights gets one flight of that budget."""

    archive_spares_active: bool = True
    """Whether archiving a campaign with enabled ad groups is refused unless forceArchive is true."""

    rest_unknown: Literal[403, 404] = 403
    """The status of REST v3 for an endpoint or a thing that is not there; 403 is documented, 404 was seen."""

    page_size: int = 10
    """How many nodes a GraphQL connection shows when ``first`` is left out."""

    body_limit: int = 30_000_000
    """How many bytes a request may have; this is the default of the service's web server."""

    unauthorized_body: Literal["gateway", "problem"] = "gateway"
    """Whether a 401 looks like the gateway's ``{"message":"Unauthorized"}`` or is a ProblemDetails."""

    problem_content_type: str = "application/json"
    """The content type of problems; ``application/problem+json`` is what the framework would send by default."""
