"""What was asked of a trend, so that it can be asked again with one thing changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import polars as pl

from casualtystats.errors import OptionError
from casualtystats.trends.design import Exposure
from casualtystats.trends.families import Covariance, Family
from casualtystats.trends.usable import Use

__all__ = ["Request"]


@dataclass(frozen=True, eq=False)
class Request:
    """The arguments of `fit_trend`."""

    family: Family | None
    formula: str
    exposure: Exposure | None
    data: pl.DataFrame | None
    offset: str | None
    use: Use
    cov: Covariance
    maxlags: int | None
    level: float

    def check(self) -> None:
        """Refuse options that are not known.

        Raises
        ------
        OptionError
            If the family or the covariance is not known, or lags are given to a covariance without lags.
        """
        if self.family is not None and self.family not in get_args(Family):
            raise OptionError(f"expected family= one of {', '.join(get_args(Family))}; got {self.family!r}")
        if self.cov not in get_args(Covariance):
            raise OptionError(f"expected cov= one of {', '.join(get_args(Covariance))}; got {self.cov!r}")
        if self.maxlags is not None and self.cov != "HAC":
            raise OptionError("expected maxlags= with cov='HAC' only")
