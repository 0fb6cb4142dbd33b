"""The ledger beside one linear programme a question (`scipy.optimize.linprog`), in one run.

    pytest tests/benchmarks/test_ledger_speed.py -n 0 --no-cov --benchmark-only

Nothing here asserts a time: the table at the end is to be read. The peer answers a sample, scaled to the whole.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import polars as pl
import pytest

import casualtystats as cs

sys.path.insert(0, str(Path(__file__).parent))
import ledgers

TEN_YEARS = 3_652


@pytest.fixture(scope="module")
def single() -> cs.Reports:
    return ledgers.reports(1_000, TEN_YEARS)


@pytest.mark.parametrize(("every", "start"), [("week", None), ("day", None), ("week", "2019-12-02")])
def test_one_place_and_group(benchmark, note, single, every, start):
    def ask() -> pl.DataFrame:
        return cs.Ledger(single).bounds_by(every, start=start)

    answer = benchmark.pedantic(ask, rounds=3, warmup_rounds=1)
    row = f"1,000 reports of ten years, {answer.height:,} {every}s"
    note(row, "ours", benchmark.stats.stats.min)
    if every == "week" and start is None:
        cells = answer.select("period_start", "period_end").rows()
        some = cells[10 :: len(cells) // 10]
        begun = time.perf_counter()
        peer = ledgers.one_by_one(single, some, None)
        note(row, "peer", (time.perf_counter() - begun) / len(some) * len(cells))
        ours = dict(zip(cells, answer.select("low", "high").rows(), strict=True))
        for cell, (low, high) in zip(some, peer, strict=True):
            assert ours[cell][0] == pytest.approx(low, abs=1e-4)
            assert (ours[cell][1] is None) == (high is None)
            assert high is None or ours[cell][1] == pytest.approx(high, abs=1e-4)


def test_nested_groups(benchmark, note):
    some = ledgers.reports(1_000, 364, groups=20)

    def ask() -> pl.DataFrame:
        return cs.Ledger(some).bounds_by("week", by=["group"], progress=False)

    answer = benchmark.pedantic(ask, rounds=1)
    row = f"1,000 reports of 20 nested groups, {answer.height:,} cells"
    note(row, "ours", benchmark.stats.stats.min)
    cells = answer.select("group", "period_start", "period_end", "low", "high").rows()
    chosen = cells[7 :: len(cells) // 4]
    begun = time.perf_counter()
    peer = [ledgers.one_by_one(some, [(first, last)], group)[0] for group, first, last, _, _ in chosen]
    note(row, "peer", (time.perf_counter() - begun) / len(chosen) * len(cells))
    for (_, _, _, low, high), (least, most) in zip(chosen, peer, strict=True):
        # Bounds on whole counts are rounded inward.
        assert low - 1 < least <= low + 1e-4
        assert (high is None) == (most is None)
        assert high is None or most is None or high - 1e-4 <= most < high + 1


def test_ten_thousand_reports(benchmark, note):
    some = ledgers.reports(10_000, TEN_YEARS)
    answer = benchmark.pedantic(lambda: cs.Ledger(some).bounds_by("week"), rounds=1)
    note(f"10,000 reports of ten years, {answer.height:,} weeks", "ours", benchmark.stats.stats.min)
