"""Hypothesis: no deadline (runs share their cores); under CI the same examples on every run."""

import os

from hypothesis import HealthCheck, settings

_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("casualtystats", deadline=None, max_examples=40, suppress_health_check=_QUIET)
settings.register_profile(
    "casualtystats-ci", settings.get_profile("casualtystats"), derandomize=True, database=None
)
settings.load_profile("casualtystats-ci" if os.environ.get("CI") else "casualtystats")
