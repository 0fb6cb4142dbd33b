"""Writing a folder whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from casualtystats.errors import SitrepError

__all__ = ["MARKER", "check_target", "write_folder"]

MARKER: Final = ".casualtystats-sitrep"


def check_target(out: Path) -> None:
    """Refuse a place where something else would be lost.

    Raises
    ------
    SitrepError
        If it is a file, a folder that is not empty and not a situation report of ours, or has no parent folder.
    """
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise SitrepError(f"{out}: expected a folder or nothing, got a file or a link; choose another --out")
    if out.is_dir() and any(out.iterdir()) and not (out / MARKER).is_file():
        raise SitrepError(
            f"{out}: expected an empty folder or an earlier situation report (with the file {MARKER}), got a folder with "
            "other files; choose another --out"
        )
    if not out.absolute().parent.is_dir():
        raise SitrepError(f"{out}: expected its parent folder to exist, got none; make {out.absolute().parent} first")


def write_folder(out: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a temporary folder beside the target, and swap it in when all are there.

    Raises
    ------
    SitrepError
        If the target may not be replaced, or the disk refuses; then the target is as it was.
    """
    check_target(out)
    target = out.absolute()
    try:
        fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise SitrepError(f"{out}: expected to write beside it, got: {error.strerror}") from error
    old = fresh.with_name(fresh.name + "-old")
    try:
        fresh.chmod(0o755)
        for name, content in {**files, MARKER: b"written by casualtystats sitrep\n"}.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if target.exists():
            target.rename(old)
        try:
            fresh.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise
    except OSError as error:
        raise SitrepError(f"{out}: expected to write the situation report, got: {error.strerror}") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)
