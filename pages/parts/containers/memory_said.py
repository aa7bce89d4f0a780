"""What the memory room says: its line, what happened and why there, and the two tables."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from math import isfinite

from engine import catalog
from engine.containers.memory import Outcome
from engine.containers.memory_rules import PLACES, MemoryAsk, Place, away_s, is_function, is_shared, limit_mib
from engine.containers.memory_sizing import chance_over, enough_mib, full_after_s, on_fargate, one_away, rest_mib
from pages.parts.ask import choice_of
from pages.parts.words import Voice

NAME = "containers_memory"
RARE = 1e-7  # below this a chance is not worth a number
PLAIN = 0.01  # above this it is written in percent


def lede(ask: MemoryAsk, speaker: Voice) -> str:
    """Say in one line what stands before the reader."""
    rest, limit = rest_mib(ask, ask.tasks), limit_mib(ask)
    if is_shared(ask):
        rest, limit = rest / ask.tasks, limit / ask.tasks
    leak = speaker.number(ask.leak_kib)
    tail = speaker.say(f"{NAME}.leaks", leak=leak) if ask.leak_kib else speaker.say(f"{NAME}.calm")
    return speaker.say(
        f"{NAME}.lede_boxes" if is_function(ask) else f"{NAME}.lede", tail=tail, copies=speaker.say(f"{NAME}.copies", n=ask.tasks), rate=speaker.number(ask.rps),
        rest=speaker.number(rest), limit=speaker.number(limit), share=speaker.percent(rest / limit, 0),
    )  # fmt: skip


def says(ask: MemoryAsk, found: Outcome, speaker: Voice, *, is_short: bool = False) -> str:
    """Say what happened, then what the place does with whoever is killed, and when a leak fills it. HTML, escaped."""
    told = [f"<b>{escape(happened(ask, found, speaker))}</b>"]
    if not is_short:
        told.append(escape(_place_says(ask, speaker)))
        if isfinite(full_after_s(ask)):
            told.append(escape(speaker.say(f"{NAME}.says.full", time=speaker.seconds(full_after_s(ask)))))
    return " ".join(told)


def happened(ask: MemoryAsk, found: Outcome, speaker: Voice) -> str:
    """Say what happened, in one or two sentences."""
    say, n = speaker.say, len(found.kills.t_s)
    minutes = say(f"{NAME}.minutes", n=round(ask.duration_s / 60))
    if is_function(ask):
        return say(f"{NAME}.says.calls", n=n) if n else say(f"{NAME}.says.boxes", n=found.boxes)
    if not n:
        return say(f"{NAME}.says.calm", minutes=minutes)
    first_s = float(found.kills.t_s[0])
    values = {"first": speaker.clock(first_s), "n": n, "minutes": minutes, "share": _answered(found, speaker)}
    if not isfinite(found.dark_from_s):
        return say(f"{NAME}.says.some", **values)
    return say(f"{NAME}.says.dark", later=speaker.seconds(found.dark_from_s - first_s), **values)


def _place_says(ask: MemoryAsk, speaker: Voice) -> str:
    low, high = away_s(ask)
    return speaker.say(
        f"{NAME}.place.{ask.place}", low=round(low), high=round(high), code=int(catalog.number("linux.sigkill_exit")),
        pause=round(catalog.seconds("k8s.crash_backoff", "longest_s")),
    )  # fmt: skip


def enough_says(ask: MemoryAsk, speaker: Voice) -> str:
    """Say how large the limit has to be for the accepted chance, while all run and while one is away."""
    say = speaker.say
    whole, left = enough_mib(ask, ask.tasks), enough_mib(ask, one_away(ask))
    if whole is None or left is None:
        return say(f"{NAME}.enough.never")
    key = "host" if is_shared(ask) else "one" if one_away(ask) == ask.tasks else "both"
    told = say(f"{NAME}.enough.{key}", one_in=ask.one_in, mib=whole, left=left)
    return f"{told} {say(f'{NAME}.enough.leak')}" if ask.leak_kib else told


def chance_said(chance: float, speaker: Voice) -> str:
    """Write a chance: in percent while it is one, then as one in so many.

    >>> [chance_said(chance, Voice("en")) for chance in (0.25, 0.002, 0.0)]
    ['25.0%', '1 in 500', 'never']
    """
    if not chance:
        return speaker.say(f"{NAME}.table.unlikely")
    if chance >= PLAIN:
        return speaker.percent(chance, 1)
    return (
        speaker.say(f"{NAME}.table.billion")
        if chance < RARE
        else speaker.say(f"{NAME}.table.one_in", n=round(1 / chance))
    )


def keys(found: Outcome, speaker: Voice) -> str:
    """Say what the layers of the requests' strip are, those that there are."""
    layers = {"ok": found.ok_per_s, "failed": found.killed_per_s, "refused": found.refused_per_s}
    rows = "".join(
        f'<li class="{fate}"><i aria-hidden="true"></i>{escape(speaker.say(f"{NAME}.fate.{fate}"))}</li>'
        for fate, column in layers.items()
        if column.any()
    )
    return f'<ul class="q-memory-keys">{rows}</ul>'


