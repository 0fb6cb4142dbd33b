"""The columns of the package's own format: names, which are needed, and names that come too close."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Final

from casualtystats.errors import ReportFileError
from casualtystats.vocabulary import KINDS, MEASURES, QUALIFIERS, ROLES, STANDARDS, UNITS

__all__ = ["COUNTS", "DATES", "FORMAT", "PATHS", "TEXTS", "WORDS", "Layout", "check_names"]

WORDS: Final[dict[str, tuple[str, ...]]] = {
    "measure": MEASURES,
    "unit": UNITS,
    "kind": KINDS,
    "qualifier": QUALIFIERS,
    "standard": STANDARDS,
    "role": ROLES,
}
COUNTS: Final = ("value", "low", "best", "high")
DATES: Final = ("start", "end", "published")
PATHS: Final = ("place", "destination", "group", "perpetrator")
TEXTS: Final = ("report_id", *PATHS, "source", "derived_from", "event", "url", "wording")

FORMAT: Final = (
    "report_id", "measure", "unit", "kind", "qualifier", "value", "low", "best", "high", "start", "end",
    "hours", "place", "destination", "group", "perpetrator", "standard", "source", "derived_from",
    "published", "role", "event", "url", "wording",
)  # fmt: skip
_EDGES: Final = {name: (f"{name}_earliest", f"{name}_latest") for name in DATES}
_KNOWN: Final = (*FORMAT, *(edge for pair in _EDGES.values() for edge in pair))
_NEEDED: Final = ("report_id", "measure", "unit", "kind", "start")

# At this ratio "published_on" is near "published"; lower, "country" would come near nothing that it should.
_NEAR: Final = 0.8


@dataclass(frozen=True)
class Layout:
    """Which columns of a table are reports' columns.

    Parameters
    ----------
    known : frozenset of str
        Names of the format that the table has.
    ignored : tuple of str
        Names that are no part of the format.
    """

    known: frozenset[str]
    ignored: tuple[str, ...]

    def has_edges(self, name: str) -> bool:
        """Whether a date stands in two columns, `<name>_earliest` and `<name>_latest`."""
        return _EDGES[name][0] in self.known

    def has_date(self, name: str) -> bool:
        """Whether a date stands in the table in either form."""
        return name in self.known or self.has_edges(name)


def check_names(names: list[str], where: str) -> Layout:
    """Sort the names of a table into those of the format and others, and refuse what would lose a column.

    Parameters
    ----------
    names : list of str
        Column names, in any order.
    where : str
        The file (and line), for messages.

    Raises
    ------
    ReportFileError
        If a name is empty or stands twice, a needed column is missing, a date is given in two forms, or a
        name is nearly one of the format: a column that is lost silently changes numbers.

    Examples
    --------
    >>> needed = ["report_id", "measure", "unit", "kind", "start", "value"]
    >>> check_names([*needed, "editor"], "reports.csv").ignored
    ('editor',)
    >>> check_names([*needed, "published_on"], "reports.csv")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    casualtystats.errors.ReportFileError: reports.csv: expected the column 'published', got 'published_on';
    ...
    """
    _check_separator(names, where)
    _check_unique(names, where)
    known = frozenset(name for name in names if name in _KNOWN)
    ignored = tuple(name for name in names if name not in known)
    for name in ignored:
        near = _near(name, known)
        if near is not None:
            raise ReportFileError(
                f"{where}: expected the column {near!r}, got {name!r}; rename it if that is meant, else "
                "give it a "
                f"name that can not be mistaken for {near!r}, or leave it out"
            )
    layout = Layout(known, ignored)
    for name, edges in _EDGES.items():
        present = [edge for edge in edges if edge in known]
        if present and (name in known or len(present) == 1):
            got = ", ".join([*present, *([name] if name in known else [])])
            raise ReportFileError(f"{where}: expected either {name} or both {edges[0]} and {edges[1]}, got {got}")
    _check_needed(names, layout, where)
    return layout


def _check_unique(names: list[str], where: str) -> None:
    seen: set[str] = set()
    for position, name in enumerate(names, 1):
        if not name.strip():
            raise ReportFileError(f"{where}: expected a name for each column, got none for column {position}")
        if name in seen:
            raise ReportFileError(f"{where}: expected each column once, got {name!r} twice")
        seen.add(name)


def _check_separator(names: list[str], where: str) -> None:
    for mark, word in ((";", "semicolons"), ("\t", "tabs"), (",", "commas")):
        if len(names) == 1 and mark in names[0]:
            raise ReportFileError(
                f"{where}: expected columns separated by commas in a .csv file and by tabs in a .tsv "
                "file, got a "
                f"header that looks separated by {word}; save it again, or with the other ending"
            )


def _check_needed(names: list[str], layout: Layout, where: str) -> None:
    missing = [name for name in _NEEDED if name not in layout.known and not (name in _EDGES and layout.has_edges(name))]
    if not {"value", "low"} & layout.known:
        missing.append("value (or low)")
    if not missing:
        return
    raise ReportFileError(
        f"{where}: expected the columns report_id, measure, unit, kind, start and value or low; "
        f"missing: {', '.join(missing)}; got: {_shown(names)}"
    )


def _shown(names: list[str]) -> str:
    text = ", ".join(names[:40])
    return f"{text[:400]} ..." if len(text) > 400 or len(names) > 40 else text


def _near(name: str, known: frozenset[str]) -> str | None:
    plain = re.sub(r"[\s\-_.]+", "_", name.replace("\ufeff", "").strip().casefold()).strip("_")
    if plain in _KNOWN:
        return plain
    close = difflib.get_close_matches(plain, _KNOWN, n=1, cutoff=_NEAR)
    if close:
        return close[0]
    # "start_date" where there is no "start": the word is there, so the column is probably meant. "event_date" and
    # "event_type" are columns of many tables, and other things than the event.
    words = [word for word in plain.split("_") if word != "event"]
    return next((word for word in words if word in FORMAT and word not in known), None)
