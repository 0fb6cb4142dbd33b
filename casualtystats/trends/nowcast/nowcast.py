"""Nowcast: what the counts of recent periods will be once late reports are in."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from casualtystats.errors import OptionError
from casualtystats.periods.cadence import Every
from casualtystats.printing import format_rate, many
from casualtystats.rates.sampling import check_level
from casualtystats.reports import ReportArchive, Reports
from casualtystats.reports.preferred import RoleChoice
from casualtystats.trends.nowcast.bootstrap import Residuals, draw_missing, residuals_of
from casualtystats.trends.nowcast.decreases import DecreaseRule, find_decreases, handled, told
from casualtystats.trends.nowcast.figures import Hedged
from casualtystats.trends.nowcast.ladder import ChainLadder, chain_ladder, check_tail
from casualtystats.trends.nowcast.result import METHOD, NOWCAST_TYPES, Nowcast, Total
from casualtystats.trends.nowcast.triangle import AgeStep, Triangle
from casualtystats.trends.nowcast.vintages import reporting_triangle
from casualtystats.vocabulary import Measure, Unit

__all__ = ["nowcast"]

Floats = NDArray[np.float64]
_FEWEST: Final = 100
_MOST: Final = 1_000_000


def nowcast(
    archive: ReportArchive | Reports | Triangle, *, as_of: str | date | None = None, measure: Measure | None = None,
    unit: Unit | None = None, place: str | None = None, group: str | None = None, source: str | None = None,
    role: RoleChoice | None = None, every: Every | None = None, age: AgeStep | None = None, max_age: int | None = None,
    hedged: Hedged | None = None, on_decrease: DecreaseRule = "keep", tail: float = 1.0, level: float = 0.95,
    draws: int = 2000, seed: int = 0, recent_below: float = 0.95,
) -> Nowcast:  # fmt: skip
    r"""What was reported of each period, and what is expected once reports are as complete as those of the oldest.

    Counts of a period grow as late reports come in. How they grew with age in older periods is carried over to the recent
    ones (chain ladder): :math:`\hat U_i = C_{i,l_i} \prod_{j \ge l_i} f_j` with
    :math:`f_j = \sum_i C_{i,j+1} / \sum_i C_{i,j}`, the estimates of a Poisson regression on period and age (Renshaw &
    Verrall 1998). Prediction intervals come from a residual bootstrap with chance on top (England & Verrall 1999, 2002).

    Parameters
    ----------
    archive : ReportArchive, Reports or Triangle
        Vintages, or a triangle made of them (`reporting_triangle`) or of plain numbers (`Triangle.of`).
    as_of, measure, unit, place, group, source, role, every, age, max_age, hedged
        How the vintages become a triangle, as in `reporting_triangle`; `as_of` is asked for. Not with a Triangle.
    on_decrease : {"keep", "backward", "isotonic", "raise"}, default "keep"
        What to do where a count falls with age. "keep": negative increments stay, and lower the factors (the chain ladder
        copes with them). "backward": earlier counts are lowered to the later one. "isotonic": earlier counts are replaced
        by the nearest ones that do not fall. "raise": refuse. The result says how many fell and by how much.
    tail : float, default 1
        Factor beyond the oldest age, which the triangle can not see; 1 = nothing comes later. It is taken as known.
    level : float, default 0.95
        Level of the prediction intervals, as a share.
    draws : int, default 2000
        Draws of the bootstrap.
    seed : int, default 0
        Of its random numbers: the same input and seed give the same intervals.
    recent_below : float, default 0.95
        A period is `recent` where less than this share of its final count is expected to be reported.

    Returns
    -------
    Nowcast
        One row a period in `to_frame()`; `total`, `completeness()`; a sentence in `str()`.

    Raises
    ------
    TooFewReportsError
        If there are fewer than two periods, or nothing was published at two ages.
    UndefinedEstimateError
        If counts grow from nothing, or a count is a bound.
    DecreaseError
        If a count falls under "raise".
    OptionError
        If an argument is not known, or does not go with a Triangle.
    VintageError, NoReportsError, MixedUnitsError, DoubleCountError, PeriodError
        As in `reporting_triangle`.

    Notes
    -----
    It assumes that delays stay as they were: a source that reports faster or slower than before makes it wrong. Intervals
    hold chance and the uncertainty of the factors, not such changes. Where no count ever fell, no interval goes below
    what is reported. A period without any report yet is not in it.

    References
    ----------
    England, P. D. & Verrall, R. J. (2002). Stochastic claims reserving in general insurance. British Actuarial Journal 8,
    443-518. Renshaw, A. E. & Verrall, R. J. (1998). A stochastic model underlying the chain-ladder technique. British
    Actuarial Journal 4, 903-923.

    Examples
    --------
    >>> added = [[40, 22, 8, 3], [55, 30, 11, None], [48, 20, None, None], [60, None, None, None]]
    >>> found = nowcast(Triangle.of(added, values="incremental"))
    >>> round(found.total.missing, 7)
    62.4297607
    >>> print(found)
    reported counts: 297; expected once reports are complete: 359 (95 % prediction interval ... to ...), assuming that
    delays stay as they were
    """
    options = {
        "as_of": as_of, "measure": measure, "unit": unit, "place": place, "group": group, "source": source, "role": role,
        "every": every, "age": age, "max_age": max_age, "hedged": hedged,
    }  # fmt: skip
    _check(draws, seed, recent_below)
    level, tail = check_level(level), check_tail(tail)
    if isinstance(archive, Triangle):
        given = [name for name, value in options.items() if value is not None]
        if given:
            raise OptionError(
                f"expected no {', '.join(f'{name}=' for name in given)} with a Triangle, which is already made; give it to "
                "reporting_triangle or Triangle.of"
            )
        triangle = archive
    else:
        triangle = reporting_triangle(
            archive, as_of=as_of, measure=measure, unit=unit, place=place, group=group, source=source, role=role,
            every=every, age=age, max_age=max_age, hedged=hedged or "refuse",
        )  # fmt: skip
    falls = find_decreases(triangle)
    counts = handled(triangle, on_decrease, falls)
    ladder = chain_ladder(counts, tail, [_age(triangle, at) for at in range(len(triangle.ages))])
    residuals = residuals_of(counts, ladder)
    below = on_decrease == "keep" and bool(falls)
    low, high, total = _intervals(counts, ladder, residuals, level, draws, seed, below)
    frame = _frame(triangle, ladder, low, high, level, recent_below)
    notes = tuple(note for note in _notes(triangle, ladder, residuals, frame, below) if note)
    notes = (*([told(triangle, falls, on_decrease)] if falls else []), *notes)
    return Nowcast(
        triangle, ladder, frame, total, level, draws, seed, residuals.dispersion, on_decrease, falls, recent_below, notes
    )  # fmt: skip


def _age(triangle: Triangle, column: int) -> str:
    """An age in errors: "age 2", or "an age of 2 weeks"."""
    name = triangle.age_name(column)
    return name if triangle.age is None else f"an age of {name}"


def _check(draws: int, seed: int, recent_below: float) -> None:
    for name, value, least, most in (("draws", draws, _FEWEST, _MOST), ("seed", seed, 0, 2**63 - 1)):
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise OptionError(f"expected {name}= a whole number from {least:,} to {most:,}, got {value!r}")
    if isinstance(recent_below, bool) or not isinstance(recent_below, int | float) or not 0 < recent_below <= 1:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected recent_below= a share above 0 and up to 1, such as 0.95; got {recent_below!r}")


def _intervals(
    counts: Floats, ladder: ChainLadder, residuals: Residuals, level: float, draws: int, seed: int, below: bool
) -> tuple[list[float | None], list[float | None], Total]:
    """Ends of the prediction intervals of each period, and the total with its own."""
    settled = _settled(ladder)
    reported, expected = float(ladder.latest.sum()), float(ladder.ultimate.sum())
    sure: list[float | None] = [
        count if done else None for count, done in zip(ladder.latest.tolist(), settled.tolist(), strict=True)
    ]
    if settled.all():
        return sure, sure, Total(reported, expected, reported, reported)
    if residuals.dispersion is None:
        return sure, sure, Total(reported, expected, None, None)
    missing = draw_missing(counts, ladder, residuals, draws=draws, seed=seed, falls=below)
    low, high = _ends(missing, ladder.latest, level)
    least, most = _ends(missing.sum(axis=1, keepdims=True), np.array([reported]), level)
    return [*low.tolist()], [*high.tolist()], Total(reported, expected, float(least[0]), float(most[0]))


def _settled(ladder: ChainLadder) -> NDArray[np.bool_]:
    """Periods of an age from which on nothing ever changed."""
    growing = np.append(ladder.factors != 1, ladder.tail != 1)
    # What no period with counts has shown may change yet.
    growing[list(ladder.unseen)] = True
    done: NDArray[np.bool_] = ~np.cumsum(growing[::-1])[::-1].astype(bool)[ladder.last]
    return done


def _ends(missing: Floats, reported: Floats, level: float) -> tuple[Floats, Floats]:
    """Quantiles of reported + missing, rounded outward to draws; a count is 0 or more."""
    tails = (1 - level) / 2
    low = np.quantile(missing, tails, axis=0, method="lower")
    high = np.quantile(missing, 1 - tails, axis=0, method="higher")
    return np.maximum(reported + low, 0.0), np.maximum(reported + high, 0.0)


def _frame(
    triangle: Triangle, ladder: ChainLadder, low: list[float | None], high: list[float | None], level: float,
    recent_below: float,
) -> pl.DataFrame:  # fmt: skip
    rows = len(ladder.last)
    share = ladder.completeness[ladder.last]
    starts, ends = triangle.edges()
    columns: list[int] = ladder.last.tolist()
    ages = [triangle.ages[at] for at in columns]
    frame = pl.DataFrame(
        {
            "period_start": starts,
            "period_end": ends,
            "age": ages,
            "reported": ladder.latest.tolist(),
            "completeness": share.tolist(),
            "expected": ladder.ultimate.tolist(),
            "low": low,
            "high": high,
            "level": [level] * rows,
            "method": [METHOD] * rows,
            "recent": ((share < recent_below) | (share > 1 / recent_below)).tolist(),
            "complete": _settled(ladder).tolist(),
        },
        schema=NOWCAST_TYPES,
    )
    # Counts of people are whole; a triangle of other numbers keeps its decimals.
    whole = [pl.col(name).round().cast(pl.Int64) for name in ("reported", "low", "high")] if triangle.whole else []
    return frame.with_columns(whole)


def _notes(
    triangle: Triangle, ladder: ChainLadder, residuals: Residuals, frame: pl.DataFrame, below: bool
) -> list[str]:
    """What a reader should know of a result, most of it only where it is the case."""
    empty = frame.filter((pl.col("reported") == 0) & ~pl.col("complete")).height
    oldest = triangle.age_name(len(triangle.ages) - 1)
    still = int(np.flatnonzero(np.append(1.0, ladder.factors) != 1).max(initial=0))
    seen = ladder.unseen[0] if ladder.unseen else None
    return [
        *triangle.notes,
        f"{many(triangle.carried, 'cell')} without a publication: the count before stands" if triangle.carried else "",
        f"{many(triangle.gaps, 'period')} between them without a figure: not zero, and not in it"
        if triangle.gaps
        else "",
        f"no count changed after {triangle.age_name(still)}" if still < len(triangle.ages) - 1 else "",
        f"what comes after {oldest}, the oldest age seen, can not be seen: none is expected"
        if ladder.tail == 1
        else f"after {oldest}, the oldest age seen, counts grow by the factor {ladder.tail:.10g} that was given",
        f"after {triangle.age_name(seen)}, only periods without counts are seen" if seen is not None else "",
        "no interval: too few increments to tell how much they vary" if residuals.dispersion is None else "",
        f"dispersion {format_rate(residuals.dispersion)} is below 1: intervals rest on 1"
        if residuals.dispersion is not None and residuals.dispersion < 1
        else "",
        "counts were taken back before, so that intervals may go below what is reported" if below else "",
        f"{many(empty, 'recent period')} with 0 reported so far: the model expects 0, and only the interval says how many "
        "may come"
        if empty
        else "",
    ]
