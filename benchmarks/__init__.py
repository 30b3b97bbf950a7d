"""What the library costs, measured against the same work without it: `python -m benchmarks`.

Every figure is a ratio of sides that took turns in one run, so that a busy machine slows both. The goals are
in `docs/benchmarks.md`, with one run by hand.
"""
