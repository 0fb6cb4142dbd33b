"""Imports go one way, nothing heavy loads early, library code neither reads a clock nor runs data."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "casualtystats"
ROOMS = (
    "errors", "vocabulary", "printing", "numerals", "periods", "estimates", "places", "provenance", "schemas",
    "markup", "reports", "ledger", "series", "rates", "trends", "plots", "datasets", "sitrep", "testing",
)  # fmt: skip
FREE = ("__init__", "__main__")
FILES = sorted(path for path in PACKAGE.rglob("*.py") if "_datasets" not in path.parts)
# Calls that answer differently tomorrow, by the last two names of the call.
CLOCKS = {
    ("date", "today"), ("datetime", "today"), ("datetime", "now"), ("datetime", "utcnow"), ("time", "time"),
    ("time", "time_ns"), ("time", "localtime"), ("time", "gmtime"), ("time", "ctime"), ("Timestamp", "now"),
    ("Timestamp", "today"),
}  # fmt: skip
RUNNERS = {"eval", "exec", "compile", "__import__"}
UNSAFE = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
HEAVY = ("statsmodels", "scipy", "matplotlib", "great_tables", "pandas", "jinja2", "hypothesis")


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every import with its line, wherever in the file it stands; `from a import b` is a.b."""
    package = ("casualtystats", *path.relative_to(PACKAGE).parent.parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join((*above, *([node.module] if node.module else [])))
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}"


def parsed() -> Iterator[tuple[Path, ast.Module]]:
    for path in FILES:
        yield path, ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def test_every_file_stands_in_a_room() -> None:
    assert FILES
    assert {room(path) for path in FILES} <= {*ROOMS, *FREE}


def test_imports_go_one_way() -> None:
    wrong: list[str] = []
    for path, tree in parsed():
        here = room(path)
        if here in FREE:
            continue
        for line, name in imports(path, tree):
            steps = name.split(".")
            if steps[0] != "casualtystats":
                continue
            # "casualtystats.deaths" is a name of the package itself, which imports every room.
            known = len(steps) > 1 and steps[1] in ROOMS
            if not known or ROOMS.index(steps[1]) > ROOMS.index(here):
                wrong.append(f"{path.relative_to(PACKAGE)}:{line} imports {name}")
    assert wrong == []


def test_no_clock_is_read_and_no_data_is_run() -> None:
    wrong: list[str] = []
    for path, tree in parsed():
        where = path.relative_to(PACKAGE)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func).split(".")
                # polars expressions have an eval of their own (list.eval), which runs no text.
                if (len(called) > 1 and tuple(called[-2:]) in CLOCKS) or (len(called) == 1 and called[0] in RUNNERS):
                    wrong.append(f"{where}:{node.lineno} calls {ast.unparse(node.func)}")
        for line, name in imports(path, tree):
            if name.split(".")[0] in UNSAFE:
                wrong.append(f"{where}:{line} imports {name}")
            if name in {"time.time", "time.time_ns", "time.localtime"}:
                wrong.append(f"{where}:{line} imports {name}")
    assert wrong == []


def test_pyplot_is_never_imported() -> None:
    """It holds global state: figures are made as objects."""
    wrong = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path, tree in parsed()
        for line, name in imports(path, tree)
        if name.startswith(("matplotlib.pyplot", "pylab"))
    ]
    assert wrong == []


def fresh(code: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", code + "\nimport sys; print(*sorted(sys.modules))"],
        capture_output=True, text=True, check=True, cwd=PACKAGE.parent,
    )  # fmt: skip
    return done.stdout.split()


@pytest.mark.parametrize("code", ["import casualtystats", "import casualtystats; casualtystats.deaths"])
def test_the_package_is_light_to_import(code: str) -> None:
    loaded = {name.split(".")[0] for name in fresh(code)}
    assert "casualtystats" in loaded
    assert sorted(loaded & set(HEAVY)) == []


def test_the_checks_see_what_is_wrong() -> None:
    """The checks themselves: an import inside a function, a relative one, one of the whole package."""
    lines = [
        "def f():", "    from casualtystats.series import flow", "from ..trends import x",
        "from casualtystats import deaths",
    ]  # fmt: skip
    found = sorted(imports(PACKAGE / "ledger" / "rules.py", ast.parse("\n".join(lines))))
    assert found == [
        (2, "casualtystats.series.flow"),
        (3, "casualtystats.trends.x"),
        (4, "casualtystats.deaths"),
    ]


def test_every_public_name_is_there():
    import casualtystats

    assert [name for name in casualtystats.__all__ if not hasattr(casualtystats, name)] == []
