"""Every notebook runs from a clean kernel, with warnings as errors and a time limit of its own."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
SECONDS = 120


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore:Jupyter is migrating its paths:DeprecationWarning")
def test_notebook_runs(path: Path):
    kept = nbformat.read(path, as_version=4)
    code = [cell for cell in kept.cells if cell.cell_type == "code"]
    assert all(cell.outputs or cell.execution_count for cell in code), "outputs are kept: run it before you commit it"
    assert not [output for cell in code for output in cell.outputs if output.output_type == "error"]
    fresh = nbformat.v4.new_notebook(cells=list(kept.cells), metadata=kept.metadata)
    fresh.cells.insert(0, nbformat.v4.new_code_cell("import warnings\nwarnings.simplefilter('error')"))
    NotebookClient(
        fresh, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    ran = [cell for cell in fresh.cells[1:] if cell.cell_type == "code"]
    assert [_texts(cell) for cell in ran] == [_texts(cell) for cell in code], "its outputs are not what it prints now"


def _texts(cell: nbformat.NotebookNode) -> list[str]:
    """What a cell prints, without pictures."""
    found: list[str] = []
    for output in cell.outputs:
        if output.output_type == "stream":
            found.append(output.text)
        elif (
            "text/plain" in output.get("data", {})
            and "image/png" not in output.data
            and "image/svg+xml" not in output.data
        ):
            found.append(output.data["text/plain"])
    return ["".join(found)]
