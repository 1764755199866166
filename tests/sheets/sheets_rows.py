"""The headings and a good row of a sheet that creates ad groups."""

HEADINGS = ["campaignId", "name", "channel", "funnelLocation"]
GOOD = ["0391336", "Spring", "Display", "Awareness"]
