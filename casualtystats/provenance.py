"""Where a set of reports comes from."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Origin"]


@dataclass(frozen=True, slots=True)
class Origin:
    """The publication that a set of reports was read from.

    Parameters
    ----------
    producer : str
        Who publishes it.
    title : str
        Its title.
    url, licence, accessed : str, optional
        Its address, its licence (SPDX name where there is one) and the ISO date on which it was fetched.
    separate_events : bool, default False
        The publisher declares that rows are separate events (as UCDP GED and ACLED do). Then rows of a town
        and of its province may be added: neither counts the other's dead.

    Examples
    --------
    >>> Origin("Uppsala Conflict Data Program", "GED 25.1", separate_events=True).producer
    'Uppsala Conflict Data Program'
    """

    producer: str
    title: str
    url: str = ""
    licence: str = ""
    accessed: str = ""
    separate_events: bool = False
