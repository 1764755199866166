"""What the emulator does where the real service's behaviour is not documented: every inference is a switch here.

The text below each setting says what it decides and what the real service may do instead. The groups are the
subjects; what a program or a file sets is one :class:`Settings`, so the groups have fields and no methods.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, Self

HOUR = 3600.0


@dataclass(frozen=True, kw_only=True)
class User:
    """Someone who may call besides the owner of ``token``; what is left out is not narrowed."""

    name: str
    token: str | None = None
    """The token this user has from the start."""

    token_seconds: float | None = None
    """How long after the start that token is good."""

    password: str | None = None
    """What ``/v3/authentication`` wants for a further token."""

    partners: tuple[str, ...] | None = None
    """The partners this user sees, with their advertisers."""

    advertisers: tuple[str, ...] | None = None
    """The advertisers this user sees, of those of the partners."""


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)
class Data:
    """The data it begins with."""

    seed: int = 0
    """The number the synthetic world grows from: the same seed makes the same partners, segments and ids."""

    partners: int = 4
    """How many partners there are; the first two are ``p1`` and ``p2``."""

    advertisers_per_partner: int = 6
    """How many advertisers each partner has."""

    campaigns_per_advertiser: int = 5
    """How many campaigns each advertiser begins with, of three ad groups each."""

    first_party_segments: int = 40
    """How many first-party segments each advertiser of ``p1`` and ``p2`` has, few so that examples are quick."""

    third_party_segments: int = 200
    """How many third-party segments ``p1`` and ``p2`` have each."""

    large_first_party_segments: int = 10_000
    """How many first-party segments each advertiser of the other partners has, as in life. Each is made when it is
    read."""

    large_third_party_segments: int = 100_000
    """How many third-party segments the other partners have each; a job for all of them writes some 50 MB."""


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)
class Callers:
    """Who calls."""

    token: str = "emulator"
    """The token that sees everything and never expires."""

    password: str = "emulator"
    """With the login ``emulator``, what ``/v3/authentication`` gives a further such token for."""

    users: tuple[User, ...] = ()
    """Further users: each a ``User``, or a mapping of its members, with what it sees and how long its token lives."""

    unauthorized_body: Literal["gateway", "problem"] = "gateway"
    """Whether a 401 looks like the gateway's ``{"message":"Unauthorized"}`` or is a ProblemDetails."""

    expired_token: Literal[401, 403] = 401
    """The status for a token whose time is over; REST v3 itself is documented to say 403."""

    expired_token_in_graphql: Literal["status", "error"] = "status"
    """Whether such a token meets that status on a GraphQL request too, or a 200 with ``AUTHENTICATION_FAILURE``."""

    foreign_job: Literal[404, 403] = 404
    """The status for a job of another user; only who submitted a job can read it."""

    foreign_id: Literal[403, 404, 400] = 403
    """The status of a direct operation for what is there but the token may not see."""


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)
class Requests:
    """What is sent and how it is read."""

    editions: Literal["both", "0.7.2", "0.13.2"] = "both"
    """Whose paths and members there are; with one edition alone the other's paths are 404, its members unknown."""

    unknown_members: Literal["ignored", "refused"] = "ignored"
    """What becomes of JSON members the schema lacks: the schema forbids them, the service's framework ignores them.
    ``TTD-Strict-Mode: true`` refuses them for one request."""

    member_case: Literal["ignored", "exact"] = "ignored"
    """Whether ``PartnerID`` is read as ``partnerId``, as the service's framework does, or is an unknown member."""

    null_members: Literal["ignored", "refused"] = "ignored"
    """What becomes of a null where the schema does not allow one: the member counts as left out, or is refused. A
    secondary or tertiary goal is removed by it, as the platform documents."""

    loose_types: Literal["refused", "converted"] = "refused"
    """What becomes of ``"5"`` for a number and of ``0`` for a boolean; the service's framework may convert some."""

    dates_without_zone: Literal["utc", "refused"] = "utc"
    """What becomes of a date without a time zone: the members' names end in Utc, so it is probably read so."""

    empty_input: Literal["refused", "accepted"] = "refused"
    """What becomes of a bulk job whose ``input`` is an empty list."""

    body_limit: int = 30_000_000
    """How many bytes a request may have; this is the default of the service's web server."""

    problem_content_type: Literal["application/json", "application/problem+json", "text/plain"] = "application/json"
    """The content type of problems. The schema says JSON, the framework's default is ``application/problem+json``,
    and other services of the platform answer with text."""


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)
class Jobs:
    """Jobs and their results."""

    job_seconds: float = 3.0
    """How long a job takes. The real service takes seconds to hours, by the size of the work."""

    job_ids: Literal["usual", "large", "colliding"] = "usual"
    """Which numbers jobs get: a sequence for each kind as in samples, both above 2**53, which JavaScript and floats
    cannot hold, or the same numbers for both kinds."""

    timestamps: Literal["microseconds", "ticks", "bare"] = "microseconds"
    """How answers write times: with six digits, with the seven of the service's platform, or without the ``Z``."""

    empty_members: Literal["null", "absent"] = "null"
    """Whether members of a status that have no value are null or left out."""

    failure_document: bool = False
    """Whether a failed job has a result that tells its errors; the documentation has no such thing."""

    bulk_result: Literal["items", "graphql"] = "items"
    """What a bulk job's result is: an array with an element for each input, or ``data`` and ``errors`` as GraphQL has
    them. No sample is public; a program can give ``Emulator`` a format of its own."""

    results_kept_from: Literal["completion", "creation"] = "completion"
    """From when the life of a result counts."""

    url_lifetime: float = HOUR
    """How long a download URL lives. One hour is documented a layer below; the service may sign for longer."""

    results_lifetime: float = 24 * HOUR
    """How long a result is kept."""

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

    limited_jobs: Literal["graphql", "all", "none"] = "graphql"
    """Which jobs are limited in number; documented for GraphQL bulk jobs only."""

    active_limit: int = 10
    """How many jobs of a limited kind run at once; others are ``Queued`` until one ends."""

    queue_limit: int = 20
    """How many jobs of a limited kind may be queued; one more is refused."""

    queue_full: Literal[429, 503] = 429
    """The status for a standard job that finds the queue full; GraphQL bulk jobs get an error in their payload."""

    callback_hosts: tuple[str, ...] = ()
    """Which hosts besides this machine may be called back. The real service calls any."""

    callback_attempts: int = 5
    """How often a callback is tried until it is answered with 2XX. How often the service tries is not documented."""

    callback_pause: float = 1.0
    """Seconds between the first attempt of a callback and the second; each pause is four times the one before."""

    callback_times: Literal["bare", "utc"] = "bare"
    """Whether ``completedAtUtc`` in a callback has no time zone, as the only sample, or ends in Z."""

    job_errors: Literal["json", "lines"] = "json"
    """How the list of errors becomes the string ``errors``: a JSON array as text, or one error a line."""

    bad_query_shape: Literal["failure", "bad_request"] = "failure"
    """Whether a queryShape that is no selection is found by the job, which fails, or at once, with a 400."""

    name_filter: Literal["ignoring_case", "exact"] = "ignoring_case"
    """How nameFilter and ``contains`` find their text in a name; the service may mind upper and lower case."""

    data_target_unknown: Literal[404, 403, 400] = 404
    """The status for a data job on an advertiser or partner that is not there, or not visible."""


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)
class Entities:
    """Campaigns and ad groups."""

    entity_unknown: Literal[400, 403, 404] = 400
    """The status for creating below, or changing, something that is not there; only 400 is declared everywhere."""

    nested_update: Literal["merge", "replace"] = "merge"
    """Whether an object inside an update changes only its given members, or is replaced whole. Goals are replaced."""

    flight_from_budget: bool = True
    """Whether a campaign made with a budget but no flights gets one flight of that budget."""

    flight_required: bool = False
    """Whether a campaign without flights and budget is refused: documented of the platform, but the service's own
    smallest example has none."""

    channels_match: bool = True
    """Whether an ad group's channel must be its campaign's; the platform says "should" in one place, "must" in
    another."""

    bid_floor: float = 0.1
    """The lowest maximum bid a partner allows, in the advertiser's currency; that there is one is documented, its
    height is not."""

    bids_ordered: bool = True
    """Whether a maximum bid below the base bid is refused."""

    creative_required: bool = False
    """Whether an ad group is enabled only with an approved creative: documented of the platform. ``creatives`` of an
    advertiser in GraphQL tells which are approved."""

    amounts_checked: bool = True
    """Whether negative budgets and bids are refused."""

    archive_spares_active: bool = True
    """Whether archiving what is active is refused unless forceArchive is true: a campaign with enabled ad groups or a
    flight under way, an enabled ad group in such a flight."""


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)
class Passthrough:
    """GraphQL and REST v3."""

    page_size: int = 10
    """How many nodes a GraphQL connection shows when ``first`` is left out."""

    rest_empty: Literal[240, 200] = 240
    """The status of REST v3 for a success with nothing to say: 240 is documented, the passthrough declares 200 only."""

    complexity_limit: int | None = 1_000_000
    """How many things a GraphQL request may show at most, counted before it runs, page by page; that there is a limit
    is documented, its height and its points are not. ``None`` is no limit."""

    introspection: Literal["answered", "null"] = "answered"
    """Whether ``__schema`` and ``__type`` are answered; the documentation says so, a live test found null."""

    rest_unknown: Literal[403, 404] = 403
    """The status of REST v3 for an endpoint or a thing that is not there; 403 is documented, 404 was seen."""


