"""The benchmarks `seeded-bugs`."""
