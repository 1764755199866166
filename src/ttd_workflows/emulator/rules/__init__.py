"""The platform's business rules: what a campaign or an ad group must be beyond its schema.

``CAMPAIGN_RULES`` and ``AD_GROUP_RULES`` are the tables; each rule says what it wants, in one sentence, and finds what
breaks it in a draft. A rule whose enforcement is inferred, or that many would rather do without, has a switch.
"""

from ttd_workflows.emulator.rules.ad_groups import AD_GROUP_RULES
from ttd_workflows.emulator.rules.campaigns import CAMPAIGN_RULES
from ttd_workflows.emulator.rules.drafts import AdGroupDraft, CampaignDraft
from ttd_workflows.emulator.rules.rule import Errors, Rule, errors_of

__all__ = ["AD_GROUP_RULES", "CAMPAIGN_RULES", "AdGroupDraft", "CampaignDraft", "Errors", "Rule", "errors_of"]
