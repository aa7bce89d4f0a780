"""A year of operations: the same events fall on ten models, and on whoever owns the layer there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.duties import LAYERS, OWNERS, Layer, Owner
from engine.responsibility import calendar
from engine.responsibility.asks import YearAsk
from engine.responsibility.bill import Bought, bill
from engine.responsibility.draws import YEAR_H, Flags, Floats, Ints, Tickets, draw
from engine.responsibility.matrix import owners
from engine.responsibility.rules import DAY_H, KINDS, MODELS, Model, models, night

WEEK_H = 7 * DAY_H
HOST_LAYERS: tuple[Layer, ...] = ("host_os_patching", "runtime_and_agent_patching")
LOW, MIDDLE, HIGH = 10, 50, 90  # the percentiles that a spread is told by


@dataclass(frozen=True, slots=True)
class Spread:
    """How a quantity comes out over the years: nine in ten are above low, nine in ten below high; nan where there is nothing."""

    low: float
    middle: float
    high: float
    mean: float

    @classmethod
    def of(cls, values: Floats) -> Spread:
        """Tell many values in four."""
        if not len(values):
            return cls(float("nan"), float("nan"), float("nan"), float("nan"))
        low, middle, high = np.percentile(values, [LOW, MIDDLE, HIGH])
        return cls(float(low), float(middle), float(high), float(values.mean()))


@dataclass(frozen=True, slots=True)
class Done:
    """What became of every ticket in one model.  Arrays of shape (n,), beside the tickets'.

    owner: place among OWNERS; mine_h: hours of the team's (0 where AWS does it); begun_h, done_h: hours from the year's beginning; woke: somebody was called
    and had been asleep, once for each event.
    """

    owner: Ints
    mine_h: Floats
    begun_h: Floats
    done_h: Floats
    cannot_wait: Flags
    woke: Flags


@dataclass(frozen=True, slots=True)
class Outcome:
    """A model's years.  Arrays of shape (years,) where nothing else is said.

    hours: the team's; nights: times that somebody was woken; people_usd; open_days, aws_open_days: days with at least one known
    hole that was the team's, or AWS's, to close; waits_days: how long work that could wait did wait, on average; behind_h: hours
    of work still undone when the year was over.
    host_days, own_days: how long each hole stood open, in the hosts (whoever closes it), and in what runs on them; one value each.
    kind_hours, kind_nights: an average year's, shape (kinds,). usd: what is paid besides, by what is bought.
    """

    model: Model
    hours: Floats
    nights: Floats
    people_usd: Floats
    open_days: Floats
    aws_open_days: Floats
    waits_days: Floats
    behind_h: Floats
    host_days: Floats
    own_days: Floats
    kind_hours: Floats
    kind_nights: Floats
    usd: Mapping[Bought, float]

    @property
    def total_usd(self) -> Floats:
        """A year's money, people included."""
        return self.people_usd + sum(self.usd.values())


@dataclass(frozen=True, slots=True)
class Played:
    """One year of one model, ticket by ticket: what is drawn."""

    model: Model
    tickets: Tickets
    done: Done


@lru_cache(maxsize=8)
def years(ask: YearAsk) -> Mapping[Model, Outcome]:
    """Play every year in every model."""
    tickets = draw(ask)
    return {model: _outcome(ask, model, tickets) for model in MODELS}


def warm_up() -> None:
    """Compile the calendars, and keep the years as they come: the first visitor waits for neither."""
    years(YearAsk())


def played(ask: YearAsk, model: Model) -> Played:
    """Play the first of the years alone, for who wants to see it."""
    tickets = draw(ask.model_copy(update={"replications": 1}))
    return Played(model, tickets, handle(ask, model, tickets))


