"""Spoiled: a real text, tree or word with a few of its pieces changed, as files are that were cut, merged or forged."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

# What breaks readers: not a number, beyond every number, half a sign of UTF-16, YAML's tags and anchors, markup, paths.
WORDS = (
    "", " ", "0", "-1", "1e999", "-1e308", "9" * 400, "nan", ".nan", ".inf", "inf", "true", "null", "~", "0x1F", "1_000", "1:30", "٣",
    "\\ud800", "\ufeff", "\u202e", "\u2028", "\x00", "\x85", "\t", "\r", "'", '"', "`", "{", "}", "[", "]", ",", ":", "- ", "? ", "---", "...",
    "&a ", "*a", "<<: ", "!!python/object:os.system ", "!!binary ", "!!set ", "!!timestamp ", "!!int ", "!!float ", "!Ref ", "!GetAtt ",
    "2026-02-30", "../../etc/passwd", "<script>", "%00", "${X}", "{{ x }}", "{% if %}", "|", ">", "#", "//", "/*", "é", "🐳", "__proto__",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 3, 0.5, 1e-300, 1e300, -0.0, float("nan"), float("inf"), 10**30, -(10**400), "", " ", "0", "1", "true",
    "nan", "web", "a", "a1", "m5.large", "x" * 3_000, "\ud800", "\x00", "🐳", "<img src=x>", "../x", [], {}, [[]], [None], {"": None}, {"name": 1},
    {"Ref": "X"}, {"Fn::Sub": []}, {"Fn::If": [1]}, "256", "1 vCPU", "1Gi", "100m", "1e3", "-5Mi", ["a", "a"], [{}], {"do": "fail-zone"},
)  # fmt: skip


def text(rng: Random, texts: list[str]) -> str:
    """Take a text and change it in one place, or in a few."""
    found = rng.choice(texts)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        at = rng.randint(0, len(found))
        to = min(len(found), at + rng.choice((0, 1, 1, 2, 8, 40, 400)))
        match rng.randrange(6):
            case 0:
                found = found[:at] + found[to:]
            case 1:
                found = found[:to] + found[at:]
            case 2:
                found = found[:at] + rng.choice(WORDS) + found[to:]
            case 3:
                found = found[:at] + chr(rng.choice((rng.randrange(32, 127), rng.randrange(0xD7FF)))) + found[to:]
            case 4:
                other = rng.choice(texts)
                start = rng.randint(0, len(other))
                found = found[:at] + other[start : start + rng.randrange(200)] + found[at:]
            case 5:
                found = lines(rng, found)
    return found


def lines(rng: Random, found: str) -> str:
    """Take a line away, set it further in, give it twice, or put another value behind its colon."""
    rows = found.splitlines()
    if not rows:
        return rng.choice(WORDS)
    at = rng.randrange(len(rows))
    match rng.randrange(4):
        case 0:
            del rows[at]
        case 1:
            rows[at] = " " * rng.randrange(1, 5) + rows[at]
        case 2:
            rows.insert(rng.randrange(len(rows)), rows[at])
        case 3:
            rows[at] = rows[at].partition(":")[0] + ": " + str(rng.choice((*WORDS, *VALUES)))[:500]
    return "\n".join(rows)


def tree(rng: Random, trees: list[Any]) -> Any:
    """Take a tree of mappings and lists and change one of its members, or a few."""
    found = copy.deepcopy(rng.choice(trees))
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        places = list(_places(found))
        if not places:
            return rng.choice(VALUES)
        held, key = rng.choice(places)
        match rng.randrange(6):
            case 0 | 1:
                held[key] = copy.deepcopy(rng.choice(VALUES))
            case 2:
                del held[key]
            case 3:
                held[key] = near(rng, held[key])
            case 4:
                other, name = rng.choice(list(_places(rng.choice(trees))) or [(held, key)])
                held[key] = copy.deepcopy(other[name])
            case 5 if isinstance(held, list):
                held.insert(rng.randint(0, len(held)), copy.deepcopy(held[key]))
            case 5:
                held[rng.choice((*held, *WORDS))] = held[key]
    return found


def near(rng: Random, value: Any) -> Any:
    """Move a value a little: past its bound, to another type, or into a list of its own."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, int | float):
        return rng.choice((-value, value + 1, value * 1_000, value // 3, str(value), [value], 10**18))
    if isinstance(value, str):
        return rng.choice((value + rng.choice(WORDS), value[:-1], value.upper(), [value], {value: value}, len(value)))
    return [value] if rng.random() < 0.5 else {"x": value}


def _places(whole: Any) -> list[tuple[Any, Any]]:
    """Name every member of a tree by what holds it and its key."""
    found: list[tuple[Any, Any]] = []
    left = [whole]
    while left:
        here = left.pop()
        members = here.items() if isinstance(here, dict) else enumerate(here) if isinstance(here, list) else ()
        for key, value in members:
            found.append((here, key))
            left.append(value)
    return found


def as_json(found: Any) -> str:
    """Write a tree as JSON does, its odd numbers and half signs included."""
    return json.dumps(found, default=str)
