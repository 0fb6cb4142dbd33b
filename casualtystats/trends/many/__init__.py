"""The growth of many areas at once: one fit an area, with its iterations run over all areas together."""

from casualtystats.trends.many.batch import ManyFits, fit_many
from casualtystats.trends.many.fit import fit_trends
from casualtystats.trends.many.result import TrendFits

__all__ = ["ManyFits", "TrendFits", "fit_many", "fit_trends"]
