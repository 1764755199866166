"""The four operations that a sheet can feed: what a row becomes, and what is said when that is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ttd_workflows.errors import InputError

if TYPE_CHECKING:
    from ttd_workflows.models.base import Input


@dataclass(frozen=True, slots=True)
class Kind:
    """What the rows of a sheet are for."""

    name: str
    """The method of ``workflows.jobs`` that takes the rows: ``create_ad_groups``."""
    model_name: str
    noun: str
    """What a row is about, in the singular."""
    creates: bool

    @property
    def operation(self) -> str:
        """The operation of the service: ``ad_group.create_ad_groups_job``."""
        return f"{self.noun.replace(' ', '_')}.{self.name}_job"

    @property
    def model(self) -> type[Input]:
        """What a row becomes."""
        from ttd_workflows import models  # noqa: PLC0415 - models are loaded when a sheet is read

        model: type[Input] = getattr(models, self.model_name)
        return model

    def counted(self, number: int) -> str:
        """``1 ad group``, ``1,200 ad groups``."""
        return f"{number:,} {self.noun if number == 1 else self.nouns}"

    @property
    def nouns(self) -> str:
        """What rows are about."""
        return f"{self.noun}s"

    @property
    def done(self) -> str:
        """The outcome of a row that was carried out."""
        return "created" if self.creates else "updated"


KINDS = {
    kind.name: kind
    for kind in (
        Kind("create_campaigns", "CampaignCreateWorkflowInput", "campaign", creates=True),
        Kind("update_campaigns", "CampaignUpdateWorkflowInput", "campaign", creates=False),
        Kind("create_ad_groups", "AdGroupCreateWorkflowInput", "ad group", creates=True),
        Kind("update_ad_groups", "AdGroupUpdateWorkflowInput", "ad group", creates=False),
    )
}


def kind_of(operation: str) -> Kind:
    """The kind by its name. Raises :class:`InputError`."""
    kind = KINDS.get(operation)
    if kind is None:
        raise InputError(f"{operation!r} takes no sheet; these do: {', '.join(KINDS)}")
    return kind
