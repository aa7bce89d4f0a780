"""The network: modes, ports, links."""

from __future__ import annotations

from collections.abc import Iterator

from engine import catalog
from engine.importers.definition import Definition
from engine.importers.findings import Finding
from engine.importers.rules.looking import at, given, known, words

_MODES = "bridge", "host", "awsvpc", "none"
_ONE_ADDRESS = "awsvpc", "host"  # modes in which a container's port is the port outside


def bad_network_mode(definition: Definition) -> Iterator[Finding]:
    """Refuse a mode that the API does not know."""
    mode = definition.network_mode
    if isinstance(mode, str) and mode not in _MODES:
        yield Finding("bad_network_mode", mode, ", ".join(_MODES))


def needs_awsvpc(definition: Definition) -> Iterator[Finding]:
    """Refuse every mode but awsvpc; absent means bridge on Linux."""
    code = {None: "bridge_network", "bridge": "bridge_network", "host": "host_network", "none": "none_network"}
    mode = definition.network_mode
    if (mode is None or isinstance(mode, str)) and mode in code:
        yield Finding(code[mode], mode or "", str(catalog.value("fargate.network_mode")))


def no_bridge(definition: Definition) -> Iterator[Finding]:
    """Refuse bridge where it is asked for; absent means awsvpc on Managed Instances."""
    if definition.network_mode == "bridge":
        yield Finding("bridge_network", "bridge", ", ".join(words("ecs.mi.network_modes")))


def links(definition: Definition) -> Iterator[Finding]:
    """Refuse links wherever they are given."""
    yield from at("links", (c.name for c in definition.containers if known(c.tree.get("links"))))


def links_need_bridge(definition: Definition) -> Iterator[Finding]:
    """Refuse links in any known mode but bridge."""
    if definition.network_mode in _MODES[1:]:
        yield from links(definition)


def host_ports_equal(definition: Definition) -> Iterator[Finding]:
    """Refuse a host port unlike the container's; 0 is as good as none, for ECS fills it in."""
    places = (
        f"{container.name}: {port.host} -> {port.number}"
        for container in definition.containers
        for port in container.ports
        if port.host and isinstance(port.number, int) and port.host != port.number
    )
    yield from at("host_port_mismatch", places)


def host_ports_equal_in_mode(definition: Definition) -> Iterator[Finding]:
    """Refuse it where the mode leaves no room for a mapping."""
    if definition.network_mode in _ONE_ADDRESS:
        yield from host_ports_equal(definition)


def not_with_awsvpc(definition: Definition) -> Iterator[Finding]:
    """Refuse what awsvpc has no place for."""
    if definition.network_mode == "awsvpc":
        yield from at("not_with_awsvpc", given(definition, "hostname", "extraHosts"))
