"""Simulated providers: real HTTP servers that speak the contracts, for development, the demo and tests.

Nothing in the product imports this package; `main` starts it by name in APP_ENV=development and demo only.
"""
