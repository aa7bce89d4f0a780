"""What an image of the Dockerfile would hold and run, read from the files themselves: no container engine is needed."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Image:
    """The last stage of a Dockerfile. copies: sources from the checkout; health: the command, and its settings in seconds."""

    base: str = ""
    copies: list[str] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)
    user: str = ""
    runs: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)
    workdir: str = ""
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    signal: str = ""


def image(text: str = (ROOT / "Dockerfile").read_text(encoding="utf-8")) -> Image:
    """Read the last stage. A shell form of CMD or HEALTHCHECK is no list, and raises ValueError."""
    found = Image()
    for word, rest in instructions(text):
        match word:
            case "FROM":
                found = Image(base=rest.split()[0])
            case "COPY" if not rest.startswith("--from"):
                found.copies += rest.split()[:-1]
            case "ENV":
                found.env |= dict(one.split("=", 1) for one in shlex.split(rest))
            case "USER":
                found.user = rest
            case "RUN":
                found.runs.append(rest)
            case "VOLUME":
                found.volumes = json.loads(rest)
            case "WORKDIR":
                found.workdir = rest
            case "HEALTHCHECK":
                found.health = json.loads(rest.partition("CMD ")[2])
            case "CMD":
                found.command = json.loads(rest)
            case "STOPSIGNAL":
                found.signal = rest
    return found


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Give each instruction's word and the rest, comments left out and continued lines joined."""
    plain = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    for line in re.sub(r"\\\n\s*", "", plain).splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            yield word.upper(), rest.strip()


def let_in(path: str, rules: str = (ROOT / ".dockerignore").read_text(encoding="utf-8")) -> bool:
    """Say whether the .dockerignore lets a file into the build: the last rule that meets it, or a folder above it, counts."""
    above = ["/".join(path.split("/")[:n]) for n in range(1, path.count("/") + 2)]
    kept = True
    for rule in map(str.strip, rules.splitlines()):
        if rule and not rule.startswith("#"):
            pattern = _pattern(rule.removeprefix("!"))
            if any(pattern.fullmatch(one) for one in above):
                kept = rule.startswith("!")
    return kept


def _pattern(rule: str) -> re.Pattern[str]:
    """Turn a rule into a pattern, as far as ours go: **/ for any folders, * within a name, and [sets].

    >>> bool(_pattern("**/*.py[co]").fullmatch("a/b/c.pyc")), bool(_pattern("*").fullmatch("a/b"))
    (True, False)
    """
    parts = re.split(r"(\*\*/|\*|\[[^\]]+\])", rule)
    known = {"**/": "(?:.*/)?", "*": "[^/]*"}
    return re.compile(
        "".join(known.get(one) or (one if one.startswith("[") else re.escape(one)) for one in parts if one)
    )


def held() -> list[str]:
    """List every file of the checkout that a build would copy into the image."""
    found: list[str] = []
    for source in image().copies:
        top = ROOT / source
        files = [path for path in sorted(top.rglob("*")) if path.is_file()] if top.is_dir() else [top]
        found += [name for path in files if let_in(name := path.relative_to(ROOT).as_posix())]
    return found
