"""The table of the business rules that the emulator holds campaigns and ad groups to."""

from ttd_workflows.emulator.rules import AD_GROUP_RULES, CAMPAIGN_RULES


def table() -> str:
    """Each rule, what it is about, and its switch."""
    rows = [("campaign", rule) for rule in CAMPAIGN_RULES] + [("ad group", rule) for rule in AD_GROUP_RULES]
    lines = [f"| {kind} | {rule.says} | {f'`{rule.switch}`' if rule.switch else ''} |" for kind, rule in rows]
    return "\n".join(["| of | rule | switch |", "| --- | --- | --- |", *lines])
