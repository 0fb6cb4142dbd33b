"""Made-up ledgers of consistent reports, and the usual way to bound a sum: one linear programme a question."""

from __future__ import annotations

import random
from datetime import date, timedelta

import numpy as np
import polars as pl

import casualtystats as cs

FIRST = date(2010, 1, 4)
NAMES = ["report_id", "measure", "unit", "kind", "qualifier", "value", "start", "end", "group"]


def reports(number: int, days: int, groups: int = 1, seed: int = 1) -> cs.Reports:
    """Reports of a made-up truth, of days up to four months, about one group or nested ones."""
    rng = random.Random(seed)
    truth = [[rng.randint(0, 9) for _ in range(days)] for _ in range(groups)]
    names = ["g0"]
    for at in range(1, groups):
        names.append(f"{names[at - 1 if at % 3 else (at - 1) // 2]}/g{at}")
    inside = [[at for at, other in enumerate(names) if f"{other}/".startswith(f"{name}/")] for name in names]
    rows: list[tuple[object, ...]] = []
    for number_ in range(number):
        group, first = rng.randrange(groups), rng.randrange(days)
        last = min(days - 1, first + rng.choice([0, 6, 13, 29, rng.randrange(1, 120)]))
        count = sum(sum(truth[at][first : last + 1]) for at in inside[group])
        word = rng.choice(["exactly", "at_least", "up_to", "exactly", "approximately"])
        stated = {"at_least": max(0, count - rng.randrange(5)), "up_to": count + rng.randrange(10)}.get(word, count)
        span = (FIRST + timedelta(first), FIRST + timedelta(last))
        rows.append(
            (f"r{number_}", "killed", "people", "flow", word, stated, *span, names[group] if groups > 1 else None)
        )
    return cs.read_reports(pl.DataFrame(rows, schema=NAMES, orient="row"))


def one_by_one(some: cs.Reports, cells: list[tuple[date, date]], group: str | None) -> list[tuple[float, float | None]]:
    """Bounds by `scipy.optimize.linprog`, a new programme for each."""
    from scipy.optimize import linprog
    from scipy.sparse import lil_matrix

    paths = sorted({row or "" for row in some.frame["group"]})
    days = (some.frame["end_latest"].max() - FIRST).days + 1
    rows = some.frame.to_dicts()
    low, high = lil_matrix((len(rows), days * len(paths))), []
    lower, upper = [], []
    for at, row in enumerate(rows):
        for place, path in enumerate(paths):
            if f"{path}/".startswith(f"{row['group'] or ''}/") or not row["group"]:
                span = range((row["start_earliest"] - FIRST).days, (row["end_latest"] - FIRST).days + 1)
                for day in span:
                    low[at, day * len(paths) + place] = 1
        lower.append(row["low"])
        upper.append(np.inf if row["high"] is None else row["high"])
        high.append(at)
    table = low.tocsr()
    from scipy.sparse import vstack

    bounded = np.isfinite(upper)
    limits = vstack([-table, table[bounded]])
    rest = np.concatenate([-np.array(lower), np.array(upper)[bounded]])
    found: list[tuple[float, float | None]] = []
    for first, last in cells:
        cost = np.zeros(days * len(paths))
        for place, path in enumerate(paths):
            if not group or f"{path}/".startswith(f"{group}/"):
                for day in range(max(0, (first - FIRST).days), min(days - 1, (last - FIRST).days) + 1):
                    cost[day * len(paths) + place] = 1
        least = linprog(cost, A_ub=limits, b_ub=rest, method="highs")
        most = linprog(-cost, A_ub=limits, b_ub=rest, method="highs")
        found.append((least.fun, -most.fun if most.status == 0 else None))
    return found
