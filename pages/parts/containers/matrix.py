"""The matrix as HTML: a row for each demand, a column for each place; an answer has a shape, a word and a colour."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

from engine.containers.one_image import OneImage
from engine.containers.place_rules import OUTCOMES, PLACES, Outcome, Place, table
from engine.containers.places import Answered, Cell, Everywhere
from engine.story import Amount
from pages.parts.ask import choice_of
from pages.parts.landscape.names import cites, way_name
from pages.parts.stage_map.payload import amount
from pages.parts.time_machine import link_words
from pages.parts.words import Voice

NAME = "containers_places"
# What an image says of a demand: its field, and the unit that it is written in ("" = a choice of words).
SAID = {
    "listens": ("listens", ""), "port": ("port", "port"), "size": ("image_mib", "mib"), "registry": ("registry", ""),
    "arch": ("arch", ""), "start": ("start_s", "s"), "longest": ("longest_s", "s"), "stops": ("stops", ""),
    "body": ("body_mib", "mib"), "memory": ("memory_gib", "gib"), "scratch": ("scratch_gib", "gib"),
    "neighbour": ("neighbour", ""),
}  # fmt: skip


def counted(found: Answered, speaker: Voice) -> str:
    """Say in how many places the image runs, and how."""
    counts = {outcome: found.count(outcome) for outcome in OUTCOMES}
    return (
        f'<p class="q-place-counts" role="status">{escape(speaker.say(f"{NAME}.counts", of=len(PLACES), **counts))}</p>'
    )


def matrix(found: Answered, speaker: Voice, shown: str) -> str:
    """Write the table. shown: the one place that a phone shows."""
    say = speaker.say
    rows = "".join(_row(found, demand, speaker) for demand in found.demands)
    foot = "".join(_leave(found, place, speaker) for place in PLACES)
    unasked = [demand for demand in table().demands if demand not in found.demands]
    return (
        f'<div class="q-place" data-shown="{escape(shown)}"><table class="q-outcomes q-place-table">'
        f"<caption>{escape(say(f'{NAME}.matrix'))}</caption>{_heads(found, speaker)}<tbody>{rows}</tbody>"
        f"<tfoot><tr><td></td>{foot}</tr></tfoot></table>{_listed('unasked', unasked, speaker)}</div>"
    )


def stage_matrix(found: Answered, speaker: Voice, most: int) -> str:
    """Write the table for the back of the hall: only what is not the same everywhere, and nothing that opens. most: rows."""
    same = [one for one in found.demands if {cell.outcome for cell in found.of(one)} == {"ok"}]
    told = [one for one in found.demands if one not in same]
    rows = "".join(_row(found, demand, speaker, is_stage=True) for demand in told[:most])
    return (
        f'<div class="q-place"><table class="q-outcomes q-place-table">{_heads(found, speaker)}<tbody>{rows}</tbody></table>'
        f"{_listed('rest', told[most:], speaker) or _listed('same', same, speaker)}</div>"
    )


def _heads(found: Answered, speaker: Voice) -> str:
    heads = "".join(_head(found, place, speaker) for place in PLACES)
    return f'<thead><tr><th scope="col">{escape(speaker.say(f"{NAME}.demand"))}</th>{heads}</tr></thead>'


def _listed(key: str, demands: list[str], speaker: Voice) -> str:
    """Name demands in a line; nothing where there are none."""
    names = (speaker.say(f"{NAME}.asks.{demand}") for demand in demands)
    which = "; ".join(name[:1].lower() + name[1:] for name in names)
    return f'<p class="q-place-listed">{escape(speaker.say(f"{NAME}.{key}", which=which))}</p>' if demands else ""


def _head(found: Answered, place: Place, speaker: Voice) -> str:
    outcome = found.outcome(place)
    return (
        f'<th scope="col" data-place="{place}">{escape(way_name(speaker, place))}'
        f'<span data-is="{outcome}"><i aria-hidden="true"></i>{escape(speaker.say(f"{NAME}.all.{outcome}"))}</span></th>'
    )


def _row(found: Answered, demand: str, speaker: Voice, *, is_stage: bool = False) -> str:
    value = said(found.image, demand, speaker)
    small = f"<small>{escape(value)}</small>" if value else ""
    cells = "".join(_cell(found, demand, place, speaker, is_stage=is_stage) for place in PLACES)
    return f'<tr><th scope="row">{escape(speaker.say(f"{NAME}.asks.{demand}"))}{small}</th>{cells}</tr>'


def _cell(found: Answered, demand: str, place: Place, speaker: Voice, *, is_stage: bool) -> str:
    cell = found.cells.get((demand, place))
    if cell is None:
        return f'<td data-place="{place}" data-is="none">{escape(speaker.say(f"{NAME}.not_asked"))}</td>'
    head = (
        f'<i aria-hidden="true"></i><b>{escape(speaker.say(f"{NAME}.outcome.{cell.outcome}"))}</b>{_do(cell, speaker)}'
    )
    inside = f'<p class="q-place-said">{head}</p>' if is_stage else _opens(cell, head, speaker)
    return f'<td data-place="{place}" data-is="{cell.outcome}">{inside}</td>'


def _do(cell: Cell, speaker: Voice) -> str:
    """Name the setting, or the change, in a few words."""
    asks: tuple[Outcome, ...] = ("set", "change")
    return f"<span>{escape(speaker.say(f'{NAME}.do.{cell.why}'))}</span>" if cell.outcome in asks else ""


def _opens(cell: Cell, head: str, speaker: Voice) -> str:
    why = escape(speaker.say(f"{NAME}.why.{cell.why}"))
    inside = f'<div class="q-place-why"><p>{why}</p>{cites(speaker, cell.facts)}</div>'
    return f'<details name="q-place"><summary>{head}</summary>{inside}</details>'


def _leave(found: Answered, place: Place, speaker: Voice) -> str:
    """Lead to the lost zone with the place's launch type, where the image runs."""
    if found.outcome(place) == "no":
        return f'<td data-place="{place}"></td>'
    words = escape(urlencode({"launch_type": place} | link_words(speaker.lang)))
    label = escape(speaker.say(f"{NAME}.run", place=way_name(speaker, place)))
    return f'<td data-place="{place}"><a class="q-place-run" href="/az_failure?{words}" target="_self">{label}</a></td>'