def outcome_table(
    ask: MemoryAsk, found: Outcome, more: MemoryAsk | None, brings: Outcome | None, speaker: Voice
) -> str:
    """Set what came of it beside what the larger limit brings to the same requests. more, brings: none where no limit would do."""
    say = speaker.say
    pairs = [(ask, found)] + ([(more, brings)] if more is not None and brings is not None else [])
    heads = [say(f"{NAME}.table.set"), *(say(f"{NAME}.table.more", mib=round(limit_mib(one))) for one, _ in pairs[1:])]
    body = "".join(
        f'<tr><th scope="row">{escape(say(f"{NAME}.table.row.{name}"))}</th>'
        + "".join(f"<td>{escape(write(*pair))}</td>" for pair in pairs)
        + "</tr>"
        for name, write in _rows(ask, speaker).items()
    )
    caption = say(f"{NAME}.table.caption" if pairs[1:] else f"{NAME}.table.caption_alone")
    tops = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    return (
        f'<div class="q-scroll"><table class="q-outcomes q-own q-memory"><caption>{escape(caption)}</caption>'
        f"<thead><tr><td></td>{tops}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _rows(ask: MemoryAsk, speaker: Voice) -> dict[str, Callable[[MemoryAsk, Outcome], str]]:
    """Name the rows, each with how it is written; a function has no copies that could be away."""
    number, none = speaker.number, speaker.say(f"{NAME}.table.none")

    def price(one: MemoryAsk) -> str:
        on = on_fargate(one)
        return speaker.money(on.usd_per_month, 0) if on else none

    rows: dict[str, Callable[[MemoryAsk, Outcome], str]] = {
        "limit": lambda one, _: speaker.say(f"{NAME}.mib", v=number(limit_mib(one))),
        "rest": lambda one, _: speaker.percent(rest_mib(one, one.tasks) / limit_mib(one), 0),
        "chance": lambda one, _: chance_said(chance_over(one, one.tasks), speaker),
        "left": lambda one, _: chance_said(chance_over(one, one_away(one)), speaker),
        "kills": lambda _, found: number(len(found.kills.t_s)),
        "lost": lambda _, found: number(found.killed),
        "refused": lambda _, found: number(found.refused),
        "ok": lambda _, found: _answered(found, speaker),
        "dark": lambda _, found: speaker.seconds(found.dark_s if found.dark_s < 10 else round(found.dark_s)),
        "price": lambda one, _: price(one),
    }
    if one_away(ask) == ask.tasks:
        del rows["left"]
    if is_function(ask):
        del rows["dark"], rows["price"]
    return rows


def places_table(ask: MemoryAsk, outcome_of: Callable[[MemoryAsk], Outcome], speaker: Voice) -> str:
    """Play the same requests in every place, and set them in rows; the one that is shown is marked."""
    say = speaker.say
    heads = "".join(
        f'<th scope="col">{escape(say(f"{NAME}.places.{head}"))}</th>' for head in ("where", "kills", "ok", "away")
    )
    rows = "".join(_place_row(ask, place, outcome_of, speaker) for place in PLACES)
    return (
        f'<div class="q-scroll"><table class="q-outcomes q-own q-memory-places"><caption>{escape(say(f"{NAME}.places.caption"))}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _place_row(ask: MemoryAsk, place: Place, outcome_of: Callable[[MemoryAsk], Outcome], speaker: Voice) -> str:
    there = ask.model_copy(update={"place": place})
    found, (low, high) = outcome_of(there), (round(end) for end in away_s(there))
    key = "none" if is_function(there) else "grows" if place == "k8s-limit" else "span"
    pause = round(catalog.seconds("k8s.crash_backoff", "longest_s"))
    away = speaker.say(f"{NAME}.places.{key}", low=low, high=high, pause=pause)
    cells = (speaker.number(len(found.kills.t_s)), _answered(found, speaker), away)
    here = ' class="here" aria-current="true"' if place == ask.place else ""
    return (
        f'<tr{here}><th scope="row">{escape(choice_of(speaker, place))}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        + "</tr>"
    )


def _answered(found: Outcome, speaker: Voice) -> str:
    return speaker.percent(found.availability, 1)
