"""What the reader chooses of a store: its members' zones, etcd's times, and what is done to it, and when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from engine import catalog, reading
from engine.errors import Problem, ScenarioError
from engine.fields import Record, setting
from engine.operations import Zone

LONGEST_S = 2_592_600  # a run of thirty days, and the warm-up before it
MOST = int(catalog.number("etcd.members_max"))
Number = Annotated[int, Field(ge=1, le=MOST * 3, description="Member, by its number.", examples=[1])]


class _Operation(Record):
    at_s: float = Field(
        ge=0, le=LONGEST_S, description="When, in simulated time.", json_schema_extra={"unit": "s"}, allow_inf_nan=False
    )


class KillMember(_Operation):
    """Kill a member without a word; its disk stays."""

    do: Literal["kill-member"]
    member: Number


class RestartMember(_Operation):
    """Start a dead member again, from its disk."""

    do: Literal["restart-member"]
    member: Number


class KillLeader(_Operation):
    """Kill whoever leads at that moment."""

    do: Literal["kill-leader"]


class CutLink(_Operation):
    """Let nothing pass between two members."""

    do: Literal["cut-link"]
    member: Number
    other: Number


class HealLink(_Operation):
    """Mend the link between two members."""

    do: Literal["heal-link"]
    member: Number
    other: Number


class CutZone(_Operation):
    """Cut a zone's network off from the others: its members live on, and see each other."""

    do: Literal["cut-zone"]
    zone: Zone


class HealZone(_Operation):
    """Mend a zone's network."""

    do: Literal["heal-zone"]
    zone: Zone


class FailZone(_Operation):
    """Take a zone's power: its members die at once."""

    do: Literal["fail-zone"]
    zone: Zone


class RestoreZone(_Operation):
    """Give a zone its power back: its members start from their disks."""

    do: Literal["restore-zone"]
    zone: Zone


class AddMember(_Operation):
    """Add a member to the electorate, then start it."""

    do: Literal["add-member"]
    zone: Zone
    starts: bool = Field(default=True, description="Off: the new member never comes up, as with a mistyped address.")
    start_after_s: float = Field(
        default=5, ge=0, le=86_400, allow_inf_nan=False, description="It is started so long after it was added.",
        json_schema_extra={"unit": "s"},
    )  # fmt: skip


class RemoveMember(_Operation):
    """Take a member out of the electorate."""

    do: Literal["remove-member"]
    member: Number


Operation = Annotated[
    KillMember
    | RestartMember
    | KillLeader
    | CutLink
    | HealLink
    | CutZone
    | HealZone
    | FailZone
    | RestoreZone
    | AddMember
    | RemoveMember,
    Field(discriminator="do"),
]


