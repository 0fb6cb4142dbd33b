"""The thresholds of EARS C1, C2 and C3 on a row of counts, some of which may be missing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["C3Bound", "Method", "Verdict", "ears", "history"]

Method = Literal["C1", "C2", "C3"]
C3Bound = Literal["mean", "count"]

# Cells between the baseline and the cell that is judged.
GUARD: Final[dict[Method, int]] = {"C1": 0, "C2": 2, "C3": 2}
# Earlier cells whose statistic is added to that of the cell that is judged.
ADDED: Final[dict[Method, int]] = {"C1": 0, "C2": 0, "C3": 2}

SHORT: Final = "too few cells before it"
NO_COUNT: Final = "no count"
GAP: Final = "a cell of its baseline has no count"
FLAT: Final = "its baseline does not vary"
BEFORE: Final = "no statistic for one of the two cells before it"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One cell against its threshold; null where it could not be found, with the reason."""

    mean: float | None = None
    sd: float | None = None
    threshold: float | None = None
    statistic: float | None = None
    alarm: bool | None = None
    reason: str | None = None


def history(method: Method, baseline: int) -> int:
    """How many cells must lie before one that can be judged.

    Examples
    --------
    >>> [history(method, 7) for method in ("C1", "C2", "C3")]
    [7, 9, 11]
    """
    return baseline + GUARD[method] + ADDED[method]


def ears(
    counts: Sequence[int | None], method: Method, z: float, baseline: int, min_sd: float, c3_bound: C3Bound = "mean"
) -> list[Verdict]:
    r"""Thresholds and alarms for each cell.

    With the mean m and the sample standard deviation s (divided by one less) of the baseline, s at least `min_sd`:

    .. math:: C_1(t), C_2(t) = \frac{y_t - m_t}{s_t}, \quad U_t = m_t + z\, s_t

    The baseline is the `baseline` cells before t for C1, and those before t - 2 for C2 and C3. C3 adds what exceeds 1 in
    three cells,

    .. math:: C_3(t) = \sum_{i=t-2}^{t} \max(0, C_2(i) - 1), \quad
              U_t = \max\left(0, m_t + s_t \Big(z - \sum_{i=t-2}^{t-1} \max(0, C_2(i) - 1)\Big)\right)

    Alarm where y > U. Where C2(t) > 1 that is C3(t) > z - 1.

    Parameters
    ----------
    counts : sequence of int or None
        Counts of regular cells; None = missing.
    method : {"C1", "C2", "C3"}
        The method.
    z : float
        Standard deviations above the mean.
    baseline : int
        Number of cells.
    min_sd : float
        Least standard deviation; at 0 a baseline that does not vary gives no threshold.
    c3_bound : {"mean", "count"}
        "count" puts the count of the cell in place of m in U of C3.

    Returns
    -------
    list of Verdict
        One a cell.

    Examples
    --------
    >>> found = ears([5, 3, 4, 6, 5, 4, 3, 5, 6, 4, 12], "C1", 3.090232306, 7, 0.0)
    >>> round(found[10].threshold, 4), found[10].alarm, found[0].reason
    (8.1528, True, 'too few cells before it')
    """
    plain = [_shewhart(counts, at, z, baseline, GUARD[method], min_sd) for at in range(len(counts))]
    if method != "C3":
        return plain
    return [_summed(counts, plain, at, z, baseline, min_sd, c3_bound) for at in range(len(counts))]


def _shewhart(counts: Sequence[int | None], at: int, z: float, baseline: int, guard: int, min_sd: float) -> Verdict:
    """C1 and C2."""
    first = at - guard - baseline
    if first < 0:
        return Verdict(reason=SHORT)
    before = counts[first : at - guard]
    known = [count for count in before if count is not None]
    if len(known) < baseline:
        return Verdict(reason=GAP)
    total, square = sum(known), sum(count * count for count in known)
    # Of whole numbers: a baseline of equal counts has a standard deviation of 0 and nothing near it.
    mean, sd = total / baseline, math.sqrt((baseline * square - total * total) / (baseline * (baseline - 1)))
    spread = max(sd, min_sd)
    if spread == 0:
        return Verdict(mean, sd, reason=FLAT)
    threshold, count = mean + z * spread, counts[at]
    if count is None:
        return Verdict(mean, sd, threshold, reason=NO_COUNT)
    return Verdict(mean, sd, threshold, (count - mean) / spread, count > threshold)


def _summed(
    counts: Sequence[int | None], plain: list[Verdict], at: int, z: float, baseline: int, min_sd: float, bound: C3Bound
) -> Verdict:
    """C3, from C2 of three cells."""
    if at < history("C3", baseline):
        return Verdict(reason=SHORT)
    now = plain[at]
    if now.mean is None or now.sd is None or now.threshold is None:
        return now
    earlier = [plain[at - 2].statistic, plain[at - 1].statistic]
    if earlier[0] is None or earlier[1] is None:
        return Verdict(now.mean, now.sd, reason=BEFORE)
    added = max(0.0, earlier[0] - 1) + max(0.0, earlier[1] - 1)
    count = counts[at]
    middle: float | None = now.mean if bound == "mean" else count
    if middle is None or count is None or now.statistic is None:
        threshold = None if middle is None else max(0.0, middle + max(now.sd, min_sd) * (z - added))
        return Verdict(now.mean, now.sd, threshold, reason=NO_COUNT)
    threshold = max(0.0, middle + max(now.sd, min_sd) * (z - added))
    return Verdict(now.mean, now.sd, threshold, added + max(0.0, now.statistic - 1), count > threshold)
