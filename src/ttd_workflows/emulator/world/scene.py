"""A scene: one moment of the world as one user sees it. What reads or changes the world is given one."""

from dataclasses import dataclass, replace
from typing import Self, TypeVar

from ttd_workflows.emulator.settings import Settings, User
from ttd_workflows.emulator.world.world import AdGroup, Advertiser, Campaign, Partner, World

Thing = Partner | Advertiser | Campaign | AdGroup
T = TypeVar("T", Partner, Advertiser, Campaign, AdGroup)


@dataclass(frozen=True)
class Scene:
    """The world, how it behaves, what time it is, and who looks."""

    world: World
    settings: Settings
    now: float
    user: User

    def on(self, world: World) -> Self:
        """The same scene on another world, which may be a picture that is thrown away afterwards."""
        return replace(self, world=world)

    def sees(self, thing: Thing) -> bool:
        """Whether the user may see something."""
        partners, advertisers = self.user.partners, self.user.advertisers
        if partners is None and advertisers is None:
            return True
        if isinstance(thing, Partner):
            if partners is not None:
                return thing.id in partners
            return any(self.world.advertisers[id].partner_id == thing.id for id in self._named_advertisers())
        advertiser = self.advertiser_of(thing)
        return (partners is None or advertiser.partner_id in partners) and (
            advertisers is None or advertiser.id in advertisers
        )

    def find(self, kind: type[T], id: str) -> T | None:
        """A thing by id, if it is there and may be seen."""
        thing = self.world.table(kind).get(id)
        return thing if thing is not None and self.sees(thing) else None

    def all(self, kind: type[T]) -> list[T]:
        """All things of a kind that may be seen, oldest first."""
        return [thing for thing in self.world.table(kind).values() if self.sees(thing)]

    def advertiser_of(self, thing: Advertiser | Campaign | AdGroup) -> Advertiser:
        """The advertiser something belongs to."""
        if isinstance(thing, AdGroup):
            thing = self.world.campaigns[thing.campaign_id]
        return self.world.advertisers[thing.advertiser_id] if isinstance(thing, Campaign) else thing

    def _named_advertisers(self) -> list[str]:
        return [id for id in self.user.advertisers or () if id in self.world.advertisers]
