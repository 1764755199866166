"""The world: partners, advertisers, campaigns, ad groups and jobs, as they begin, change, and are kept."""
