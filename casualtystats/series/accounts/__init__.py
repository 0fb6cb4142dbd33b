"""Accounts of displacement: stocks, flows, and what is left unexplained between them."""

from casualtystats.series.accounts.account import DisplacementAccount
from casualtystats.series.accounts.make import displacement_account
from casualtystats.series.accounts.signed import SignedBounds
from casualtystats.series.accounts.stretch import Stretch, Term
from casualtystats.series.accounts.table import StretchSchema

__all__ = ["DisplacementAccount", "SignedBounds", "Stretch", "StretchSchema", "Term", "displacement_account"]
