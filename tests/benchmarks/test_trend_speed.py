"""The growth of many areas beside a loop of statsmodels' `NegativeBinomial.fit`, in one run.

    pytest tests/benchmarks/test_trend_speed.py -n 0 --no-cov --benchmark-only

The loop is run on a sample of areas, spread over all of them, and its time is scaled to all. It is the only time that is
asserted, and only as a ratio: all areas together are at least three times faster. The table at the end is to be read.
"""

from __future__ import annotations

import time
import tracemalloc
import warnings
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

import casualtystats as cs
from casualtystats.schemas import ReportSchema
from casualtystats.trends.many import fit_many, fit_trends

AREAS, WEEKS, SAMPLE = 10_000, 260, 200
FIRST = np.arange(WEEKS) * 7
CENTRE, SCALE = 910.0, 500.0


@pytest.fixture(scope="module")
def counts() -> np.ndarray[Any, Any]:
    """Made-up weekly counts of areas with a growth, a level and a dispersion of their own. No real place."""
    rng = np.random.default_rng(4)
    growth = rng.normal(0, 0.0008, AREAS)[:, None]
    alpha = np.exp(rng.normal(-1, 0.7, AREAS))[:, None]
    mean = np.exp(rng.normal(1.5, 1.2, AREAS)[:, None] + growth * (FIRST - CENTRE))
    return rng.negative_binomial(1 / alpha, 1 / (1 + alpha * mean))


def together(counts: np.ndarray[Any, Any], family: Any) -> Any:
    first = np.tile(FIRST, len(counts))
    return fit_many(first, first + 6, counts.ravel(), np.repeat(np.arange(len(counts)), WEEKS), family=family)


def fit_one(y: np.ndarray[Any, Any], family: str, **options: Any) -> Any:
    """The named peer; days are scaled, without which it often does not converge."""
    from statsmodels.discrete.discrete_model import NegativeBinomial

    x = np.column_stack([np.ones(WEEKS), (FIRST - CENTRE) / SCALE])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return NegativeBinomial(y, x, loglike_method=family).fit(disp=0, **options)


@pytest.mark.parametrize("family", ["nb2", "nb1"])
def test_growth_of_many_areas(benchmark, note, counts, family):
    found = benchmark.pedantic(together, args=(counts, family), rounds=3, warmup_rounds=1)
    ours = benchmark.stats.stats.min
    some = np.arange(0, AREAS, AREAS // SAMPLE)
    fit_one(counts[0], family)
    begun = time.perf_counter()
    theirs = [fit_one(counts[at], family) for at in some]
    peer = (time.perf_counter() - begun) / len(some) * AREAS
    row = f"{AREAS:,} areas x {WEEKS} weeks, {family}"
    note(row, "ours", ours)
    note(row, "peer", peer)
    assert peer > 3 * ours
    assert found.fitted.all()
    for at, start in zip(some, theirs, strict=True):
        if found.edge[at]:
            continue
        # The default of the peer stops early; the same search carried on ends at the same values.
        last = fit_one(counts[at], family, start_params=start.params, method="newton", tol=1e-12, maxiter=100)
        assert found.b[at] == pytest.approx(last.params[1] / SCALE, rel=1e-6, abs=1e-12)
        assert found.alpha[at] == pytest.approx(last.params[2], rel=1e-6)


def test_memory_of_many_areas(benchmark, note, counts):
    """Beside the arrays given and the result: the largest amount in use at once, for all areas and for a tenth."""
    benchmark.pedantic(together, args=(counts[:100], "nb2"), rounds=1)
    row = "working memory, all areas (a tenth: peer)"
    for column, number in (("ours", AREAS), ("peer", AREAS // 10)):
        first = np.tile(FIRST, number)
        last, flat, area = first + 6, counts[:number].ravel(), np.repeat(np.arange(number), WEEKS)
        tracemalloc.start()
        found = fit_many(first, last, flat, area, family="nb2")
        after, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert found.fitted.all()
        note(row, column, (peak - after) / 1e6, "MB")
        assert peak - after < 48e6 + 48 * len(flat)


def test_from_a_series(benchmark, note, counts):
    """From a series of 2.6 million weekly reports to a table: with the reading of its rows, and failures as rows."""
    number = AREAS * WEEKS
    day = date(2015, 1, 5)
    start = [day + timedelta(days=int(week)) for week in FIRST]
    fixed = {"measure": "killed", "unit": "people", "kind": "flow", "qualifier": "exactly", "source": "register"}
    weeks = pl.DataFrame({"start_earliest": start, "end_latest": [day + timedelta(days=6) for day in start]})
    places = pl.DataFrame({"place": [f"Country/Area {at:05d}" for at in range(AREAS)]})
    schema = dict(ReportSchema.create_empty().schema)
    table = places.join(weeks, how="cross", maintain_order="left_right").with_columns(
        report_id=pl.int_range(number, eager=True).cast(pl.String),
        value=pl.Series(counts.ravel()),
        start_latest="start_earliest",
        end_earliest="end_latest",
        **{name: pl.lit(text) for name, text in fixed.items()},
    ).with_columns(low="value", best="value", high="value")  # fmt: skip
    missing = [pl.lit(None).alias(name) for name in schema if name not in table.columns]
    series = cs.deaths(cs.Reports(table.with_columns(missing).select(list(schema)).cast(schema)), by=["place"])
    found = benchmark.pedantic(lambda: fit_trends(series, family="nb2", progress=False), rounds=1)
    note(f"the same from a series of {number:,} reports", "ours", benchmark.stats.stats.min)
    assert found.frame.height == AREAS
    assert found.failures.is_empty()
