"""Who does what: thirteen layers under a container, each kept by the customer, by AWS, or by both.

Facts `resp.*` say it, one way of running containers at a time. Everything that asks who owns a layer asks here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast, get_args

from engine import catalog
from engine.errors import CatalogError

Layer = Literal[
    "hardware", "hypervisor", "host_os_patching", "runtime_and_agent_patching", "orchestrator_control_plane", "scheduling",
    "host_scaling", "app_scaling_policy", "network_config", "iam_config", "image_contents", "app_code", "data",
]  # fmt: skip
LAYERS: tuple[Layer, ...] = get_args(Layer)
Owner = Literal["customer", "shared", "aws"]
OWNERS: tuple[Owner, ...] = get_args(Owner)


def duties(fact: str) -> Mapping[str, Owner]:
    """Say who does what, bottom layer first; a fact that leaves a layer out, or knows another one, is refused.

    fact: one of `resp.*`.

    >>> duties("resp.eks_managed_nodes")["host_os_patching"]
    'shared'
    """
    found = catalog.value(fact)
    if not isinstance(found, Mapping):
        raise CatalogError(f"facts.yaml {fact}: layers are needed, got {found!r}")
    if set(found) != set(LAYERS):
        wrong = sorted(set(map(str, found)) ^ set(LAYERS))
        raise CatalogError(
            f"facts.yaml {fact}: each of the {len(LAYERS)} layers once; missing or unknown: {', '.join(wrong)}"
        )
    if strangers := sorted({str(who) for who in found.values()} - set(OWNERS)):
        raise CatalogError(f"facts.yaml {fact}: an owner is one of {OWNERS}, got {', '.join(strangers)}")
    return {layer: cast("Owner", found[layer]) for layer in LAYERS}
