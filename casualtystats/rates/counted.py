"""Person-days of one population: in closed form where people move evenly, else day by day, over all feasible periods."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from casualtystats.errors import OptionError
from casualtystats.rates.movements import Even, Flows, Moved, Path
from casualtystats.rates.spans import Span
from casualtystats.rates.stocks import Constant, Stocks, path_of

__all__ = ["Counted", "counted"]

Bounds = tuple[float, float, float]
_NOBODY = Even(0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Counted:
    """Person-days (low, best, high; NaN and infinity where not known), and people by day from `first` on."""

    total: Bounds
    path: Path | None
    first: int


def counted(
    base: Constant | Stocks, span: Span, even: dict[str, Even], series: dict[str, Flows], decline: str
) -> Counted:
    """Count the person-days of one population.

    Parameters
    ----------
    base : Constant or Stocks
        Who is there.
    span : Span
        The period.
    even, series : dict
        Those who move by name ("leaving", "arriving", "deaths"): evenly, or as series.
    decline : {"linear", "exponential"}
        How numbers of people go.

    Raises
    ------
    OptionError
        If more leave than are there, or options do not go together.
    """
    out = _added(even.get("leaving", _NOBODY), even.get("deaths", _NOBODY))
    into = even.get("arriving", _NOBODY)
    moves = out != _NOBODY or into != _NOBODY
    _check(base, span, bool(series), moves, decline)
    if isinstance(base, Constant) and not series:
        out = _capped(base, out, into)
        total = _closed(base, out, into, span, decline)
        return Counted(total, *_even_path(base, out, into, span, decline))
    if not span.dated:
        return _stated(base, span)
    outs: list[Moved] = [*([out] if out != _NOBODY else []), *(series[n] for n in ("leaving", "deaths") if n in series)]
    ins: list[Moved] = [*([into] if into != _NOBODY else []), *(series[n] for n in ("arriving",) if n in series)]
    pairs = span.feasible()
    if isinstance(base, Stocks) and not (outs or ins):
        # Who is there does not depend on when the period starts: what a longer period adds is never less than nothing.
        first, last = pairs[0][0], pairs[-1][1]
        path = path_of(base, [], [], first, last, first, last)
        return _over(pairs, {(first, last): path}, first)
    paths = {(start, end): path_of(base, outs, ins, start, end, start, end) for start, end in pairs}
    return _over(pairs, paths, pairs[0][0])


def _check(base: Constant | Stocks, span: Span, series: bool, moves: bool, decline: str) -> None:
    stocks = isinstance(base, Stocks)
    if decline == "exponential" and (series or stocks):
        raise OptionError(
            "expected decline='linear' with a series of stocks or of movements, got 'exponential': their dates say how "
            "people go; the exponential form is for numbers of people"
        )
    if isinstance(base, Stocks) and (series or moves):
        if base.between == "linear":
            raise OptionError(
                "expected between='step' with people who leave, arrive or die, got 'linear': the line between two stocks "
                "holds those who moved already"
            )
        if span.period is not None and base.fuzzy(span.period.end_latest.toordinal()):
            raise OptionError(
                "expected stocks with known dates where people leave, arrive or die, got one whose date is not exactly known"
            )
    if (stocks or series) and span.period is None:
        raise OptionError("expected period= with dates for a series of stocks or movements, got a number of days")
    if (series or (stocks and moves)) and not span.dated:
        raise OptionError("expected a period of whole days with a series of movements, got a stated length of hours")


def _added(one: Even, other: Even) -> Even:
    return Even(one.low + other.low, one.best + other.best, one.high + other.high)


def _capped(base: Constant, out: Even, into: Even) -> Even:
    """Those who go, of whom there are not more than were there or arrived."""
    if out.low > base.high + into.high or out.best > base.best + into.best:
        going, there = (
            low if math.isnan(best) else best for low, best in ((out.low, out.best), (base.high, base.best))
        )
        raise OptionError(
            f"expected at most as many people to leave or die as are there, got {going:,.10g} of {there:,.10g}; give "
            "population= in people, and leaving= only those who leave the area"
        )
    return replace(out, low=min(out.low, base.high + into.high), high=min(out.high, base.low + into.low))


def _corners(base: Constant, out: Even, into: Even) -> list[tuple[float, float]]:
    """People at the start and the net number who go, for low, best and high."""
    return [
        (base.low, out.high - into.low),
        (base.best, out.best - into.best),
        (base.high, out.low - into.high),
    ]


def _closed(base: Constant, out: Even, into: Even, span: Span, decline: str) -> Bounds:
    low, best, high = (_mean(people, net, decline) for people, net in _corners(base, out, into))
    if decline == "exponential" and out.best - into.best >= base.best:
        raise OptionError("expected somebody to stay: an exponential decline never empties a place")
    fixed = span.shortest == span.longest
    return low * span.shortest, best * span.longest if fixed else math.nan, high * span.longest


def _mean(people: float, net: float, decline: str) -> float:
    """Mean number of people over a period in which `net` of `people` go."""
    if not (math.isfinite(people) and math.isfinite(net)):
        return people - net if math.isnan(people) or math.isnan(net) else math.inf
    if decline == "linear" or net == 0:
        return people - net / 2
    if net >= people:
        return 0.0
    # The logarithm of one less the share that goes: of few who go, nothing cancels.
    share = net / people
    return people * share / -math.log1p(-share) if share else people


def _even_path(base: Constant, out: Even, into: Even, span: Span, decline: str) -> tuple[Path | None, int]:
    if not span.dated:
        return None, 0
    pairs = span.feasible()
    first, last = pairs[0][0], pairs[-1][1]
    corners = _corners(base, out, into)
    if out == into == _NOBODY:
        pairs = [(first, last)]
    paths = {
        (start, end): tuple(_by_day(people, net, end - start + 1, decline) for people, net in corners)
        for start, end in pairs
    }
    return _envelope({pair: (low, best, high) for pair, (low, best, high) in paths.items()}, first, last), first


def _by_day(people: float, net: float, days: int, decline: str) -> NDArray[np.float64]:
    at = np.arange(days, dtype=np.float64)
    if decline == "linear" or net == 0 or not (math.isfinite(people) and math.isfinite(net)):
        if math.isinf(people) or math.isinf(net):
            return np.full(days, math.inf)
        return people - net * (at + 0.5) / days
    if net >= people:
        return np.zeros(days)
    pace = -math.log1p(-net / people) / days
    if pace == 0:
        return np.full(days, people)
    found: NDArray[np.float64] = people / pace * np.exp(-pace * at) * -np.expm1(-pace)
    return found


def _stated(base: Constant | Stocks, span: Span) -> Counted:
    """A stated length within dates: those hours may be of any of the days."""
    pairs = span.feasible()
    first, last = pairs[0][0], pairs[-1][1]
    low, best, high = path_of(base, [], [], first, last, first, last)
    likely = float(best[0]) if bool((best == best[0]).all()) else math.nan
    days = span.longest
    return Counted((float(low.min()) * days, likely * days, float(high.max()) * days), None, first)


def _over(pairs: list[tuple[int, int]], paths: dict[tuple[int, int], Path], first: int) -> Counted:
    """Least and greatest sums over all feasible periods; the best only where there is one."""
    last = pairs[-1][1]
    path = _envelope(paths, first, last)
    one = len(pairs) == 1
    if len(paths) == 1:
        low, high = (np.concatenate([[0.0], np.cumsum(path[at])]) for at in (0, 2))
        least = min(float(low[end - first + 1] - low[start - first]) for start, end in pairs)
        most = math.inf if math.isinf(high[-1]) else max(float(high[e - first + 1] - high[s - first]) for s, e in pairs)
        if one:
            sums = (math.fsum(part.tolist()) for part in path)
            least, likely, most = sums
            return Counted((least, likely, most), path, first)
        return Counted((least, math.nan, most), path, first)
    least = min(math.fsum(part[0].tolist()) for part in paths.values())
    most = max(math.fsum(part[2].tolist()) for part in paths.values())
    return Counted((least, math.nan, most), path, first)


def _envelope(paths: dict[tuple[int, int], Path], first: int, last: int) -> Path:
    """What all feasible periods allow on each day; the best only where they agree."""
    if len(paths) == 1:
        return next(iter(paths.values()))
    days = last - first + 1
    low, high = np.full(days, math.inf), np.full(days, -math.inf)
    best, seen = np.full(days, math.nan), np.zeros(days, dtype=bool)
    for (start, _), (less, likely, more) in paths.items():
        part = slice(start - first, start - first + less.size)
        low[part], high[part] = np.minimum(low[part], less), np.maximum(high[part], more)
        best[part] = np.where(seen[part] & (best[part] != likely), math.nan, likely)
        seen[part] = True
    return low, best, high
