"""The synthetic data an emulator is filled with: the same seed gives the same data, and each row is made by itself.

Rows are drawn from a digest of the seed and the row's place, so that row 90,000 costs no more than row 0.
Ids and names are meant to break careless clients: leading zeros, all digits, quotes, commas, other scripts, nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import Any, overload

from ttd_workflows.emulator.clock import timestamp

ID_SPACE = 36**7
SMALL_PARTNERS = ("p1", "p2")
"""Those with little data, which examples and tests use."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_FIRST_PARTY_START = 358_268_865
_FAMOUS_ADVERTISERS = {("p1", 0): "adv0001", ("p1", 1): "0012345", ("p1", 2): "7654321", ("p2", 0): "adv0002"}
_BRANDS = (
    "Northwind Outdoor", "Café Lumière", 'O\'Hara & "Sons", Ltd.', "東京ビール", "Škoda Läden", "Lagoon 🌊 Travel",
    "Plain Oats", "Ünlü Tekstil", "Banco do Açaí", "Meridian, Inc.",
)  # fmt: skip
_INDUSTRIES = ("Retail", "Travel", "Personal Finance", "Food & Drink", "Real Estate", "Entertainment")
_SIZES = ("300x250", "728x90", "Video 15s", "Ünïcode 320x50")
PROVIDERS = (
    ("bluekai", "Oracle BlueKai"), ("liveramp", "LiveRamp"), ("experian", "Experian"), ("lotame", "Lotame"),
    ("eyeota", "Eyeota"), ("nielsen", "Nielsen"), ("weborama", "Weborama"),
)  # fmt: skip
_TOPICS = (
    "Auto Intenders", "Home & Garden", 'Parents of "Tweens"', "Frequent Flyers, Business", "Ski / Snowboard",
    "Élégance féminine", "健康・美容", "Любители чая", "Coffee ☕ Drinkers", "New\tMovers", "Back\\Slash Gamers",
    "O'Neill Surfers", "  padded  ", "50% Off Hunters", "<b>Bold</b> Buyers", "Vegans",
)  # fmt: skip
_STAGES = ("In-Market", "Past Purchasers", "Lookalike 5%", "Lapsed > 90 days", "Loyal")


def draws(*place: object) -> Iterator[int]:
    """Numbers below 2**32 that depend on ``place`` alone."""
    digest = blake2b("\0".join(map(str, place)).encode(), digest_size=64).digest()
    for start in range(0, 64, 4):
        yield int.from_bytes(digest[start : start + 4], "big")


def base36(number: int, length: int = 7) -> str:
    """``number`` as the platform writes ids: lowercase base 36, padded with zeros."""
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 36)
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))


def entity_id(seed: int, serial: int) -> str:
    """The id of the ``serial``-th thing made: each fifth is all digits with a leading zero, the others are mixed."""
    high, low = _first_id(seed), serial * 2_654_435_761
    if serial % 5 == 1:
        return f"{(high + low) % 1_000_000:07d}"
    # Both factors have no divisor in common with 36, so that no two serials meet.
    return base36((high * 36 + 5 + low * 48_271) % ID_SPACE)


@cache
def _first_id(seed: int) -> int:
    return next(draws(seed, "entity id"))


def partner_id(seed: int, number: int) -> str:
    """``p1``, ``p2``, and then ids as the platform has them."""
    return f"p{number + 1}" if number < 2 else base36(next(draws(seed, "partner", number)) * 17 % ID_SPACE)


def advertiser_id(seed: int, partner: str, number: int) -> str:
    """An advertiser's id; a few are the same for every seed, so that examples can name them."""
    if famous := _FAMOUS_ADVERTISERS.get((partner, number)):
        return famous
    draw = next(draws(seed, "advertiser", partner, number))
    return f"00{draw % 100_000:05d}" if number == 1 else base36(draw * 17 % ID_SPACE)


def seed_id(seed: int, advertiser: str) -> str:
    """The id of an advertiser's default seed audience: eight characters, unlike other ids."""
    draw = draws(seed, "seed", advertiser)
    return base36(next(draw) * next(draw), 8)


def brand(seed: int, number: int) -> str:
    """The name of an advertiser."""
    return f"{_BRANDS[(number + seed) % len(_BRANDS)]} {number + 1}"


def industry(seed: int, advertiser: str) -> str:
    """An advertiser's industry; some bar the use of certain audiences."""
    return _INDUSTRIES[next(draws(seed, "industry", advertiser)) % len(_INDUSTRIES)]


def creatives(seed: int, advertiser: str) -> list[dict[str, Any]]:
    """The creatives of an advertiser: one of each state of vetting, and a second approved one."""
    draw = draws(seed, "creatives", advertiser)
    return [
        {
            "id": base36(next(draw) * 17 % ID_SPACE),
            "name": f"{_SIZES[number]} {word.lower()}",
            "vettingStatus": word,
            "isArchived": False,
        }
        for number, word in enumerate(("APPROVED", "APPROVED", "PENDING", "REJECTED"))
    ]


