"""What boxes, ways and reasons are called, and how a source is written beside a reason."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from engine import catalog
from engine.catalog import Fact
from engine.landscape import Bought, Item, WayName
from pages.parts.sources import written_value
from pages.parts.words import Voice

MOST_NAMED = 4  # a longer list stands among the sources at the page's foot


def way_name(speaker: Voice, name: WayName) -> str:
    """Name a way."""
    return speaker.say(f"landscape.way.{name}")


def box_name(speaker: Voice, layer: str, name: str) -> str:
    """Name a box of a layer."""
    return speaker.say(f"landscape.{layer}.{name}.name")


def why_not(speaker: Voice, why: str, since: str = "") -> str:
    """Say why something cannot be."""
    minutes = speaker.number(catalog.seconds("lambda.timeout", "max") / 60)
    date = speaker.date(since) if since else ""
    return speaker.say(f"landscape.no.{why}", date=date, minutes=minutes)


def item_name(speaker: Voice, item: Item) -> str:
    """Name a line of the bill, with how many of them there are."""
    what: Bought = item.what
    return speaker.say(f"landscape.bought.{what}", n=item.number)


def cites(speaker: Voice, facts: Iterable[Fact]) -> str:
    """Write sources as HTML: the mark, what it says, how old, and the link."""
    return "".join(_cite(speaker, fact) for fact in facts)


def _cite(speaker: Voice, fact: Fact) -> str:
    say = speaker.say
    is_long = isinstance(fact.value, tuple) and len(fact.value) > MOST_NAMED
    amount = "" if is_long else written_value(speaker, fact)
    text = escape(fact.text(speaker.lang)) + (f": <b>{escape(amount)}</b>" if amount else "")
    tail = f"{escape(say(f'common.sources.{fact.basis}'))}, {escape(say('common.sources.as_of', date=speaker.date(fact.as_of)))}"
    if fact.link:
        label = escape(say("common.sources.link_to", fact=fact.id))
        tail += f' · <a href="{escape(fact.link)}" target="_blank" rel="noopener noreferrer" aria-label="{label}">{escape(say("common.sources.link"))}</a>'
    return f'<span class="q-land-cite"><i class="{fact.basis}" aria-hidden="true"></i><span>{text} <small>{tail}</small></span></span>'
