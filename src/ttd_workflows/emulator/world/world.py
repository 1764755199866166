"""Everything an emulator knows, as one object that can be written as JSON and read back.

No closures, locks or open files in here. What is stored about campaigns and ad groups is what was sent, by wire name.
The world is made of tables; a change replaces the stored object and goes through :meth:`World.store`, which remembers
what was there before. So a change can be written down, or taken back, and the world of an earlier moment be seen.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, NamedTuple, Self, TypeVar

from ttd_workflows.emulator.jobs.plans import JobPlan
from ttd_workflows.emulator.world import synthetic

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
    default_seed_id: str | None
    industry_category: str


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
_TABLE_OF = {Partner: "partners", Advertiser: "advertisers", Campaign: "campaigns", AdGroup: "ad_groups"}


@dataclass(frozen=True)
class IssuedToken:
    """A token that was asked for: whose it is and until when it is good."""

    user: str
    expires_at: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended. ``items`` are the outcomes of a bulk job's inputs; other results are computed when asked for."""

    status: Literal["Success", "PartialSuccess", "Failure", "Cancelled"]
    errors: list[str] = field(default_factory=list)
    items: list[Members] | None = None
    size: int = 0
    """Bytes of the result file."""

    @property
    def has_result(self) -> bool:
        """Whether such a job leaves something to download."""
        return self.status in {"Success", "PartialSuccess"}


@dataclass(frozen=True, slots=True)
class Job:
    """A job: what was asked for and when, how it goes, and how it ended."""

    kind: JobKind
    id: int
    operation: str
    input: Members
    created_at: float
    seconds: float | None
    """How long it takes once it runs; ``None``: it does not end by time."""
    outcome: Outcome | None = None
    user: str = "emulator"
    """Who submitted it; nobody else can see it, and it sees what they see."""
    waited: float | None = 0.0
    """How long it was queued because others ran; ``None``: it still is."""
    plan: JobPlan | None = None
    polls: int = 0
    """How often its status was asked for, counted if its plan does."""
    ended_at: float | None = None
    """When it ended, if that was not by time."""
    expired_at: float | None = None
    """When its result was made to expire before its time."""
    seen: int | None = None
    """How many changes the world had seen when it ended: its result shows the world of that moment."""

    @property
    def reference(self) -> str:
        """How it is called where both kinds are meant."""
        return f"{self.kind}:{self.id}"

    @property
    def starts_at(self) -> float | None:
        """When it began to run, on the emulator's clock."""
        return None if self.waited is None else self.created_at + self.waited

    @property
    def ends_at(self) -> float | None:
        """When it ends, or ended."""
        if self.ended_at is not None or self.waited is None or self.seconds is None:
            return self.ended_at
        return self.created_at + self.waited + self.seconds


@dataclass(frozen=True, slots=True)
class Calling:
    """A callback that is still to be made."""

    job: str
    """The job's reference."""
    attempt: int
    """Which attempt comes next, counted from 1."""
    due_at: float


