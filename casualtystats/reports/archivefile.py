"""An archive as a Parquet file: written beside the old one and then put in its place, so that none is ever half there.

The metadata hold a checksum of the file (SHA-256, with zeros in its own place), which is compared before the file is
read: of a damaged Parquet file polars may read other numbers, or end the program.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import threading
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import polars as pl

from casualtystats.errors import OptionError, PlacesError, ReportFileError
from casualtystats.places import Places
from casualtystats.provenance import Origin
from casualtystats.reports.table import REPORT_TYPES

__all__ = ["read_archive", "signed", "write_archive"]

_KEY: Final = "casualtystats.archive"
_FORMAT: Final = 1
_SUM: Final = re.compile(rb'"casualtystats sha256": "([0-9a-f]{64})"')
_NO_SUM: Final = "0" * 64


def write_archive(frame: pl.DataFrame, places: Places, origin: Origin | None, path: str | os.PathLike[str]) -> None:
    """Write an archive; the file that was there stays whole until the new one is.

    Parameters
    ----------
    frame : pl.DataFrame
        Columns of `ReportSchema`, typed as there.
    places : Places
        Kept in the metadata of the file, as JSON.
    origin : Origin, optional
        Kept there too.
    path : path
        Ends in `.parquet`; its folder exists. A link is followed.

    Raises
    ------
    OptionError
        If the path has another ending.
    ReportFileError
        If the file can not be written; what was there is as it was.
    """
    if Path(path).suffix.lower() != ".parquet":
        raise OptionError(f"expected a path that ends in .parquet, got {str(path)!r}")
    target = Path(os.path.realpath(path))
    told = {
        "format": _FORMAT,
        "places": {"zones": {name: list(inside) for name, inside in places.zones.items()}, "names": dict(places.names)},
        "origin": None if origin is None else asdict(origin),
        "casualtystats sha256": _NO_SUM,
    }
    written = BytesIO()
    frame.write_parquet(written, metadata={_KEY: json.dumps(told, sort_keys=True)})
    content = signed(written.getvalue())
    # In the same folder: only within one file system is a file put in the place of another in one step.
    beside = target.with_name(f".{target.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        try:
            with beside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                shutil.copymode(target, beside)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise ReportFileError(
            f"{path}: expected a path that can be written, got: {error}; what was there before is as it was"
        ) from error


def read_archive(path: str | os.PathLike[str]) -> tuple[pl.DataFrame, Places, Origin | None]:
    """Read what `write_archive` wrote.

    Raises
    ------
    ReportFileError
        If the file is missing, empty, no Parquet file, no archive, or not as it was written.
    """
    expected = f"{path}: expected an archive that ReportArchive.save wrote"
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise ReportFileError(f"{expected}, got: {error}") from error
    if not content:
        raise ReportFileError(f"{expected}, got an empty file")
    if not content.startswith(b"PAR1"):
        raise ReportFileError(f"{expected}, got a file that is no Parquet file")
    found = _SUM.search(content)
    if not content.endswith(b"PAR1") or (found is not None and signed(content) != content):
        raise ReportFileError(f"{expected}, got one that was cut off or changed since; take a copy of it")
    if found is None:
        raise ReportFileError(
            f"{expected}, got another Parquet file; a file of reports becomes one with "
            "ReportArchive.of(read_reports(path))"
        )
    try:
        told = pl.read_parquet_metadata(BytesIO(content)).get(_KEY, "")
        frame = pl.read_parquet(BytesIO(content))
    except pl.exceptions.PolarsError as error:
        raise ReportFileError(f"{expected}, got a file that polars can not read: {error}") from error
    places, origin = _about(told, expected)
    return _typed(frame, expected), places, origin


def signed(content: bytes) -> bytes:
    """The bytes of a file with its checksum in the place for it.

    Examples
    --------
    >>> made = signed(b'"casualtystats sha256": "' + b"0" * 64 + b'"')
    >>> made.endswith(b'000"'), signed(made) == made
    (False, True)
    """
    empty = _SUM.sub(_line_of(_NO_SUM), content)
    return _SUM.sub(_line_of(hashlib.sha256(empty).hexdigest()), empty)


def _line_of(digest: str) -> bytes:
    return f'"casualtystats sha256": "{digest}"'.encode()


def _about(told: str, expected: str) -> tuple[Places, Origin | None]:
    """Places and origin from the metadata."""
    try:
        about: dict[str, Any] = json.loads(told)
        if about["format"] != _FORMAT:
            raise ReportFileError(f"{expected} in format {_FORMAT}, got format {about['format']!r} of another version")
        zones: dict[str, list[str]] = about["places"]["zones"]
        places = Places({name: tuple(inside) for name, inside in zones.items()}, about["places"]["names"])
        return places, None if about["origin"] is None else Origin(**about["origin"])
    except (ValueError, KeyError, TypeError, AttributeError, PlacesError) as error:
        raise ReportFileError(f"{expected}, got one whose metadata are damaged ({error!r})") from error


def _typed(frame: pl.DataFrame, expected: str) -> pl.DataFrame:
    """The frame in today's types: a version that knows more words reads the files of one that knows fewer."""
    if frame.columns != list(REPORT_TYPES):
        raise ReportFileError(f"{expected}, got the columns {', '.join(frame.columns) or 'none'}")
    try:
        return frame.select(
            pl.col(name).cast(pl.String).cast(kind) if isinstance(kind, pl.Enum) else pl.col(name).cast(kind)
            for name, kind in REPORT_TYPES.items()
        )
    except pl.exceptions.PolarsError as error:
        raise ReportFileError(f"{expected}, got values of other types: {error}") from error
