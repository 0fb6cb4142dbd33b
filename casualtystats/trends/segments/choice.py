"""The choice of a number of joints: all that were tried as a table, and the sequence of permutation tests."""

from __future__ import annotations

import math
from datetime import timedelta

import polars as pl

from casualtystats.trends.result import TrendFit
from casualtystats.trends.segments.assembly import Task
from casualtystats.trends.segments.permutation import PermutationTest, Working, number_by_tests, permutation_test
from casualtystats.trends.segments.placement import Placement
from casualtystats.trends.segments.stages import Found

__all__ = ["by_permutation", "choices_of", "frame_of_tests"]


def choices_of(found: list[Found | str], chosen: int) -> pl.DataFrame:
    """One row for each number of joints, in the columns of `SegmentedTrend.choices`."""
    rows = [_row(number, one, chosen=number == chosen) for number, one in enumerate(found)]
    schema = {
        "joints": pl.Int64, "at": pl.String, "parameters": pl.Int64, "deviance": pl.Float64, "loglik": pl.Float64,
        "aic": pl.Float64, "bic": pl.Float64, "chosen": pl.Boolean, "reason": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _row(number: int, one: Found | str, *, chosen: bool) -> tuple[object, ...]:
    if isinstance(one, str):
        return (number, None, None, None, None, None, None, chosen, one)
    days = [one.trend.first_day + timedelta(days=math.floor(joint + 0.5)) for joint in one.joints.tolist()]
    at = ", ".join(day.isoformat() for day in days)
    return (number, at, one.parameters, _deviance(one.trend), one.loglik, one.aic, one.bic, chosen, None)


def _deviance(trend: TrendFit) -> float | None:
    """The sum of squared deviance residuals; None where totals are bounds."""
    if trend.floors or trend.ceilings or trend.ranges:
        return None
    return math.fsum(value**2 for value in trend.residuals("deviance")["residual"])


def by_permutation(
    task: Task, placement: Placement, found: list[Found], draws: int, seed: int, significance: float
) -> tuple[int, list[PermutationTest]]:
    """The number of joints by permutation tests.

    Parameters
    ----------
    task, placement
        The totals, exact and with known dates, and the days on which joints may stand.
    found : list of Found
        Fits with 0, 1, ... joints.
    draws, seed, significance
        As in `segmented_trend`.
    """
    counts, shared = task.rows.totals.low, len(task.design.names)

    def test(fewer: int, more: int) -> PermutationTest:
        working = Working.of(found[fewer].trend, counts, shared)
        return permutation_test(working, placement, (fewer, more), draws, seed)

    return number_by_tests(test, len(found) - 1, significance)


def frame_of_tests(tests: list[PermutationTest]) -> pl.DataFrame:
    """One row a test, in the columns of `SegmentedTrend.tests`."""
    schema = {
        "fewer": pl.Int64, "more": pl.Int64, "ratio": pl.Float64, "p_value": pl.Float64, "draws": pl.Int64,
    }  # fmt: skip
    return pl.DataFrame([tuple(one) for one in tests], schema=schema, orient="row")