class Change(NamedTuple):
    """One thing that was stored or removed, and what was there before."""

    table: str
    key: Any
    before: Any


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
    standard: dict[int, Job] = field(default_factory=dict)
    graphql: dict[int, Job] = field(default_factory=dict)
    plans: dict[str, JobPlan] = field(default_factory=dict)
    calling: dict[str, Calling] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)
    """The last number given out, by what it counts."""
    tokens: dict[str, IssuedToken] = field(default_factory=dict)
    """The tokens that were issued, by digest."""
    changes: int = 0
    """How often a campaign or an ad group was stored."""

    def __post_init__(self) -> None:
        self._changed: list[Change] = []
        self._past: list[tuple[int, Change]] = []

    @property
    def jobs(self) -> dict[JobKind, dict[int, Job]]:
        """The jobs of both kinds."""
        return {"standard": self.standard, "graphql": self.graphql}

    def store(self, table: str, key: Any, value: Any) -> None:
        """Store something, new or in its new state."""
        things = getattr(self, table)
        self._changed.append(Change(table, key, things.get(key)))
        things[key] = value
        self.changes += table in ENTITIES

    def remove(self, table: str, key: Any) -> None:
        """Take something out. Campaigns and ad groups are never taken out."""
        self._changed.append(Change(table, key, getattr(self, table).pop(key)))

    @property
    def changed(self) -> list[Change]:
        """What is not :meth:`kept <keep>` yet, in order."""
        return self._changed

    def keep(self) -> None:
        """The changes last."""
        self._past += [(self.changes, change) for change in self._changed if change.table in ENTITIES]
        self._changed = []

    def take_back(self) -> None:
        """Undo what is not kept."""
        for change in reversed(self._changed):
            _undo(self, change)
            self.changes += change.table in ENTITIES
        self._changed = []

    def forget(self, before: int) -> None:
        """Nobody will ask for the world as it was before so many changes."""
        self._past = [(changes, change) for changes, change in self._past if changes > before]

    def recall(self, past: Iterable[tuple[int, Change]]) -> None:
        """Remember what another process saw."""
        self._past = list(past)

    @property
    def remembered(self) -> int:
        """How many changes can be looked behind."""
        return len(self._past)

    def number(self, sequence: str) -> int:
        """The next number of a sequence."""
        number = self.sequences.get(sequence, 0) + 1
        self.store("sequences", sequence, number)
        return number

    def entity_id(self) -> str:
        """An id that nothing else has."""
        while True:
            made = synthetic.entity_id(self.seed, self.number("entity"))
            if made not in self.campaigns and made not in self.ad_groups and made not in self.advertisers:
                return made

    def put(self, entity: Campaign | AdGroup) -> None:
        """Store a campaign or an ad group."""
        self.store("campaigns" if isinstance(entity, Campaign) else "ad_groups", entity.id, entity)

    def table(self, kind: type[T]) -> dict[str, T]:
        """The things of one kind by id."""
        things: dict[str, T] = getattr(self, _TABLE_OF[kind])
        return things

    def issue(self, digest: str, token: IssuedToken) -> None:
        """Remember a token that was handed out."""
        self.store("tokens", digest, token)

    def put_job(self, job: Job) -> Job:
        """Store a job."""
        self.store(job.kind, job.id, job)
        return job

    def campaigns_of(self, advertiser_id: str) -> list[Campaign]:
        """The campaigns of an advertiser, oldest first."""
        return [campaign for campaign in self.campaigns.values() if campaign.advertiser_id == advertiser_id]

    def ad_groups_of(self, campaign_id: str) -> list[AdGroup]:
        """The ad groups of a campaign, oldest first."""
        return [ad_group for ad_group in self.ad_groups.values() if ad_group.campaign_id == campaign_id]

    def picture(self, seen: int | None = None) -> Self:
        """This moment, or that after ``seen`` changes: for a thread that reads, and for changes that shall not last."""
        picture = replace(
            self,
            partners=dict(self.partners),
            advertisers=dict(self.advertisers),
            campaigns=dict(self.campaigns),
            ad_groups=dict(self.ad_groups),
            sequences=dict(self.sequences),
        )
        for changes, change in reversed(self._past if seen is not None and seen < self.changes else ()):
            if seen is not None and changes <= seen:
                break
            _undo(picture, change)
        return picture

    def copy(self) -> Self:
        """All of this moment, for a thread."""
        tables: dict[str, Any] = {table: dict(getattr(self, table)) for table in TABLES}
        return replace(self, **tables)

    def to_json(self) -> dict[str, Any]:
        """The whole world in JSON's types."""
        return asdict(self)


def _undo(world: World, change: Change) -> None:
    things = getattr(world, change.table)
    if change.before is None:
        del things[change.key]
    else:
        things[change.key] = change.before


TABLES: dict[str, type | None] = {
    "partners": Partner,
    "advertisers": Advertiser,
    "campaigns": Campaign,
    "ad_groups": AdGroup,
    "standard": Job,
    "graphql": Job,
    "plans": JobPlan,
    "calling": Calling,
    "sequences": None,
    "tokens": IssuedToken,
}
"""What each table of a world holds; ``None`` is a plain value."""
ENTITIES = ("partners", "advertisers", "campaigns", "ad_groups")


def key_of(table: str, key: Any) -> Any:
    """A key of a table: JSON writes all keys as texts, and jobs have numbers."""
    return int(key) if TABLES[table] is Job else key


def thing_of(table: str, data: Any) -> Any:
    """One thing of a table as it was written as JSON."""
    kind = TABLES[table]
    if kind is None:
        return data
    if kind is Job:
        outcome, plan = data["outcome"], data["plan"]
        return Job(**{**data, "outcome": outcome and Outcome(**outcome), "plan": plan and JobPlan(**plan)})
    return kind(**data)
