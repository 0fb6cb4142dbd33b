"""Who moved from where to where: matrices of origin and destination, net flows, and those who leave an area."""

from casualtystats.series.movements.leaving import leaving
from casualtystats.series.movements.matrix import flow_matrix
from casualtystats.series.movements.result import FlowMatrix

__all__ = ["FlowMatrix", "flow_matrix", "leaving"]