def handle(ask: YearAsk, model: Model, tickets: Tickets) -> Done:
    """Give each ticket to the owner of its layer, and let the team work."""
    owner, share = _owned(ask, model)
    part = share[tickets.layer]
    mine_h = tickets.work_h * part
    # A shared duty calls as much less often as it is less yours.
    cannot_wait = (mine_h > 0) & (tickets.luck < tickets.wakes * part)
    lag_h = np.where(tickets.hole & (mine_h <= 0), _lag_h(ask, model, tickets), 0.0)
    pace = ask.ops_h / WEEK_H
    begun_h, done_h = calendar.work(tickets.starts, tickets.at_h, mine_h, cannot_wait, lag_h, ask.team, pace)
    return Done(
        owner=owner[tickets.layer],
        mine_h=mine_h,
        begun_h=begun_h,
        done_h=done_h,
        cannot_wait=cannot_wait,
        woke=_woke(tickets, cannot_wait),
    )


def _owned(ask: YearAsk, model: Model) -> tuple[Ints, Floats]:
    """Say who owns each layer, and what part of its work is the team's."""
    weight: dict[Owner, float] = {"customer": 1.0, "shared": ask.shared_share, "aws": 0.0}
    whose = [owners(model)[layer] for layer in LAYERS]
    return np.array([OWNERS.index(who) for who in whose]), np.array([weight[who] for who in whose])


def _lag_h(ask: YearAsk, model: Model, tickets: Tickets) -> Floats:
    """Say how long AWS takes to put every task on a patched host; where a deployment does that too, whichever comes first."""
    row = models()[model]
    least, most = row.lag_h or (0.0, 0.0)
    lag_h: Floats = least + (most - least) * tickets.aws_luck
    if not row.renews:
        return lag_h
    every_h = ask.deploy_days * DAY_H
    to_next: Floats = every_h - tickets.at_h % every_h
    return np.minimum(lag_h, to_next)


def _woke(tickets: Tickets, cannot_wait: Flags) -> Flags:
    """Mark who is woken: a call at night, one for each event however many layers it hits."""
    calls = cannot_wait & _at_night(tickets)
    woke = np.zeros(len(calls), dtype=np.bool_)
    first: Ints = np.unique(tickets.event[calls], return_index=True)[1]
    woke[np.flatnonzero(calls)[first]] = True
    return woke


def _outcome(ask: YearAsk, model: Model, tickets: Tickets) -> Outcome:
    done = handle(ask, model, tickets)

    def a_year(values: Floats | Flags) -> Floats:
        return np.bincount(tickets.year, values, minlength=ask.replications).astype(np.float64)

    def a_kind(values: Floats | Flags) -> Floats:
        return np.bincount(tickets.kind, values, minlength=len(KINDS)) / ask.replications

    is_mine = done.mine_h > 0
    on_host = np.isin(tickets.layer, [LAYERS.index(layer) for layer in HOST_LAYERS])
    planned = is_mine & ~done.cannot_wait
    is_night = _at_night(tickets) & done.cannot_wait
    hours = a_year(done.mine_h)
    paid_h = hours + (ask.night_pay - 1) * a_year(np.where(is_night, done.mine_h, 0.0))
    late = np.maximum(done.done_h - np.maximum(done.begun_h, YEAR_H), 0.0) * (ask.ops_h / WEEK_H)
    open_days, aws_open_days = (
        calendar.open_h(tickets.starts, tickets.at_h, done.done_h, tickets.hole & whose, YEAR_H) / DAY_H
        for whose in (is_mine, ~is_mine)
    )
    took_days = (done.done_h - tickets.at_h) / DAY_H
    waited = a_year(np.where(planned, done.begun_h - tickets.at_h, 0.0)) / DAY_H
    return Outcome(
        model=model,
        hours=hours,
        nights=a_year(done.woke),
        people_usd=paid_h * ask.usd_per_h,
        open_days=open_days,
        aws_open_days=aws_open_days,
        waits_days=waited / np.maximum(a_year(planned), 1),
        behind_h=a_year(np.where(planned, late, 0.0)),
        host_days=took_days[tickets.hole & on_host],
        own_days=took_days[tickets.hole & ~on_host],
        kind_hours=a_kind(done.mine_h),
        kind_nights=a_kind(done.woke),
        usd=bill(ask, model),
    )


def _at_night(tickets: Tickets) -> Flags:
    from_h, to_h = night()
    hour = tickets.at_h % DAY_H
    found: Flags = (hour >= from_h) | (hour < to_h)
    return found