class Consensus(Record):
    """A store of one to seven members, from which a run follows to the bit."""

    seed: int = setting(1, "The run's own chance: same seed, same run.", ge=0, le=2**32 - 1)
    duration_s: float = setting(60, "How long to simulate.", unit="s", ge=1, le=LONGEST_S)
    places: str = setting(
        "abc", "The zone of each member: aab puts two into zone a and one into b.", fact="etcd.two_az_trap",
        pattern=rf"^[a-f]{{1,{MOST}}}$",
    )  # fmt: skip
    heartbeat_ms: float = setting(
        catalog.number("etcd.heartbeat"), "A leader sends heartbeats so often.", unit="ms", fact="etcd.heartbeat", ge=10,
        le=10_000,
    )  # fmt: skip
    election_ms: float = setting(
        catalog.number("etcd.election_timeout"), "A member that heard nothing for this and up to as much again campaigns.",
        unit="ms", fact="etcd.election_timeout", ge=50, le=50_000,
    )  # fmt: skip
    pre_vote: bool = setting(
        bool(catalog.value("etcd.pre_vote")), "Members ask whether they could win before they raise the term.",
        fact="etcd.pre_vote",
    )  # fmt: skip
    strict: bool = setting(True, "Refuse changes of members that could cost the quorum.", fact="etcd.strict_reconfig")
    same_zone_ms: float = setting(0.1, "A message's way within a zone.", unit="ms", assumed=True, ge=0, le=1_000)
    cross_zone_ms: float = setting(0.5, "A message's way between two zones.", unit="ms", assumed=True, ge=0, le=5_000)
    disk_ms: float = setting(
        2, "A write to a member's disk.", unit="ms", assumed=True, fact="etcd.disk_matters", ge=0, le=10_000
    )
    restart_s: float = setting(0.5, "A member's process is up so long after it was started.", unit="s", assumed=True, ge=0,
                                le=3_600)  # fmt: skip
    writes_per_s: float = setting(10, "Writes that clients send.", unit="1/s", assumed=True, ge=0, le=1_000)
    operations: tuple[Operation, ...] = setting((), "What is done, and when.", max_length=10_000)

    @classmethod
    def read(cls, text: str) -> Consensus:
        """Read YAML or JSON; every problem at once as a `ScenarioError`."""
        return cls.of(reading.parse(text))

    @classmethod
    def of(cls, given: object) -> Consensus:
        """Check plain data; every problem at once as a `ScenarioError`."""
        if not isinstance(given, Mapping):
            raise ScenarioError(
                [Problem("file", type(given).__name__, "a mapping of settings", "a scenario is a mapping")]
            )
        try:
            built = cls.model_validate(given)
        except ValidationError as error:
            raise ScenarioError(reading.explained(error, cls)) from None
        if found := problems(built):
            raise ScenarioError(found)
        return built

    @classmethod
    def from_token(cls, token: str) -> Consensus:
        """Read what `token` wrote into a link."""
        return cls.of(reading.untoken(token))

    def token(self) -> str:
        """Write the whole scenario as a short, URL-safe word; `from_token` reads it back without loss."""
        return reading.token(self.model_dump(mode="json", exclude_defaults=True))

    def with_(self, path: str, value: object) -> Consensus:
        """Change one value by its dotted path and check again.

        >>> Consensus().with_("places", "aab").places
        'aab'
        """
        return self.of(reading.put(self.model_dump(mode="json"), path, value))

    def acting(self, *operations: Operation) -> Consensus:
        """Append operations: what a click on the map does at the playhead."""
        whole = self.model_dump(mode="json")
        added = [operation.model_dump(mode="json") for operation in operations]
        return self.of(whole | {"operations": [*whole["operations"], *added]})

    @property
    def tick_s(self) -> float:
        """Give the length of a tick: etcd's is one heartbeat."""
        return self.heartbeat_ms / 1000

    @property
    def election_ticks(self) -> int:
        """Count the ticks of an election time-out."""
        return int(self.election_ms / self.heartbeat_ms + 1e-9)

    @property
    def patience_s(self) -> float:
        """Say how long a client's write waits before it fails: 5 s and two election time-outs.

        Source: fact `etcd.request_timeout`.
        """
        usual = 2 * catalog.number("etcd.election_timeout") / 1000
        return catalog.seconds("etcd.request_timeout") - usual + 2 * self.election_ms / 1000


def problems(scenario: Consensus) -> list[Problem]:
    """List what does not go together."""
    found: list[Problem] = []
    if scenario.election_ticks < 5:  # etcd refuses to start
        came, least = f"{scenario.election_ms:g}", f"{5 * scenario.heartbeat_ms:g} ms or more"
        found.append(Problem("election_ms", came, least, "etcd wants it to be five heartbeats at least"))
    for number, operation in enumerate(scenario.operations):
        where = f"operations.{number}"
        if operation.at_s > scenario.duration_s:
            allowed = f"0 to {scenario.duration_s:g} s"
            found.append(Problem(f"{where}.at_s", f"{operation.at_s:g}", allowed, "this is after the run's end"))
        if isinstance(operation, CutLink | HealLink) and operation.member == operation.other:
            found.append(Problem(f"{where}.other", str(operation.other), "another member", "a link has two ends"))
    return found


def operation(**given: Any) -> Operation:
    """Build one operation from its words; every problem as a `ScenarioError`."""
    return Consensus.of({"duration_s": LONGEST_S, "operations": [given]}).operations[0]
