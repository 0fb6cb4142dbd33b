"""The situation report: figures, tables, numbers and their sources as one HTML page; the command line."""

from casualtystats.sitrep.page import Done, write_sitrep

__all__ = ["Done", "write_sitrep"]
