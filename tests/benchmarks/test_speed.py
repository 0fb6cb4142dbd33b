"""Ours beside a plain polars group-by and the usual explode-to-days, in one run.

    pytest tests/benchmarks -n 0 --no-cov --benchmark-only

Nothing here asserts a time: the table at the end is to be read.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

import casualtystats as cs

sys.path.insert(0, str(Path(__file__).parent))
import events

SIZES = [int(float(size)) for size in os.environ.get("CASUALTYSTATS_BENCH_SIZES", "1e6,1e7").split(",")]
WAYS = {"ours": events.flow, "peer": events.plain, "explode": events.exploded}


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: f"{size:,}")
def table(request: pytest.FixtureRequest) -> pl.DataFrame:
    return events.frame(request.param, mean_days=8)


@pytest.mark.parametrize("every", ["day", "week"])
@pytest.mark.parametrize("way", WAYS)
def test_separate_events_by_area(benchmark, note, table, every, way):
    rounds = 1 if way == "explode" else 3
    answer = benchmark.pedantic(WAYS[way], args=(table, every), rounds=rounds, warmup_rounds=1 if rounds > 1 else 0)
    assert answer.height > 0
    note(f"{table.height:,} events to {every}s by area", way, benchmark.stats.stats.min)


@pytest.mark.parametrize("mean_days", [80, 8])
def test_length_of_periods_does_not_matter(benchmark, note, mean_days):
    long = events.frame(max(SIZES), mean_days)
    benchmark.pedantic(events.flow, args=(long, "day"), rounds=3, warmup_rounds=1)
    row = f"{long.height:,} events to days: mean length 80 against 8"
    note(row, "ours" if mean_days == 80 else "peer", benchmark.stats.stats.min)


def test_validation(benchmark, note, table):
    checked = benchmark.pedantic(cs.read_reports, args=(table,), rounds=1)
    assert len(checked) == table.height
    note(f"{table.height:,} reports checked at the door", "ours", benchmark.stats.stats.min)


PEAK = """
import sys, threading, time; sys.path.insert(0, {here!r})
import polars as pl, events
def resident():
    lines = open("/proc/self/status").read().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])
table = pl.read_parquet({file!r})
getattr(events, {way!r})(table.head(1000), "day")
seen, done = [resident()], threading.Event()
def watch():
    while not done.is_set():
        seen.append(resident()); time.sleep(0.004)
watcher = threading.Thread(target=watch); watcher.start()
getattr(events, {way!r})(table, "day")
done.set(); watcher.join()
print((max(seen) - seen[0]) / 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the resident memory is read from Linux's /proc")
def test_peak_memory(benchmark, note, tmp_path):
    file = tmp_path / "events.parquet"
    events.frame(max(SIZES), 8).write_parquet(file)
    peaks: dict[str, float] = {}

    def measure() -> None:
        for column, way in (("ours", "flow"), ("peer", "plain")):
            code = PEAK.format(here=str(Path(__file__).parent), file=str(file), way=way)
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
            peaks[column] = float(done.stdout)

    benchmark.pedantic(measure, rounds=1)
    for column, peak in peaks.items():
        note(f"peak memory beside the reports, {max(SIZES):,} to days", column, peak, "MiB")


def _cold(code: list[str], rounds: int) -> float:
    times: list[float] = []
    for _ in range(rounds):
        begun = time.perf_counter()
        subprocess.run(code, check=True, capture_output=True)
        times.append(time.perf_counter() - begun)
    return min(times)


def test_import(benchmark, note):
    nothing = _cold([sys.executable, "-c", "pass"], 5)

    def measure() -> None:
        for column, module in (("ours", "casualtystats"), ("peer", "polars")):
            note(
                "import, against import polars", column, _cold([sys.executable, "-c", f"import {module}"], 7) - nothing
            )

    benchmark.pedantic(measure, rounds=1)


def test_sitrep_from_a_cold_start(benchmark, note, tmp_path):
    command = [sys.executable, "-m", "casualtystats", "sitrep", "idlib-2019", "--out", str(tmp_path / "page")]
    taken = benchmark.pedantic(_cold, args=(command, 2), rounds=1)
    note("sitrep idlib-2019 from a cold start", "ours", taken)