# The groups of a class are read from the last to the first.
@dataclass(frozen=True, kw_only=True)
class Settings(Passthrough, Entities, Jobs, Requests, Callers, Data):
    """How one emulator behaves. The defaults are the likeliest reading of what is public."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "users", tuple(_user(given) for given in self.users))

    def with_segments(self, count: int) -> Self:
        """The same with so many segments for each owner of some."""
        return replace(
            self,
            first_party_segments=count,
            third_party_segments=count,
            large_first_party_segments=count,
            large_third_party_segments=count,
        )


def _user(given: User | Mapping[str, Any]) -> User:
    """A user as a settings file writes it, or as a program does."""
    if isinstance(given, User):
        return given
    if not isinstance(given, Mapping):
        raise ValueError(f"a user has names and values, such as name: ann, and is not {given!r}")  # noqa: TRY004 - one error for all that a setting cannot be
    if unknown := set(given) - {field.name for field in fields(User)}:
        known = ", ".join(field.name for field in fields(User))
        raise ValueError(f"a user has no {', '.join(sorted(unknown))}; it has {known}")
    if "name" not in given:
        raise ValueError("a user needs a name")
    members: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in given.items()
    }
    for name, value in members.items():
        if value is not None and not _is_right(name, value):
            raise ValueError(f"{name} of a user must be {_WANTED.get(name, 'a text')}, not {value!r}")
    return User(**members)


_WANTED = {
    "token_seconds": "a number of seconds",
    "partners": "a list of ids",
    "advertisers": "a list of ids",
}


def _is_right(name: str, value: Any) -> bool:
    if name == "token_seconds":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if name in _WANTED:
        return isinstance(value, tuple) and all(isinstance(id, str) for id in value)
    return isinstance(value, str)