def said(image: OneImage, demand: str, speaker: Voice) -> str:
    """Say what the image has in the place of a demand; "" where it is yes or no."""
    if demand not in SAID:
        return ""
    field, unit = SAID[demand]
    value = getattr(image, field)
    if not unit:
        return choice_of(speaker, value)
    if unit == "port":
        return str(value)  # a name, not an amount: 8080, not 8,080
    if unit == "mib" and value >= 1024:
        value, unit = value / 1024, "gib"
    return str(amount(Amount(value, unit), speaker))


def way_to_all(way: Everywhere, speaker: Voice) -> str:
    """Write the fewest changes, and what no change meets."""
    say, n = speaker.say, len(way.changes)
    lead = say(f"{NAME}.everywhere.changes", n=n) if n else say(f"{NAME}.everywhere.none")
    items = "".join(f"<li>{escape(say(f'{NAME}.mend.{name}'))}</li>" for name in way.changes)
    found = f"<p>{escape(lead)}</p>" + (f"<ol>{items}</ol>" if n else "")
    if not way.never:
        return f'<div class="q-place-all">{found}<p>{escape(say(f"{NAME}.everywhere.fits"))}</p></div>'
    refused = "".join(f"<li>{escape(_refuses(demand, places, speaker))}</li>" for demand, places in way.never.items())
    return f'<div class="q-place-all">{found}<p>{escape(say(f"{NAME}.everywhere.never"))}</p><ul>{refused}</ul></div>'


def _refuses(demand: str, places: tuple[Place, ...], speaker: Voice) -> str:
    names = ", ".join(way_name(speaker, place) for place in places)
    return speaker.say(f"{NAME}.everywhere.refuses", demand=speaker.say(f"{NAME}.asks.{demand}"), places=names)
