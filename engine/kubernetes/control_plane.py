"""Where API servers and etcd run, and what they survive."""

from __future__ import annotations

from typing import Literal

from engine import catalog
from engine.fields import Record, setting


class ControlPlane(Record):
    """Where API servers and etcd run, and what they survive. `members` and `zones` are yours where you run the masters.

    On EKS the members are AWS's: as many, and spread over as many zones, as fact `eks.cp.etcd` says.
    """

    members: int = setting(
        int(catalog.number("eks.cp.etcd")), "Members of etcd, where you run the control plane.", unit="members",
        fact="etcd.quorum", ge=1, le=int(catalog.number("etcd.members_max")),
    )  # fmt: skip
    zones: str = setting(
        "", "The zone of each member, as letters (aab: two in a, one in b); none = dealt out to the zones in turn.",
        fact="etcd.two_az_trap", pattern=r"^[a-f]{0,7}$",
    )  # fmt: skip
    replaced_after_s: float = setting(
        1_800, "You replace a dead member after this, where you run the control plane; -1 = never.", unit="s", assumed=True,
        ge=-1, le=604_800,
    )  # fmt: skip
    eks_replaced_after_s: float = setting(
        300, "AWS replaces a dead member after this, on EKS.", unit="s", assumed=True, ge=1, le=604_800
    )
    runs_on: Literal["", "self-run", "eks"] = setting("", "Who runs it; none = as the launch type says.")
