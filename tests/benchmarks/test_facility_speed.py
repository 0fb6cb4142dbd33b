"""Availability by area beside a plain polars group-by of the same spells, in one run.

    pytest tests/benchmarks/test_facility_speed.py -n 0 --no-cov --benchmark-only

Nothing here asserts a time: the table at the end is to be read.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import registers

FACILITIES = int(float(os.environ.get("CASUALTYSTATS_BENCH_FACILITIES", "1e5")))
WAYS = {"ours": registers.ours, "peer": registers.plain, "explode": registers.exploded}
SPELLS = f"{FACILITIES * registers.SLOTS:,} spells"


@pytest.fixture(scope="module")
def register():
    return registers.frame(FACILITIES)


@pytest.mark.parametrize("every", ["day", "month"])
@pytest.mark.parametrize("way", WAYS)
def test_availability_by_area(benchmark, note, register, every, way):
    rounds = 1 if way == "explode" else 5
    answer = benchmark.pedantic(WAYS[way], args=(register, every), rounds=rounds, warmup_rounds=1 if rounds > 1 else 0)
    assert answer.height > 0
    note(f"{SPELLS}, availability by {every}", way, benchmark.stats.stats.min)


@pytest.mark.parametrize(("row", "way"), [("bed-days by day", "weighted"), ("states alone", "stretches")])
def test_weighted_and_states(benchmark, note, register, row, way):
    answer = benchmark.pedantic(getattr(registers, way), args=(register, "day"), rounds=3, warmup_rounds=1)
    assert answer.height > 0
    note(f"{SPELLS}, {row}", "ours", benchmark.stats.stats.min)


@pytest.mark.parametrize("share", [0.1, 1.0])
def test_fuzzy_edges(benchmark, note, share):
    """Facilities with fuzzy edges need a sweep; those without do not pay for them."""
    vague = registers.frame(FACILITIES, fuzzy=share)
    benchmark.pedantic(registers.ours, args=(vague, "day"), rounds=3, warmup_rounds=1)
    note(f"{SPELLS}, {share:.0%} of facilities fuzzy", "ours", benchmark.stats.stats.min)


PEAK = """
import sys, threading, time; sys.path.insert(0, {here!r})
import registers
def resident():
    lines = open("/proc/self/status").read().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])
register = registers.frame({number})
getattr(registers, {way!r})(registers.frame(100), "day")
seen, done = [resident()], threading.Event()
def watch():
    while not done.is_set():
        seen.append(resident()); time.sleep(0.002)
watcher = threading.Thread(target=watch); watcher.start()
getattr(registers, {way!r})(register, "day")
done.set(); watcher.join()
print((max(seen) - seen[0]) / 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the resident memory is read from Linux's /proc")
def test_peak_memory_of_availability(benchmark, note):
    peaks: dict[str, float] = {}

    def measure() -> None:
        for column, way in (("ours", "ours"), ("peer", "plain"), ("explode", "exploded")):
            code = PEAK.format(here=str(Path(__file__).parent), number=FACILITIES, way=way)
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
            peaks[column] = float(done.stdout)

    benchmark.pedantic(measure, rounds=1)
    for column, peak in peaks.items():
        note(f"{SPELLS}, peak memory by day", column, peak, "MiB")
