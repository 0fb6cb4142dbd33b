"""The data sets that come with the package: folders of tidy CSV files with a Frictionless data package.

They lie in `datasets/` of a source checkout (which an editable install reads in place) and inside the wheel.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, cast

import polars as pl

from casualtystats.errors import DatasetError
from casualtystats.periods import parse_date
from casualtystats.places import Places
from casualtystats.provenance import Origin
from casualtystats.reports import Reports, read_reports
from casualtystats.reports.facilities import Facilities, StatusRounds, read_facilities, read_status_rounds

__all__ = ["describe", "events", "facilities", "folder", "load", "load_folder", "names", "status_rounds"]

_HERE: Final = Path(__file__).resolve().parent
_ROOTS: Final = (_HERE / "_datasets", _HERE.parent / "datasets")


def names() -> list[str]:
    """The names of the data sets that come with the package.

    Examples
    --------
    >>> "idlib-2019" in names()
    True
    """
    found = {path.parent.name for root in _ROOTS for path in root.glob("*/datapackage.json")}
    return sorted(found)


def folder(name: str) -> Path:
    """The folder of a data set.

    Raises
    ------
    DatasetError
        If there is none of this name.
    """
    for root in _ROOTS:
        if name in names() and (root / name / "datapackage.json").is_file():
            return root / name
    raise DatasetError(f"expected the name of a data set, got {name!r}; there are: {', '.join(names()) or 'none'}")


def load(name: str, table: str = "reports") -> Reports:
    """The checked reports of a data set.

    Parameters
    ----------
    name : str
        Name of a data set.
    table : str, default "reports"
        Another of its tables in the format of reports, without its ending: "facilities" and "outages" of "idlib-2019".

    Raises
    ------
    DatasetError
        If there is none of this name.

    Examples
    --------
    >>> load("idlib-2019")["un-facilities-18"].estimate.low
    18
    >>> len(load("idlib-2019", "facilities"))
    5
    """
    return load_folder(folder(name), table)


def load_folder(path: str | Path, table: str = "reports") -> Reports:
    """The checked reports of any folder in the layout of a data set.

    Parameters
    ----------
    path : str or Path
        Holds `reports.csv`, and may hold `places.csv`, `events.csv` and `datapackage.json`; tables of facilities as in
        `facilities`.
    table : str, default "reports"
        Another table in the format of reports, without its ending.

    Raises
    ------
    DatasetError
        If the folder or the table is missing.
    ReportFileError
        If the reports can not be read.
    """
    base = Path(path)
    if not (base / f"{table}.csv").is_file():
        raise DatasetError(f"{base}: expected a folder with a file {table}.csv, got {_what(base)}")
    return read_reports(base / f"{table}.csv", places=_places(base), origin=_origin(base))


def facilities(name: str) -> Facilities | None:
    """The checked register of single facilities of a data set, with their spells and hits.

    Parameters
    ----------
    name : str
        Name of a data set, or a folder in its layout: `facilities.csv`, and perhaps `outages.csv` and `hits.csv`.

    Returns
    -------
    Facilities or None
        None where its figures name no single facility: there is no `facilities.csv`, or its rows are reports (with a
        column `measure`).

    Raises
    ------
    DatasetError
        If there is no such data set.
    ReportFileError
        If a table can not be read.

    Examples
    --------
    >>> len(facilities("simulated-facilities")), facilities("idlib-2019")
    (60, None)
    """
    base = _base(name)
    register, outages, hits = (
        base / table if (base / table).is_file() and "measure" not in _header(base / table) else None
        for table in ("facilities.csv", "outages.csv", "hits.csv")
    )
    if register is None:
        return None
    return read_facilities(register, outages=outages, hits=hits, places=_places(base), origin=_origin(base))


def status_rounds(name: str) -> StatusRounds | None:
    """The checked rounds of status surveys of a data set, from its `rounds.csv`; None where it has none.

    Parameters
    ----------
    name : str
        Name of a data set, or a folder in its layout.

    Raises
    ------
    DatasetError
        If there is no such data set.
    ReportFileError
        If the table can not be read.

    Examples
    --------
    >>> status_rounds("simulated-facilities").summary()["reported"].to_list()
    [53, 39, 58, 56, 54]
    """
    base = _base(name)
    if not (base / "rounds.csv").is_file():
        return None
    return read_status_rounds(base / "rounds.csv", places=_places(base), origin=_origin(base))


def events(name: str) -> pl.DataFrame:
    """The dated annotations of a data set.

    Parameters
    ----------
    name : str
        Name of a data set, or a folder in its layout.

    Returns
    -------
    pl.DataFrame
        `start_earliest`, `start_latest`, `end_latest` (dates), `label`, `kind`, `source`, in order of date; no rows
        where the data set has none.

    Raises
    ------
    DatasetError
        If there is no such data set, or a date of its events can not be read.

    Examples
    --------
    >>> events("idlib-2019").columns
    ['start_earliest', 'start_latest', 'end_latest', 'label', 'kind', 'source']
    """
    file = _base(name) / "events.csv"
    schema = {"start_earliest": pl.Date, "start_latest": pl.Date, "end_latest": pl.Date}
    texts = ("label", "kind", "source")
    if not file.is_file():
        return pl.DataFrame(schema=schema | dict.fromkeys(texts, pl.String))
    rows: list[dict[str, Any]] = []
    for row, record in enumerate(pl.read_csv(file, infer_schema=False).to_dicts(), 1):
        try:
            first, latest = parse_date(record["date"] or "")
            last = parse_date(record["end"])[1] if record.get("end") else latest
        except (KeyError, ValueError) as error:
            raise DatasetError(f"{file}, row {row}: expected a date, got: {error}") from error
        told = {text: record.get(text) for text in texts}
        rows.append({"start_earliest": first, "start_latest": latest, "end_latest": last} | told)
    return pl.DataFrame(rows, schema=schema | dict.fromkeys(texts, pl.String)).sort("start_earliest", "label")


def describe(path: str | Path) -> dict[str, Any]:
    """The data package of a folder: title, description, sources, licences; empty where it has none.

    Raises
    ------
    DatasetError
        If the file is not JSON.
    """
    file = Path(path) / "datapackage.json"
    if not file.is_file():
        return {}
    try:
        package: Any = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DatasetError(f"{file}: expected a JSON data package, got: {error}") from error
    if not isinstance(package, dict):
        raise DatasetError(f"{file}: expected a JSON object, got {type(package).__name__}")
    return cast("dict[str, Any]", package)


def _base(name: str) -> Path:
    return Path(name) if name not in names() and Path(name).is_dir() else folder(name)


def _places(base: Path) -> Places:
    return Places.read(base / "places.csv") if (base / "places.csv").is_file() else Places()


def _header(file: Path) -> list[str]:
    """The names of the columns of a table."""
    with file.open(encoding="utf-8-sig", errors="replace") as lines:
        return [name.strip().strip('"') for name in lines.readline().split(",")]


def _origin(base: Path) -> Origin | None:
    package = describe(base)
    if not package:
        return None
    licences = _texts(package.get("licenses"), "name")
    makers = _texts(package.get("contributors"), "title")
    title = str(package.get("title", base.name))
    separate = bool(package.get("separate_events", False))
    return Origin(", ".join(makers), title, str(package.get("homepage", "")), ", ".join(licences), "", separate)


def _texts(listed: Any, key: str) -> list[str]:
    """One text of each object in a list of a data package; whatever else stands there is passed over."""
    items: list[Any] = listed if isinstance(listed, list) else []  # pyright: ignore[reportUnknownVariableType]
    return [str(cast("dict[str, Any]", item).get(key, "")) for item in items if isinstance(item, dict)]


def _what(base: Path) -> str:
    if not base.exists():
        return "nothing there"
    return "a file" if base.is_file() else "a folder without it"