def audiences(seed: int, advertiser: str, born_at: float) -> list[dict[str, Any]]:
    """The audiences of an advertiser."""
    draw = draws(seed, "audiences", advertiser)
    return [
        {
            "id": base36(next(draw) * 17 % ID_SPACE),
            "name": f"{topic} {number + 1}",
            "description": "" if number == 1 else f"Everybody in {topic}",
            "advertiserId": advertiser,
            "activeUniques": _uniques(
                draws(seed, "audience", advertiser, number), number + 4, born_at, third_party=False
            ),
            "createdAt": timestamp(born_at - (number + 2) * 86_400),
            "lastUpdatedAt": timestamp(born_at - next(draw) % 86_400),
            "isAutoGenerated": number == 0,
            "targetEveryone": number == 2,
        }
        for number, topic in enumerate(_TOPICS[:3])
    ]


def _uniques(draw: Iterator[int], index: int, born_at: float, third_party: bool) -> dict[str, Any] | None:
    if index % 17 == 5:
        return None
    scale = 1 if index % 11 else 40  # some counts must not fit into 32 bits
    counts = {
        name: next(draw) % 90_000_000 * scale
        for name in ("householdCount", "idsConnectedTvCount", "idsInAppCount", "idsWebCount", "personsCount")
    }
    counts["idsCount"] = counts["idsConnectedTvCount"] + counts["idsInAppCount"] + counts["idsWebCount"]
    overlap = next(draw) % 5_000_000 if third_party and index % 7 else None
    last_updated = timestamp(born_at - next(draw) % (5 * 86_400))
    return {**counts, "thirdPartyDataOverlapCount": overlap, "lastUpdated": last_updated}


def third_party_segment(seed: int, partner: str, index: int, born_at: float) -> dict[str, Any]:
    """One third-party segment; its id is a string, ``number|provider``."""
    draw = draws(seed, "3pd", partner, index)
    provider, provider_name = PROVIDERS[next(draw) % len(PROVIDERS)]
    topic, stage = _TOPICS[next(draw) % len(_TOPICS)], _STAGES[next(draw) % len(_STAGES)]
    element = str(1_000_000 + index)
    name = f"{topic} - {stage} {index}"
    return {
        "id": f"{element}|{provider}",
        "name": name,
        "providerId": provider,
        "providerElementId": element if index % 5 else f"0{element}",
        "description": "" if index % 7 == 3 else f'People seen as "{topic}", {stage.lower()}.',
        "buyable": index % 9 != 4,
        "fullPath": f"{provider_name} > {topic} > {name}",
        "hierarchyString": f"{provider_name}/{topic}",
        "parentId": None if index % 13 == 0 else f"{1_000_000 + index // 13}|{provider}",
        "importEnabled": bool(next(draw) % 2),
        "idBrandId": f"{provider}-{next(draw) % 900 + 100}",
        "targetingDataId": 40_000_000 + index,
        "allowCustomFullPath": index % 6 == 0,
        "dataAllianceExcluded": index % 10 == 9,
        "defaultSortScore": next(draw) % 10_000 / 100,
        "dataRates": [
            {"rateType": word, "amount": next(draw) % 700 / 100, "currencyCode": "USD"}
            for word in ("CPM", "PercentOfMedia")[: 1 + index % 2]
        ],
        "thirdPartyDataProvider": {"id": provider, "name": provider_name},
        "activeUniques": (uniques := _uniques(draw, index, born_at, third_party=True)),
        "audienceSize": uniques and uniques["personsCount"],
    }


def first_party_segment(seed: int, advertiser: str, index: int, born_at: float) -> dict[str, Any]:
    """One first-party segment; its id is a number."""
    draw = draws(seed, "1pd", advertiser, index)
    topic, stage = _TOPICS[next(draw) % len(_TOPICS)], _STAGES[next(draw) % len(_STAGES)]
    return {
        "id": _FIRST_PARTY_START + next(draw) % 1_000_000 * 1_000 + index,
        "name": f"{stage}: {topic} {index}",
        "advertiserId": advertiser,
        "activeUniques": _uniques(draw, index, born_at, third_party=False),
    }


@dataclass(frozen=True)
class Segments(Sequence[dict[str, Any]]):
    """The segments of one owner, each made when it is read."""

    make: Any
    seed: int
    owner: str
    size: int
    born_at: float

    def __len__(self) -> int:
        return self.size

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, index: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self.size))]
        if not 0 <= index < self.size:
            raise IndexError(index)
        made: dict[str, Any] = self.make(self.seed, self.owner, index, self.born_at)
        return made
