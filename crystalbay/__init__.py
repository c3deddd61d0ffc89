"""Crystal Bay: one durable inbox, one brain, one board for a travel agency."""
