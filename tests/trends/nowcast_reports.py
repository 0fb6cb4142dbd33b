"""Archives of vintages, and published triangles, for the tests of nowcasts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from casualtystats.provenance import Origin
from casualtystats.reports import ReportArchive
from casualtystats.testing.frames import reports_of

MONDAY = date(2019, 4, 1)

# Taylor & Ashe 1983, incremental; also GenIns of R's ChainLadder.
TAYLOR_ASHE: list[list[float]] = [
    [357848, 766940, 610542, 482940, 527326, 574398, 146342, 139950, 227229, 67948],
    [352118, 884021, 933894, 1183289, 445745, 320996, 527804, 266172, 425046],
    [290507, 1001799, 926219, 1016654, 750816, 146923, 495992, 280405],
    [310608, 1108250, 776189, 1562400, 272482, 352053, 206286],
    [443160, 693190, 991983, 769488, 504851, 470639],
    [396132, 937085, 847498, 805037, 705960],
    [440832, 847631, 1131398, 1063269],
    [359480, 1061648, 1443370],
    [376686, 986608],
    [344014],
]
# RAA of R's ChainLadder (Mack 1994), cumulative: one count falls, from 15599 to 15496.
RAA: list[list[float]] = [
    [5012, 8269, 10907, 11805, 13539, 16181, 18009, 18608, 18662, 18834],
    [106, 4285, 5396, 10666, 13782, 15599, 15496, 16169, 16704],
    [3410, 8992, 13873, 16141, 18735, 22214, 22863, 23466],
    [5655, 11555, 15766, 21266, 23425, 26083, 27067],
    [1092, 9565, 15836, 22169, 25955, 26180],
    [1513, 6445, 11702, 12935, 15852],
    [557, 4020, 10946, 12314],
    [1351, 6947, 13112],
    [3133, 5395],
    [2063],
]


def ragged(rows: Sequence[Sequence[float | None]]) -> list[list[float | None]]:
    """Rows filled up with None to one length."""
    width = max(len(row) for row in rows)
    return [[*row, *[None] * (width - len(row))] for row in rows]


def vintage(week: int, on: int, value: int | None, **more: Any) -> dict[str, Any]:
    """One publication of the count of a numbered week, `on` days after its last day."""
    start = MONDAY + timedelta(days=7 * week)
    end = start + timedelta(days=6)
    day = end + timedelta(days=on)
    told = {
        "report_id": f"{week} {on}", "source": "OHCHR", "group": "civilian", "start_earliest": start, "end_latest": end,
        "value": value, "published_earliest": day, "published_latest": day,
    }  # fmt: skip
    return told | more


def archive_of(*rows: dict[str, Any], origin: Origin | None = None) -> ReportArchive:
    return ReportArchive.of(reports_of(rows, origin=origin))


def weekly(rows: Sequence[Sequence[float | None]], on: int = 1) -> list[dict[str, Any]]:
    """Running counts of weeks, published `on` days after each and then every week; None = no publication."""
    return [
        vintage(week, on + 7 * age, round(value))
        for week, counts in enumerate(rows)
        for age, value in enumerate(counts)
        if value is not None
    ]


def simulated(rng: np.random.Generator, mean: float, rows: int, shares: Sequence[float], phi: float = 1.0) -> Any:
    """Final counts with mean `mean` and variance phi * mean, spread over ages; all of them, and the triangle of them."""
    means = np.full(rows, mean) if phi == 1 else rng.gamma(mean / (phi - 1), phi - 1, rows)
    full = np.array([np.cumsum(rng.multinomial(number, shares)) for number in rng.poisson(means)], dtype=np.float64)
    ages = np.arange(len(shares))
    return full, np.where(ages[None, :] <= (rows - 1 - np.arange(rows))[:, None], full, np.nan)
