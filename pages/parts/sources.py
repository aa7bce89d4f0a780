"""Sources: the facts that an experiment rests on, each with who says so, and when.

Documented is a filled square, measured a half-filled one, assumed a dashed one, and the word always stands beside it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import lru_cache
from html import escape

import streamlit as st

from engine import catalog
from engine.catalog import Basis, Fact, Value
from engine.era import fact_at
from engine.errors import CatalogError
from pages.parts.words import FIRM, THIN, Voice, voice

ORDER: tuple[Basis, ...] = ("assumed", "measured", "documented")  # what may be wrong comes first
_KINDS = {"list", "ordered list", "enum", "rule", "formula", "default", "strategy", "ports", "vCPU -> GB"}  # no units
_SAID = {"text", "case", "definition"}  # the sentence has it
_TABLES = {"USD", "vCPU -> GB", "% extra"}

STYLE = """<style>
ul.quayside-facts { list-style: none; margin: 0; padding: 0; display: grid; gap: 12px 24px; line-height: 1.4;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)) }
ul.quayside-facts > li { display: grid; grid-template-columns: 14px 1fr; column-gap: 10px; margin: 0; padding: 0 }
.quayside-facts i { box-sizing: border-box; width: 13px; height: 13px; margin-top: 4px; border: 1.6px solid; border-radius: 2px }
.quayside-facts .documented { background: currentColor }
.quayside-facts .measured { background: linear-gradient(to top, currentColor 50%, transparent 50%) }
.quayside-facts .assumed { border-style: dashed }
.quayside-facts p { margin: 0; max-width: 78ch }
.quayside-facts small { font-size: 0.875rem }
.quayside-facts a { color: inherit; text-decoration: underline }
</style>"""


def sources(*patterns: str, also: Iterable[Fact] = ()) -> None:
    """Show the facts that a page rests on, folded away: `sources("elb.alb.*", "elb.dereg_delay")`.

    also: what is written in the same way, but beside the facts: a table's own notes.
    """
    cited = sorted([*cited_facts(patterns), *also], key=lambda fact: ORDER.index(fact.basis))
    say = voice().say
    label = f"{say('common.sources.title')}: {say('common.sources.split', **catalog.by_basis(cited))}"
    with st.expander(label, key="sources", on_change="rerun") as folded:
        if folded.open:  # what is folded is not built
            st.html(listing(voice(), cited))


def cited_facts(patterns: Iterable[str]) -> list[Fact]:
    """Give the facts that the ids and globs name, once each: assumed first, then as cited.

    Raises CatalogError for a pattern that names nothing: a citation without a fact is our bug.

    >>> [fact.id for fact in cited_facts(["elb.fail_open", "fargate.rate.s*"])]
    ['elb.fail_open', 'fargate.rate.sustained']
    """
    found: dict[str, Fact] = {}
    for pattern in patterns:
        found |= _called(pattern)
    return sorted(found.values(), key=lambda fact: ORDER.index(fact.basis))


@lru_cache(maxsize=1024)
def _called(pattern: str) -> dict[str, Fact]:
    """Find the facts that one id or glob names, once: every page cites some thirty."""
    hits = {name: fact for name, fact in catalog.facts().items() if fnmatchcase(name, pattern)}
    if not hits:
        raise CatalogError(f"facts.yaml: nothing is called {pattern!r}")
    return hits


def listing(speaker: Voice, facts: Iterable[Fact]) -> str:
    """Write the list as HTML. All of it comes from data/, and all of it is escaped nevertheless."""
    note = "" if speaker.lang == "en" else f"<p><small>{escape(speaker.say('common.sources.english'))}</small></p>"
    return f'{STYLE}<ul class="quayside-facts">{"".join(item(speaker, fact) for fact in facts)}</ul>{note}'


def item(speaker: Voice, fact: Fact) -> str:
    """Write one fact: mark, what it says, how much; then basis, date and link."""
    say = speaker.say
    amount = _in_time(speaker, fact)
    line = [
        f"<strong>{escape(say(f'common.sources.{fact.basis}'))}</strong>, {escape(say(f'common.sources.{fact.basis}_means'))}",
        escape(say("common.sources.as_of", date=speaker.date(fact.as_of))),
    ]
    if fact.link:
        line.append(
            f'<a href="{escape(fact.link)}" target="_blank" rel="noopener noreferrer" aria-label="'
            f'{escape(say("common.sources.link_to", fact=fact.id))}">{escape(say("common.sources.link"))}</a>'
        )
    else:
        line.append(f'<span lang="en">{escape(fact.source)}</span>')
    if fact.changed_since_talk:
        quoted = f'<span lang="en">{escape(fact.changed_since_talk)}</span>'
        line.append(escape(say("common.sources.since_talk", text="{}")).format(quoted))
    says = escape(fact.text(speaker.lang)) + (f": <strong>{escape(amount)}</strong>" if amount else "")
    mark = f'<i class="{fact.basis}" aria-hidden="true"></i>'  # st.html lets no SVG through: drawn by CSS
    return f"<li>{mark}<div><p>{says}</p><p><small>{' · '.join(line)}</small></p></div></li>"


def _in_time(speaker: Voice, fact: Fact) -> str:
    """Write a fact's value; in the talk's time the one that held then, marked, with today's beside it."""
    now = written_value(speaker, fact)
    name, *keys = fact_at(speaker.era, fact.id)
    if (name, *keys) == (fact.id,):
        return now
    old = catalog.fact(name)
    told = replace(fact, value=catalog.value(name, *keys), unit=fact.unit if keys else old.unit)
    return speaker.say("era.cited", then=written_value(speaker, told), now=now)


