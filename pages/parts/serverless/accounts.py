"""The tables of the pipeline: every box's account, the bill, and what a lost zone means to each box."""

from __future__ import annotations

from html import escape

from engine.serverless import Flow, Pipeline, bill
from engine.serverless.flow import COUNTED
from pages.parts.serverless.piped import NAME, fates_of
from pages.parts.words import Voice

CAME = ("offered", "copied")


def account_table(flow: Flow, speaker: Voice) -> str:
    """Write each box's account at the end: what came, and what became of it. Columns with nothing but noughts are left out."""
    say = speaker.say
    used = [name for name in COUNTED if any(flow.of(name, box)[-1] for box in flow.boxes)]
    heads = "".join(f'<th scope="col">{escape(say(f"{NAME}.account.{name}"))}</th>' for name in ("box", *used))
    body = ""
    for box in flow.boxes:
        cells = "".join(
            f'<td class="{"came" if name in CAME else ""}">{escape(_or_dash(speaker, int(flow.of(name, box)[-1])))}</td>'
            for name in used
        )
        body += f'<tr><th scope="row">{escape(box)}</th>{cells}</tr>'
    caption = escape(say(f"{NAME}.account.caption"))
    return _table("q-accounts", caption, heads, body)


def _or_dash(speaker: Voice, n: int) -> str:
    return speaker.number(n) if n else "–"


def bill_table(flow: Flow, speaker: Voice) -> str:
    """Write the bill, dearest first, each line with what was used and what a month of the same would cost."""
    say = speaker.say
    lines = sorted(bill(flow), key=lambda line: -line.usd)
    total = sum(line.usd for line in lines)
    heads = "".join(f'<th scope="col">{escape(say(f"{NAME}.bill.{head}"))}</th>' for head in ("what", "used", "usd"))
    body = "".join(
        f'<tr><th scope="row">{escape(line.box)} · {escape(say(f"{NAME}.used.{line.what}"))}</th>'
        f"<td>{escape(speaker.number(line.used, 0 if line.used >= 100 else 2))}</td>"
        f"<td>{escape(speaker.money(line.usd, 3))}</td></tr>"
        for line in lines
        if line.used
    )
    body += f'<tr class="total"><th scope="row">{escape(say(f"{NAME}.bill.total"))}</th><td></td><td>{escape(speaker.money(total, 3))}</td></tr>'
    return _table("q-bill", escape(say(f"{NAME}.bill.caption")), heads, body)


def zone_table(pipeline: Pipeline, zone: str, speaker: Voice) -> str:
    """Write which boxes go on without a zone and which need you, and why."""
    say, fates = speaker.say, fates_of(pipeline, zone)
    heads = "".join(f'<th scope="col">{escape(say(f"{NAME}.zones.{head}"))}</th>' for head in ("box", "fate", "why"))
    body = ""
    for service in pipeline.services:
        fate = fates[service.name]
        body += (
            f'<tr class="{fate}"><th scope="row">{escape(service.name)}<span>{escape(say(f"flow.kind.{service.kind}"))}</span></th>'
            f'<td><i aria-hidden="true"></i>{escape(say(f"{NAME}.fate.{fate}"))}</td>'
            f"<td>{escape(say(f'{NAME}.why.{service.kind}.{fate}'))}</td></tr>"
        )
    return _table("q-zones", escape(say(f"{NAME}.zones.caption", zone=zone)), heads, body)


def _table(name: str, caption: str, heads: str, body: str) -> str:
    return (
        f'<div class="q-scroll"><table class="q-outcomes q-own {name}"><caption>{caption}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )
