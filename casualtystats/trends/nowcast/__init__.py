"""Nowcasts: counts of recent periods, once late reports are in, from a reporting triangle of vintages."""

from casualtystats.trends.nowcast.decreases import Decrease, DecreaseRule, find_decreases
from casualtystats.trends.nowcast.ladder import ChainLadder, chain_ladder
from casualtystats.trends.nowcast.nowcast import nowcast
from casualtystats.trends.nowcast.result import Nowcast, Total
from casualtystats.trends.nowcast.triangle import AgeStep, Triangle
from casualtystats.trends.nowcast.vintages import reporting_triangle

__all__ = [
    "AgeStep", "ChainLadder", "Decrease", "DecreaseRule", "Nowcast", "Total", "Triangle", "chain_ladder", "find_decreases",
    "nowcast", "reporting_triangle",
]  # fmt: skip