def written_value(speaker: Voice, fact: Fact) -> str:
    """Write a fact's value with its unit, where there is one to write; most sentences say the rest themselves.

    >>> written_value(Voice("en"), catalog.fact("timing.ec2_ecs_ready")).replace(chr(8201), " ")
    '60 to 150 s'
    >>> written_value(Voice("en"), catalog.fact("ecs.placement.strategies"))
    'binpack, spread, random'
    """
    value, unit = fact.value, fact.unit.split(" (")[0]
    if value is None:
        return speaker.say("common.unit.unknown")
    if isinstance(value, bool) or unit in _SAID:
        return ""
    if isinstance(value, Mapping) and unit not in _TABLES:
        return ""
    written = _table(speaker, value) if isinstance(value, Mapping) else _written(speaker, value)
    if unit in _KINDS or isinstance(value, str):
        return written
    name = speaker.table("common.sources.unit").get(unit, unit)
    return f"{written}{FIRM if name.isalpha() and len(name) > 3 else THIN}{name}"


def _written(speaker: Voice, value: Value) -> str:
    """Write a number, a range of two, or a list of names."""
    if isinstance(value, tuple):
        if len(value) == 2 and all(map(_is_number, value)):
            low, high = (_plain(speaker, one) for one in value)
            return speaker.say("common.unit.range", low=low, high=high)
        return ", ".join(str(one) for one in value)  # ports and the like are names: 51678, not 51,678
    return _plain(speaker, value) if _is_number(value) else str(value)


def _table(speaker: Voice, value: Mapping[object, Value]) -> str:
    """Write a small table in a line: 3: 50; 4: 33.3."""
    return "; ".join(f"{key}: {_written(speaker, inner)}" for key, inner in value.items())


def _is_number(value: object) -> bool:
    """Tell a number from a yes or no."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _plain(speaker: Voice, value: object) -> str:
    """Write a number with as many digits as the fact has."""
    text = f"{value:f}".rstrip("0") if isinstance(value, float) else str(value)
    return speaker.number(float(text), len(text.partition(".")[2]))
