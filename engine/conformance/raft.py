"""Raft's quorums: who has won a vote, and which index is safe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from pydantic import Field

from engine.conformance.cases import Case, Given, Got
from engine.consensus.quorum import ALL, committed_index, vote_result

T = TypeVar("T")


class Electorates(Given):
    """Members by number; the second electorate is empty outside a joint change."""

    voters: list[int]
    voters_joint: list[int] = Field(default_factory=list)


class Votes(Electorates):
    """Who said yes or no; null, or absent: not yet."""

    votes: dict[str, bool | None]


class Acks(Electorates):
    """The last index that each member holds; null, or absent: none."""

    acked_index: dict[str, int | None]


def vote(case: Case[Votes]) -> Got:
    """Say how the vote stands."""
    given = case.given
    return {"result": vote_result(given.voters, given.voters_joint, _numbered(given.votes))}


def commit(case: Case[Acks]) -> Got:
    """Give the committed index; an electorate without members has committed everything."""
    given = case.given
    index = committed_index(given.voters, given.voters_joint, _numbered(given.acked_index))
    return {"committed": "infinity" if index == ALL else index}


def _numbered(given: Mapping[str, T]) -> dict[int, T]:
    return {int(name): value for name, value in given.items() if name.lstrip("-").isdecimal()}
