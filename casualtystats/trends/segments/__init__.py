"""Trends whose growth changes: joints found in the data, and a date given beforehand."""
