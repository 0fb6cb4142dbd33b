"""The models by name, and the ensemble of them."""

from __future__ import annotations

import numpy as np

from casualtystats.trends.forecast.loglinear import loglinear
from casualtystats.trends.forecast.models import Array, History, Model, Predictive, generator
from casualtystats.trends.forecast.rootscale import damped, naive

__all__ = ["log_probabilities", "pooled", "predict"]


def predict(
    models: tuple[Model, ...], pool: tuple[Model, ...], history: History, draws: int, seed: int
) -> dict[Model, Predictive]:
    """The forecast of each model, in the order asked for.

    Parameters
    ----------
    models : tuple
        Names.
    pool : tuple
        Those of them that an "ensemble" is of.
    history : History
        What is known.
    draws : int
        Paths of each.
    seed : int
        Seed of the random numbers.

    Raises
    ------
    UndefinedEstimateError
        If a model can not be fitted.
    """
    found: dict[Model, Predictive] = {
        model: _one(model, history, draws, seed) for model in models if model != "ensemble"
    }
    if "ensemble" in models:
        found["ensemble"] = pooled([found[model] for model in pool], draws)
    return {model: found[model] for model in models}


def pooled(members: list[Predictive], draws: int) -> Predictive:
    """The linear pool of forecasts: a mixture in which each has the same weight (Stone 1961).

    Its first draws are those of the first member, and so on; its probabilities are the means of theirs. It is as wide as
    its members together, and wider than each where they disagree.
    """
    count = len(members)
    shares = [draws // count + (at < draws % count) for at in range(count)]
    paths = np.concatenate([member.draws[:share] for member, share in zip(members, shares, strict=True)])

    def log_probability(y: Array) -> Array:
        from scipy.special import logsumexp

        each = np.stack([member.log_probability(y) for member in members])
        return np.asarray(logsumexp(each, axis=0) - np.log(count))

    return Predictive(paths, log_probability)


def log_probabilities(found: dict[Model, Predictive], pool: tuple[Model, ...], y: Array) -> dict[Model, Array]:
    """The log of the probability that each forecast gave to counts y (horizon), an ensemble's from its members'."""
    from scipy.special import logsumexp

    each: dict[Model, Array] = {
        model: forecast.log_probability(y) for model, forecast in found.items() if model != "ensemble"
    }
    if "ensemble" in found:
        each["ensemble"] = np.asarray(logsumexp([each[model] for model in pool], axis=0) - np.log(len(pool)))
    return each


def _one(model: Model, history: History, draws: int, seed: int) -> Predictive:
    rng = generator(seed, len(history.counts), model)
    if model == "naive":
        return naive(history, draws, rng)
    if model == "damped":
        return damped(history, draws, rng)
    return loglinear(history, draws, rng, dispersed=model == "nb")
