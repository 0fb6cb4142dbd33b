"""One base error, and one class for each kind of mistake.

Every message says what was expected, what was got, where, and what to do about it.
"""

from __future__ import annotations

__all__ = [
    "CasualtyStatsError",
    "ContradictionError",
    "DatasetError",
    "DecreaseError",
    "DoubleCountError",
    "KindError",
    "MeasureError",
    "MissingExtraError",
    "MixedStandardsError",
    "MixedUnitsError",
    "NoReportsError",
    "NotAdditiveError",
    "OptionError",
    "ParseError",
    "PeriodError",
    "PlacesError",
    "ReportFileError",
    "SitrepError",
    "TooFewReportsError",
    "UnboundedTrendError",
    "UndefinedEstimateError",
    "VintageError",
]


class CasualtyStatsError(Exception):
    """Base of every error that this package raises on purpose."""


class ReportFileError(CasualtyStatsError):
    """A file or frame of reports can not be read at all (missing, empty, wrong encoding, missing column)."""


class ParseError(CasualtyStatsError, ValueError):
    """A wording, date or period is outside the documented grammar."""


class PeriodError(CasualtyStatsError, ValueError):
    """A period is impossible: its end lies before its start, or its stated length does not fit."""


class UndefinedEstimateError(CasualtyStatsError, ValueError):
    """An operation on estimates has no meaning, such as a lower bound minus a lower bound."""


class UnboundedTrendError(UndefinedEstimateError):
    """Only lower bounds are known: no mean fits best, and the one-sided answer stands in `mean_at_least`.

    Attributes
    ----------
    mean_at_least : float or None
        One-sided lower confidence bound of the daily mean; None where there is none.
    """

    def __init__(self, message: str, mean_at_least: float | None = None) -> None:
        super().__init__(message)
        self.mean_at_least = mean_at_least


class PlacesError(CasualtyStatsError, ValueError):
    """A table of places and zones contradicts itself."""


class OptionError(CasualtyStatsError, ValueError):
    """An argument has a value that the function does not know."""


class MixedUnitsError(CasualtyStatsError):
    """People, displacements, households, facilities and attacks are never added to each other."""


class MixedStandardsError(CasualtyStatsError):
    """Reports that rest on different standards (verified, reported, ...) do not count the same thing."""


class ContradictionError(CasualtyStatsError):
    """Reports can not all be true together, and no rule was named for it."""


class DoubleCountError(CasualtyStatsError):
    """Reports overlap in time, place and group, and no rule was named for it."""


class VintageError(DoubleCountError):
    """The same figure was published several times and no date of knowledge (`as_of`) was named."""


class DecreaseError(CasualtyStatsError):
    """A running total goes down, so that its differences are not counts."""


class NotAdditiveError(CasualtyStatsError):
    """A sum was asked of something that does not add up (people displaced, distinct facilities, stocks)."""


class KindError(CasualtyStatsError, AttributeError):
    """A method has no meaning for this kind of series (summing a stock, cumulating a running total)."""


class MeasureError(CasualtyStatsError, TypeError):
    """A series measures something else than the function needs (a mortality rate of a displacement)."""


class NoReportsError(CasualtyStatsError, LookupError):
    """No report matches the selection."""


class TooFewReportsError(CasualtyStatsError):
    """There are fewer usable reports than the method needs."""


class DatasetError(CasualtyStatsError, LookupError):
    """A data set is not known or its folder is incomplete."""


class SitrepError(CasualtyStatsError):
    """A situation report can not be written where it was asked for."""


class MissingExtraError(CasualtyStatsError, ImportError):
    """An optional dependency is not installed; the message names the extra that brings it."""
