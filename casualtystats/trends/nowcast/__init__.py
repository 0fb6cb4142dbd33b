"""Nowcasts."""
