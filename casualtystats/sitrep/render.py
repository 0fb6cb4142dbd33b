"""Templates to bytes: both pages share their head, their style and the way in which a picture stands in the text."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from casualtystats.sitrep.figures import Figure

__all__ = ["render"]


def render(template: str, context: dict[str, Any]) -> bytes:
    """A page from its template.

    Parameters
    ----------
    template : str
        Name of a file under `templates`.
    context : dict
        What it names; a name that is missing is an error.
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("casualtystats.sitrep", "templates"),
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    return environment.get_template(template).render(context | {"inline": _inline}).encode()


def _inline(figure: Figure) -> Markup:
    """The drawing itself, without the lines that only a file of its own needs."""
    svg = figure.svg
    return Markup(svg[svg.index(b"<svg") :].decode())
