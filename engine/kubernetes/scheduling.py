"""Where a service's pods may go and would rather go: affinity, tolerations, topology spread, priority."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator, model_validator

from engine.fields import Record, setting
from engine.kubernetes.neighbours import Neighbours
from engine.placement.kube.objects import Requirement
from engine.placement.kube.selectors import is_label, is_valid

Effect = Literal["NoSchedule", "PreferNoSchedule", "NoExecute"]


class NodeTaint(Record):
    """What keeps pods off a node, unless they tolerate it."""

    key: str = setting("dedicated", "What the taint is called.", min_length=1, max_length=253)
    value: str = setting("", "What more it says.", max_length=63)
    effect: Effect = setting(
        "NoSchedule", "Keep new pods off, only if there is another node, or drive out those there."
    )

    @model_validator(mode="after")
    def _is_taint(self) -> NodeTaint:
        if not is_label(self.key, self.value):
            raise ValueError(f"a taint's key and value are those of a label, got {self.key!r}: {self.value!r}")
        return self


class PodToleration(Record):
    """A taint that a pod puts up with."""

    key: str = setting("", "The taint's name; none = every taint, with the operator Exists.", max_length=253)
    operator: Literal["Equal", "Exists"] = setting("Equal", "With this value, or with any.")
    value: str = setting("", "The taint's value, for Equal.", max_length=63)
    effect: Effect | Literal[""] = setting("", "The taint's effect; none = all.")

    @model_validator(mode="after")
    def _makes_sense(self) -> PodToleration:
        if not self.key and self.operator == "Equal":
            raise ValueError("a toleration without a key has the operator Exists: it is for every taint")
        if self.value and self.operator == "Exists":
            raise ValueError(f"a toleration with Exists has no value, got {self.value!r}")
        return self


class LabelRule(Record):
    """One expression about a node's labels."""

    key: str = setting("topology.kubernetes.io/zone", "The label.", min_length=1, max_length=253)
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"] = setting("Exists", "What is asked of it.")
    values: tuple[str, ...] = setting(
        (), "Its values: some for In and NotIn, one whole number for Gt and Lt.", max_length=50
    )

    @model_validator(mode="after")
    def _is_readable(self) -> LabelRule:
        if not is_valid(Requirement(self.key, self.operator, self.values)):
            raise ValueError(
                f"In and NotIn take values, Exists and DoesNotExist none, Gt and Lt one whole number, and all are labels, got "
                f"{self.key} {self.operator} {', '.join(self.values) or 'nothing'}"
            )
        return self


class NodeChoice(Record):
    """Nodes of which every rule is true."""

    rules: tuple[LabelRule, ...] = setting((), "All of these are true of the node.", min_length=1, max_length=20)


class NodeWish(Record):
    """Nodes that a pod would rather have."""

    weight: int = setting(1, "How much the wish counts.", ge=1, le=100)
    rules: tuple[LabelRule, ...] = setting((), "All of these are true of the node.", min_length=1, max_length=20)


class Scheduling(Record):
    """Where a service's pods may go and would rather go: affinity, tolerations, topology spread, priority."""

    node_selector: dict[str, str] = setting({}, "Labels that a node must have, name: value.")
    nodes: tuple[NodeChoice, ...] = setting((), "Nodes that its pods may go to, one choice or another; none = any.",
                                             max_length=20)  # fmt: skip
    prefers: tuple[NodeWish, ...] = setting((), "Nodes that its pods would rather go to.", max_length=20)
    tolerations: tuple[PodToleration, ...] = setting((), "Taints that its pods put up with.", max_length=50)

    neighbours: Neighbours = setting(Neighbours(), "What they ask of other pods.")

    @field_validator("node_selector")
    @classmethod
    def _are_labels(cls, given: dict[str, str]) -> dict[str, str]:
        wrong = [f"{key!r}: {value!r}" for key, value in given.items() if not is_label(key, value)]
        if wrong:
            raise ValueError(f"a label is at most 63 letters, digits, `-`, `_` and `.`, got {', '.join(wrong)}")
        return given

    def __hash__(self) -> int:
        """Hash the labels too: a scenario can be a key."""
        return hash(
            (tuple(sorted(self.node_selector.items())), self.nodes, self.prefers, self.tolerations, self.neighbours)
        )
