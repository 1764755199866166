"""Members that goals, budgets and flights share, in requests and answers alike."""

from typing import Annotated

from pydantic import Field

from ttd_workflows.models.base import Integer, Model, Number


class SpendTargets(Model):
    """Budget in impressions and daily targets, which every budget and flight may carry."""

    budget_in_impressions: Integer | None = None
    daily_target_in_advertiser_currency: Number | None = None
    daily_target_in_impressions: Integer | None = None


class RoiTargets(Model):
    """The targets a goal may name; amounts in the advertiser's currency, rates in percent."""

    maximize_reach: bool | None = None
    maximize_ltv_incremental_reach: bool | None = None
    cpc_in_advertiser_currency: Number | None = None
    ctr_in_percent: Number | None = None
    nielsen_otp_in_percent: Annotated[Number | None, Field(alias="nielsenOTPInPercent")] = None
    cpa_in_advertiser_currency: Number | None = None
    return_on_ad_spend_percent: Number | None = None
    vcr_in_percent: Number | None = None
    viewability_in_percent: Number | None = None
    vcpm_in_advertiser_currency: Number | None = None
    cpcv_in_advertiser_currency: Number | None = None
    miaozhen_otp_in_percent: Annotated[Number | None, Field(alias="miaozhenOTPInPercent")] = None
