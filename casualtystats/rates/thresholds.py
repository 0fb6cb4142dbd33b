"""Thresholds of mortality in emergencies, as published: a typed table, and twice a baseline of one's own.

All are of deaths from all causes. A documented baseline of the population itself comes first: twice that baseline is an
emergency (`twice`). The fixed 1 per 10,000 a day is the fallback. The table has no row for the Middle East, and none is
invented: use the baseline that is documented there, or the fallback, and name it.

Sources: Conflict and Health 2008;2:9, table 1, which gives the values of the Centers for Disease Control and Prevention
(CDC) and Médecins Sans Frontières (MSF), and the baselines of the Sphere Project by region.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, Literal, get_args

import polars as pl

from casualtystats.errors import MeasureError, OptionError
from casualtystats.printing import format_rate
from casualtystats.rates.given import finite
from casualtystats.rates.threshold import Indicator, Kind, Threshold
from casualtystats.rates.verdicts import recorded

if TYPE_CHECKING:
    from casualtystats.rates.result import RateSeries

__all__ = ["REGIONS", "Indicator", "Kind", "Threshold", "get", "names", "sphere", "table", "twice"]

SOURCE: Final = "Conflict and Health 2008;2:9, table 1"


# Region: baseline and emergency level of the whole population, then of children under five.
REGIONS: Final[dict[str, tuple[float, float, float, float]]] = {
    "sub-Saharan Africa": (0.44, 0.9, 1.14, 2.3),
    "Latin America": (0.16, 0.3, 0.19, 0.4),
    "South Asia": (0.25, 0.5, 0.59, 1.2),
    "Eastern Europe and former Soviet Union": (0.30, 0.6, 0.20, 0.4),
}
_CDC: Final[tuple[tuple[Kind, float, Indicator], ...]] = (
    ("baseline", 0.5, "CMR"),
    ("emergency", 1.0, "CMR"),
    ("out of control", 2.0, "CMR"),
    ("major catastrophe", 5.0, "CMR"),
    ("baseline", 1.0, "U5MR"),
    ("emergency", 2.0, "U5MR"),
)


def _all() -> dict[str, Threshold]:
    found = [
        Threshold(value, 10_000, measure, f"CDC/MSF {kind}{_young(measure)}", SOURCE, kind)
        for kind, value, measure in _CDC
    ]
    for region, values in REGIONS.items():
        pairs: tuple[tuple[Kind, Indicator], ...] = (
            ("baseline", "CMR"), ("emergency", "CMR"), ("baseline", "U5MR"), ("emergency", "U5MR")
        )  # fmt: skip
        found += [
            Threshold(value, 10_000, measure, f"Sphere {kind}, {region}{_young(measure)}", SOURCE, kind)
            for value, (kind, measure) in zip(values, pairs, strict=True)
        ]
    return {threshold.name: threshold for threshold in found}


def _young(measure: Indicator) -> str:
    return ", under five" if measure == "U5MR" else ""


def names() -> list[str]:
    """The names of all published thresholds.

    Examples
    --------
    >>> names()[:2]
    ['CDC/MSF baseline', 'CDC/MSF emergency']
    """
    return list(_all())


def get(name: str) -> Threshold:
    """A published threshold by its name; case, and "/MSF", do not count.

    Raises
    ------
    OptionError
        If there is none of that name.

    Examples
    --------
    >>> print(get("cdc emergency"))
    CDC/MSF emergency: CMR 1.00 per 10,000 person-days (Conflict and Health 2008;2:9, table 1)
    """
    if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected the name of a threshold, got {name!r}; there are {', '.join(names())}")
    known = {_plain(threshold): found for threshold, found in _all().items()}
    if _plain(name) in known:
        return known[_plain(name)]
    raise OptionError(f"expected the name of a threshold, got {name!r}; {_nearest(name, names())}")


def sphere(
    region: str, *, measure: Indicator = "CMR", kind: Literal["baseline", "emergency"] = "emergency"
) -> Threshold:
    """The Sphere Project's baseline of a region, or its emergency level, which is about twice as high.

    Raises
    ------
    OptionError
        If the region has no row in the table: none is invented, and no neighbour's is taken.

    Examples
    --------
    >>> sphere("sub-Saharan Africa").value, sphere("South Asia", measure="U5MR", kind="baseline").value
    (0.9, 0.59)
    """
    if measure not in get_args(Indicator) or kind not in ("baseline", "emergency"):
        raise OptionError(
            f"expected measure= 'CMR' or 'U5MR' and kind= 'baseline' or 'emergency', got {measure!r}, {kind!r}"
        )
    known = {one.casefold(): one for one in REGIONS} | {"eastern europe/fsu": "Eastern Europe and former Soviet Union"}
    found = known.get(region.strip().casefold()) if isinstance(region, str) else None  # pyright: ignore[reportUnnecessaryIsInstance]
    if found is None:
        raise OptionError(
            f"expected a region of the Sphere table ({', '.join(REGIONS)}), got {region!r}: the table has no row for it. Use "
            "twice(baseline) with the baseline that is documented there, or get('CDC/MSF emergency'), and name it"
        )
    return _all()[f"Sphere {kind}, {found}{_young(measure)}"]


def twice(
    baseline: float | Threshold | RateSeries,
    *,
    per: float = 10_000,
    measure: Indicator = "CMR",
    name: str = "",
    source: str = "own baseline",
) -> Threshold:
    """Twice a baseline: what a doubling of a population's own mortality would be.

    Parameters
    ----------
    baseline : float, Threshold or RateSeries
        A rate per `per` person-days; a threshold; or a series of one rate, whose best value counts.
    per, measure, name, source
        Of a number: as in `Threshold`. A threshold or rate brings its own constant and measure.

    Raises
    ------
    OptionError
        If the baseline is not above 0, or the series has not one rate with a best value, or that is of a floor.
    MeasureError
        If the series is no crude or under-five mortality rate.

    Examples
    --------
    >>> print(twice(0.25, source="census of 2010"))
    twice the baseline of 0.250: CMR 0.500 per 10,000 person-days (census of 2010)
    """
    from casualtystats.rates.result import RateSeries

    size = finite(baseline)
    if isinstance(baseline, Threshold):
        per, measure, value = baseline.per, baseline.measure, baseline.value
        source = baseline.source if source == "own baseline" else source
    elif size is not None:
        value = size
    elif not isinstance(baseline, RateSeries):
        raise OptionError(f"expected a baseline above 0, a Threshold, or a series of one rate; got {baseline!r}")
    else:
        if baseline.indicator is None:
            raise MeasureError(
                f"expected a mortality rate of all causes as a baseline, got {baseline.label}; see crude_mortality_rate"
            )
        rows = baseline.to_frame()
        if rows.height != 1 or rows["rate"].has_nulls():
            raise OptionError(f"expected one rate with a best value as a baseline, got {baseline}")
        if rows["numerator_high"].has_nulls() or recorded(baseline):
            raise OptionError(
                f"expected a rate of all deaths as a baseline, got {recorded(baseline) or 'a floor'}: twice a floor may lie "
                "below twice the baseline. Give the number that you take for the baseline"
            )
        value, per, measure = float(rows["rate"][0]), float(rows["per"][0]), baseline.indicator
        source = baseline.note if source == "own baseline" and baseline.note else source
    if value <= 0:
        raise OptionError(f"expected a baseline above 0, got {baseline!r}")
    return Threshold(2 * value, per, measure, name or f"twice the baseline of {format_rate(value)}", source, "own")


def table() -> pl.DataFrame:
    """All published thresholds, one a row.

    Returns
    -------
    pl.DataFrame
        `name`, `measure` (CMR or U5MR), `kind`, `value`, `per` (person-days), `source`.

    Examples
    --------
    >>> table().height, table()["value"].max()
    (22, 5.0)
    """
    rows = [
        {
            "name": one.name,
            "measure": one.measure,
            "kind": one.kind,
            "value": one.value,
            "per": one.per,
            "source": one.source,
        }
        for one in _all().values()
    ]
    return pl.DataFrame(rows, schema_overrides={"per": pl.Float64})


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("/msf", "").replace(",", " ").split())


def _nearest(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=3, cutoff=0.4)
    return f"did you mean {' or '.join(map(repr, near))}?" if near else f"there are {', '.join(known)}"
