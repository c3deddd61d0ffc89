"""Benchmarks: each prints ratios against a named reference that is measured in the same run (A B A B, medians)."""
