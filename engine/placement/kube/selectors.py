"""What a selector, a node term or a toleration says of an object. Names that are no labels make their term say no.

Source: github:kubernetes/kubernetes@1ca8f84eede9 staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity
/nodeaffinity.go (terms); github:kubernetes/kubernetes@19c6083b5c8b staging/src/k8s.io/api/core/v1/toleration.go
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.placement.kube.objects import Labels, Node, NodeTerm, Pod, Requirement, Selector, Taint, Toleration

NAME = "metadata.name"  # the only field that a term may ask for
_WHOLE = re.compile(r"[+-]?[0-9]+")
_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
_KEY = re.compile(r"([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")


def is_valid(requirement: Requirement) -> bool:
    """Say whether an expression is one: an operator with as many values as it takes, all of them proper labels.

    >>> is_valid(Requirement("disk", "In", ("ssd",))), is_valid(Requirement("disk", "NotIn", ("so fast!",)))
    (True, False)
    """
    values = requirement.values
    count_is_right = {
        "In": len(values) > 0,
        "NotIn": len(values) > 0,
        "Exists": not values,
        "DoesNotExist": not values,
        "Gt": len(values) == 1 and _WHOLE.fullmatch(values[0]) is not None,
        "Lt": len(values) == 1 and _WHOLE.fullmatch(values[0]) is not None,
    }
    if not count_is_right.get(requirement.operator, False) or not _KEY.fullmatch(requirement.key):
        return False
    return all(_VALUE.fullmatch(value) for value in values)


def is_label(key: str, value: str) -> bool:
    """Say whether a key and a value can be a label."""
    return _KEY.fullmatch(key) is not None and _VALUE.fullmatch(value) is not None


def holds(requirement: Requirement, labels: Labels) -> bool:
    """Say whether an expression is true of labels. What is not there is not in any list, and neither more nor less.

    >>> holds(Requirement("gpu", "NotIn", ("k80",)), {}), holds(Requirement("cores", "Gt", ("8",)), {"cores": "16"})
    (True, True)
    """
    found, values = labels.get(requirement.key), requirement.values
    match requirement.operator:
        case "In":
            return found in values
        case "NotIn":
            return found is None or found not in values
        case "Exists":
            return found is not None
        case "DoesNotExist":
            return found is None
        case "Gt" | "Lt" if found is not None and _WHOLE.fullmatch(found):
            more = int(found) - int(values[0])
            return more > 0 if requirement.operator == "Gt" else more < 0
    return False


def selects(selector: Selector | None, labels: Labels) -> bool:
    """Say whether a selector chooses an object with these labels; none chooses nothing, an empty one everything."""
    if selector is None:
        return False
    return has_all(selector.labels, labels) and all(is_valid(r) and holds(r, labels) for r in selector.exprs)


def has_all(wanted: Labels, labels: Labels) -> bool:
    """Say whether all wanted labels are there, each with its value."""
    return all(labels.get(key) == value for key, value in wanted.items())


def term_holds(term: NodeTerm, node: Node) -> bool:
    """Say whether a term chooses a node: all its expressions and fields do. An empty term chooses none."""
    if not term.exprs and not term.fields:
        return False
    if not all(is_valid(r) for r in term.exprs):
        return False
    if not all(r.operator in {"In", "NotIn"} and len(r.values) == 1 for r in term.fields):
        return False
    if not all(holds(r, node.labels) for r in term.exprs):
        return False
    # A node without a name has no fields, and upstream then does not ask.
    fields = {NAME: node.name}
    return not node.name or all((fields.get(r.key, "") == r.values[0]) == (r.operator == "In") for r in term.fields)


def may_go(pod: Pod, node: Node) -> bool:
    """Say whether a pod's node selector and required node affinity allow a node: the selector, and one of the terms."""
    required = pod.affinity.node.required
    if not has_all(pod.node_selector, node.labels):
        return False
    return required is None or any(term_holds(term, node) for term in required)


def tolerates(toleration: Toleration, taint: Taint) -> bool:
    """Say whether one toleration covers one taint.

    >>> tolerates(Toleration("", "Exists"), Taint("gpu", "yes")), tolerates(Toleration("gpu", "Equal", "no"), Taint("gpu", "yes"))
    (True, False)
    """
    if toleration.effect not in {"", taint.effect} or toleration.key not in {"", taint.key}:
        return False
    if toleration.operator == "Exists":
        return True
    return toleration.operator in {"", "Equal"} and toleration.value == taint.value


def untolerated(taints: Iterable[Taint], tolerations: Iterable[Toleration], effects: Iterable[str]) -> list[Taint]:
    """List the taints of some effects that no toleration covers."""
    covers, which = tuple(tolerations), tuple(effects)
    return [t for t in taints if t.effect in which and not any(tolerates(one, t) for one in covers)]
