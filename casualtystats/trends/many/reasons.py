"""Why an area can not be fitted, as far as its rows tell without a fit."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.likelihood.totals import Indices

__all__ = ["NEEDED", "REASON", "TOO_FEW", "UNSETTLED", "reasons_of_areas"]

NEEDED: Final = 4
TOO_FEW: Final = f"fewer than {NEEDED} usable totals"
SHARED: Final = "periods share a day"
ZEROS: Final = "zeros only: the growth of nothing is not defined"
FIRST_ONLY: Final = "counts above 0 in the first period only: any decline that is steep enough fits, and none fits best"
LAST_ONLY: Final = "counts above 0 in the last period only: any growth that is steep enough fits, and none fits best"
UNSETTLED: Final = "the fit does not settle on one value"
# The type of an array that holds any of them.
REASON: Final = np.array([TOO_FEW, SHARED, ZEROS, FIRST_ONLY, LAST_ONLY, UNSETTLED]).dtype


def reasons_of_areas(
    first: Indices, last: Indices, counts: Array, area: Indices, starts: Indices, n: Indices
) -> NDArray[np.str_]:
    """Why areas can not be fitted; empty where nothing stands against it.

    Parameters
    ----------
    first, last : array of int (rows)
        First and last day of each total, sorted by area and first day.
    counts : array (rows)
        Counts.
    area : array of int (rows)
        Area of each row, from 0.
    starts, n : array of int (areas)
        Where the rows of each area begin, and how many they are.
    """
    inside = area[1:] == area[:-1]
    shared = np.zeros(len(n), dtype=np.bool_)
    np.logical_or.at(shared, area[1:][inside & (first[1:] <= last[:-1])], True)
    total = np.add.reduceat(counts, starts)
    ends = starts + n - 1
    conditions = [n < NEEDED, shared, total == 0, counts[starts] == total, counts[ends] == total]
    return np.select(conditions, [TOO_FEW, SHARED, ZEROS, FIRST_ONLY, LAST_ONLY], "")
