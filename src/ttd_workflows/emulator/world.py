"""Everything an emulator knows, as one object that can be written as JSON and read back.

No closures, locks or open files in here. What is stored about campaigns and ad groups is what was sent, by wire name;
a change replaces the stored object, so that a shallow copy of the world is a picture of one moment.
"""

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, Self, TypeVar

from ttd_workflows.emulator import synthetic

JobKind = Literal["standard", "graphql"]
Members = dict[str, Any]


@dataclass(frozen=True)
class Partner:
    """Who owns advertisers and sees third-party data."""

    id: str
    name: str


@dataclass(frozen=True)
class Advertiser:
    """Who owns campaigns and first-party data."""

    id: str
    partner_id: str
    name: str
    default_seed_id: str


@dataclass(frozen=True)
class Campaign:
    """A campaign: ``primary`` and ``advanced`` as they were sent, and its flights, which have ids."""

    id: str
    advertiser_id: str
    primary: Members
    advanced: Members
    flights: list[Members]
    created_at: float
    updated_at: float
    is_archived: bool = False


@dataclass(frozen=True)
class AdGroup:
    """An ad group, in the same form; its flights name the campaign's flights by number."""

    id: str
    campaign_id: str
    primary: Members
    advanced: Members
    created_at: float
    updated_at: float
    is_archived: bool = False


T = TypeVar("T", Partner, Advertiser, Campaign, AdGroup)
_TABLES = {Partner: "partners", Advertiser: "advertisers", Campaign: "campaigns", AdGroup: "ad_groups"}


@dataclass(frozen=True)
class IssuedToken:
    """A token that was asked for: whose it is and until when it is good."""

    user: str
    expires_at: float


@dataclass(frozen=True)
class Outcome:
    """How a job ended. ``items`` are the outcomes of a bulk job's inputs; other results are computed when asked for."""

    status: Literal["Success", "PartialSuccess", "Failure"]
    errors: list[str] = field(default_factory=list)
    items: list[Members] | None = None
    size: int = 0
    """Bytes of the result file."""


@dataclass(frozen=True)
class Job:
    """A job: what was asked for and when. ``seconds`` is ``None`` for a job that never ends."""

    kind: JobKind
    id: int
    operation: str
    input: Members
    created_at: float
    seconds: float | None
    outcome: Outcome | None = None
    user: str = "emulator"
    """Who submitted it; nobody else can see it, and it sees what they see."""

    @property
    def ends_at(self) -> float | None:
        """When it ends, on the emulator's clock."""
        return None if self.seconds is None else self.created_at + self.seconds


@dataclass
class World:
    """The state of one emulator."""

    seed: int
    born_at: float
    secret: str
    """Signs the result URLs."""
    partners: dict[str, Partner] = field(default_factory=dict)
    advertisers: dict[str, Advertiser] = field(default_factory=dict)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    ad_groups: dict[str, AdGroup] = field(default_factory=dict)
    jobs: dict[str, dict[int, Job]] = field(default_factory=lambda: {"standard": {}, "graphql": {}})
    sequences: dict[str, int] = field(default_factory=dict)
    """The last number given out, by what it counts."""
    tokens: dict[str, IssuedToken] = field(default_factory=dict)
    """The tokens that were issued, by digest."""
    changes: int = 0
    """How often a campaign or an ad group was stored."""

    def number(self, sequence: str) -> int:
        """The next number of a sequence."""
        self.sequences[sequence] = self.sequences.get(sequence, 0) + 1
        return self.sequences[sequence]

    def entity_id(self) -> str:
        """An id that nothing else has."""
        while True:
            made = synthetic.entity_id(self.seed, self.number("entity"))
            if made not in self.campaigns and made not in self.ad_groups and made not in self.advertisers:
                return made

    def put(self, entity: Campaign | AdGroup) -> None:
        """Store a campaign or an ad group, new or in its new state."""
        self.changes += 1
        if isinstance(entity, Campaign):
            self.campaigns[entity.id] = entity
        else:
            self.ad_groups[entity.id] = entity

    def table(self, kind: type[T]) -> dict[str, T]:
        """The things of one kind by id."""
        things: dict[str, T] = getattr(self, _TABLES[kind])
        return things

    def issue(self, digest: str, token: IssuedToken) -> None:
        """Remember a token that was handed out."""
        self.tokens[digest] = token

    def add_job(
        self,
        kind: JobKind,
        operation: str,
        input: Members,
        now: float,
        seconds: float | None,
        user: str = "emulator",
    ) -> Job:
        """Take a job on. Two equal requests make two jobs: the service knows no idempotency."""
        job = Job(kind, self.number(kind), operation, input, now, seconds, user=user)
        self.jobs[kind][job.id] = job
        return job

    def campaigns_of(self, advertiser_id: str) -> list[Campaign]:
        """The campaigns of an advertiser, oldest first."""
        return [campaign for campaign in self.campaigns.values() if campaign.advertiser_id == advertiser_id]

    def ad_groups_of(self, campaign_id: str) -> list[AdGroup]:
        """The ad groups of a campaign, oldest first."""
        return [ad_group for ad_group in self.ad_groups.values() if ad_group.campaign_id == campaign_id]

    def picture(self) -> Self:
        """This moment: for a thread that reads while the world goes on, and for changes that shall not last."""
        return replace(
            self,
            campaigns=dict(self.campaigns),
            ad_groups=dict(self.ad_groups),
            sequences=dict(self.sequences),
        )

    def to_json(self) -> dict[str, Any]:
        """The whole world in JSON's types."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The world that :meth:`to_json` wrote."""
        return cls(
            **{
                **data,
                "partners": {id: Partner(**partner) for id, partner in data["partners"].items()},
                "advertisers": {id: Advertiser(**advertiser) for id, advertiser in data["advertisers"].items()},
                "campaigns": {id: Campaign(**campaign) for id, campaign in data["campaigns"].items()},
                "ad_groups": {id: AdGroup(**ad_group) for id, ad_group in data["ad_groups"].items()},
                "tokens": {digest: IssuedToken(**token) for digest, token in data["tokens"].items()},
                "jobs": {kind: {int(id): _job(job) for id, job in jobs.items()} for kind, jobs in data["jobs"].items()},
            }
        )


def _job(data: dict[str, Any]) -> Job:
    outcome = data["outcome"]
    return Job(**{**data, "outcome": outcome and Outcome(**outcome)})
