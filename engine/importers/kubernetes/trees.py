"""Looking things up in an object's tree: what is absent, or of a wrong type and reported as such, is as good as not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

Tree: TypeAlias = Mapping[str, Any]
_NOTHING: Tree = {}


def inner(tree: Tree, *names: str) -> Tree:
    """Give a mapping some levels below; an empty one where there is none.

    >>> inner({"spec": {"template": {"spec": {"hostPID": True}}}}, "spec", "template", "spec")
    {'hostPID': True}
    """
    for name in names:
        found = tree.get(name)
        tree = found if isinstance(found, Mapping) else _NOTHING
    return tree


def each(tree: Tree, name: str) -> list[Tree]:
    """Give a list's mappings."""
    found = tree.get(name)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def text(tree: Tree, name: str) -> str:
    """Give a text; an empty one where there is none."""
    found = tree.get(name)
    return found if isinstance(found, str) else ""


def whole(tree: Tree, name: str) -> int | None:
    """Give a whole number."""
    found = tree.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def is_on(tree: Tree, name: str) -> bool:
    """Say whether a switch is on."""
    return tree.get(name) is True


def words(tree: Tree, name: str) -> list[str]:
    """Give a list's texts."""
    found = tree.get(name)
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def pairs(tree: Tree, name: str) -> dict[str, str]:
    """Give a mapping's texts, such as labels."""
    return {str(key): value for key, value in inner(tree, name).items() if isinstance(value, str)}


def one_namespace(one: str, other: str) -> bool:
    """Say whether two objects may meet: what names no namespace goes where the other one is applied."""
    return not one or not other or one == other


def pruned(tree: Any) -> Any:
    """Drop members that are null: to Kubernetes they were not given.

    Trees are at most a hundred levels deep here, so recursion is safe.
    """
    if isinstance(tree, Mapping):
        return {str(key): pruned(value) for key, value in tree.items() if value is not None}
    if isinstance(tree, list):
        return [pruned(one) for one in tree]
    return tree


def matches(selector: Tree, labels: Mapping[str, str]) -> bool:
    """Say whether a label selector picks these labels; an empty one picks everything.

    >>> matches({"matchLabels": {"app": "web"}}, {"app": "web", "tier": "front"})
    True
    """
    if any(labels.get(key) != value for key, value in inner(selector, "matchLabels").items()):
        return False
    return all(expression_holds(one, labels) for one in each(selector, "matchExpressions"))


def expression_holds(expression: Tree, labels: Mapping[str, str]) -> bool:
    """Say whether one expression of a selector holds: In, NotIn, Exists, DoesNotExist."""
    has, values = text(expression, "key") in labels, words(expression, "values")
    value = labels.get(text(expression, "key"))
    match text(expression, "operator"):
        case "In":
            return value in values
        case "NotIn":
            return not has or value not in values
        case "Exists":
            return has
        case "DoesNotExist":
            return not has
        case _:
            return False


def containers_of(pod: Tree) -> Iterator[tuple[str, int, Tree]]:
    """Give (list's name, place, container) of every container of a pod, those that only start first."""
    for name in ("initContainers", "containers"):
        for place, container in enumerate(each(pod, name)):
            yield name, place, container
