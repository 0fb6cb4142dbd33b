"""Who leaves an area, straight from reports or from a matrix of moves."""

from __future__ import annotations

from datetime import date
from typing import Literal

from casualtystats.errors import OptionError
from casualtystats.estimates import Estimate
from casualtystats.ledger import LedgerOptions
from casualtystats.periods import Period
from casualtystats.reports import Reports
from casualtystats.reports.select import RoleChoice
from casualtystats.series.movements.leave import Rest
from casualtystats.series.movements.matrix import flow_matrix
from casualtystats.series.movements.result import FlowMatrix
from casualtystats.vocabulary import Unit

__all__ = ["leaving"]


def leaving(
    flow: FlowMatrix | Reports, area: str, *, rest: Rest = "unknown", period: Period | str | None = None,
    measure: Literal["displaced", "returned"] = "displaced", unit: Unit | None = None, group: str | None = None,
    source: str | None = None, role: RoleChoice | None = None, as_of: str | date | None = None, once: bool = False,
    origin: str | date | None = None, options: LedgerOptions | None = None,
) -> Estimate:  # fmt: skip
    """People who leave an area, as `person_days(leaving=)` takes them; see `FlowMatrix.leaving`.

    Parameters
    ----------
    flow : FlowMatrix or Reports
        A matrix, or the reports that it is made of.
    area : str
        The area whose people are counted.
    rest : {"unknown", "elsewhere"}
        How those of a margin who are in no named pair are read.
    period, measure, unit, group, source, role, as_of, once, origin, options
        As in `flow_matrix`, for reports. Movements of a person who leaves twice count twice.

    Returns
    -------
    Estimate
        From those who surely left to all who may have.

    Raises
    ------
    OptionError
        If options of `flow_matrix` are named beside a matrix; and as in `FlowMatrix.leaving`.
    NoReportsError, MixedUnitsError, ContradictionError, VintageError, NotAdditiveError
        As `flow_matrix`.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> reports = cs.read_reports(pl.DataFrame({
    ...     "report_id": ["in", "out"], "measure": "displaced", "unit": "displacements", "kind": "flow", "value": [90, 10],
    ...     "start": "2019-04-29", "end": "2019-05-09", "place": "Syria/Idlib", "destination": ["Syria/Idlib", "Syria/Aleppo"],
    ... }))
    >>> str(leaving(reports, "Syria/Idlib"))
    'at least 10'
    """
    if isinstance(flow, Reports):
        # Every report is a constraint, whichever rows and columns are asked for; those of reports may lie in one another.
        found = flow_matrix(
            flow, measure=measure, unit=unit, period=period, group=group, source=source, role=role, as_of=as_of, once=once,
            origin=origin, options=options, origins=[area], destinations=[area],
        )  # fmt: skip
        return found.leaving(area, rest=rest)
    if not isinstance(flow, FlowMatrix):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected a FlowMatrix or Reports, got {type(flow).__name__}")
    given = (period, unit, group, source, role, as_of, origin, options)
    if once or measure != flow.measure or any(value is not None for value in given):
        raise OptionError(
            "expected options of flow_matrix beside reports, got them beside a matrix, which is made already"
        )
    return flow.leaving(area, rest=rest)
