"""What each place gains and loses by moves, with bounds; moves inside one place are neither."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from casualtystats.ledger.solve.system import Span
from casualtystats.periods import Period
from casualtystats.series.movements.axes import refuse_shared
from casualtystats.series.movements.leave import Rest, check_rest, joined
from casualtystats.series.movements.pairs import Pair, PairLedger, Surely

__all__ = ["NET", "net_frame"]

_COUNTS = ("arrivals_low", "arrivals_high", "departures_low", "departures_high", "net_low", "net_high")
NET = {"place": pl.String, **dict.fromkeys(_COUNTS, pl.Int64), "method": pl.String}
_PROGRAMME = "linear programme over the cells of the ledger"
_DIFFERENCE = "difference of bounds: the same people may be in several cells"


def net_frame(
    ledger: PairLedger, origins: Sequence[str], destinations: Sequence[str], whole: Pair, period: Period, rest: Rest
) -> pl.DataFrame:
    """Arrivals, departures and net of each place; see `FlowMatrix.net`.

    Raises
    ------
    OptionError
        If places lie in one another, or `rest` is not known.
    """
    check_rest(rest)
    every = list(dict.fromkeys([*origins, *destinations]))
    refuse_shared(every, ledger.reports.places, "places that are left and places of arrival")
    rows: list[tuple[str | int | None, ...]] = []
    for place in sorted(every):
        sources, targets = [a for a in origins if a != place], [b for b in destinations if b != place]
        if ledger.additive:
            gained = _moves(ledger, (whole[0], place), [(a, place) for a in sources], (place, place), rest)
            lost = _moves(ledger, (place, whole[1]), [(place, b) for b in targets], (place, place), rest)
            arrived = ledger.surely_span((whole[0], place), gained, period)
            left = ledger.surely_span((place, whole[1]), lost, period)
            net = ledger.net_span(gained, lost, period)
        else:
            arrived = _people(ledger, (whole[0], place), [(a, place) for a in sources], period)
            left = _people(ledger, (place, whole[1]), [(place, b) for b in targets], period)
            net = (
                None if left[1] is None else arrived[0] - left[1],
                None if arrived[1] is None else arrived[1] - left[0],
            )
        rows.append((place, *arrived, *left, *net, _PROGRAMME if ledger.additive else _DIFFERENCE))
    return pl.DataFrame(rows, schema=NET, orient="row")


def _moves(ledger: PairLedger, margin: Pair, named: Sequence[Pair], inside: Pair, rest: Rest) -> Surely:
    """Moves of a margin that do not stay inside the place."""
    most = ledger.region(margin, [inside])
    return Surely(joined([ledger.region(pair) for pair in named]) if rest == "unknown" else most, most)


def _people(ledger: PairLedger, margin: Pair, named: Sequence[Pair], period: Period) -> Span:
    """People of a margin: at least those of its largest pair, at most all of it."""
    spans = ledger.pair_spans([*named, margin], period)
    return max((low for low, _ in spans[:-1]), default=0), spans[-1][1]
