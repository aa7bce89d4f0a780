"""CloudFormation's intrinsic functions, as far as a template alone can answer them.

A parameter stands for its default, a condition for what the defaults make of it. What only a real stack could know (an ARN,
a parameter without a default) stays an `Unknown` that says how it is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from engine.errors import DefinitionError, Problem
from engine.importers.findings import Finding, Unknown, listed

MAX_STEPS = 300_000
MAX_LETTERS = 4_000_000  # of all texts put together from parts
TASK_DEFINITION = "AWS::ECS::TaskDefinition"
MAX_DEPTH = 200  # of functions inside functions, mappings and conditions that lead on
_HOLE = re.compile(r"\$\{([^!}][^}]{0,255})\}")
_LITERAL = re.compile(r"\$\{!([^}]{0,255})\}")


class _Removed:
    """What AWS::NoValue leaves: the member is not there."""


REMOVED: Final = _Removed()


class Template:
    """One template: what its functions come to. `undecided` collects conditions that the defaults leave open."""

    def __init__(self, tree: Mapping[str, Any]) -> None:
        """Keep the sections that values are looked up in."""
        self.parameters = _section(tree, "Parameters")
        self.mappings = _section(tree, "Mappings")
        self.conditions = _section(tree, "Conditions")
        self.undecided: list[str] = []
        self._answers: dict[str, bool | None] = {}
        self._steps = 0
        self._depth = 0
        self._letters = 0

    def notes(self) -> tuple[Finding, ...]:
        """Say which conditions had to be guessed."""
        return (Finding("condition_open", listed(self.undecided)),) if self.undecided else ()

    def value(self, node: Any) -> Any:
        """Work a node out: plain values, `Unknown`, or REMOVED."""
        self._step()
        self._depth += 1
        try:
            return self._worked_out(node) if self._depth <= MAX_DEPTH else Unknown("...")
        finally:
            self._depth -= 1

    def _step(self) -> None:
        self._steps += 1
        if self._steps > MAX_STEPS:
            came = f"more than {MAX_STEPS:,} steps"
            problem = Problem("template", came, "a plain template", "its functions unfold without end")
            raise DefinitionError([problem], "not_json")

    def _worked_out(self, node: Any) -> Any:
        if isinstance(node, list):
            return [found for inner in node if (found := self.value(inner)) is not REMOVED]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            name, argument = next(iter(node.items()))
            if name == "Ref" or name.startswith("Fn::"):
                return self._call(name, argument)
        return {key: found for key, inner in node.items() if (found := self.value(inner)) is not REMOVED}

    def _call(self, name: str, argument: Any) -> Any:
        match name, argument:
            case "Ref", str():
                return self._ref(argument)
            case "Fn::If", [condition, yes, no]:
                return self._if(condition, yes, no)
            case "Fn::Sub", str():
                return self._sub(argument, {})
            case "Fn::Sub", [str() as text, dict() as own]:
                return self._sub(text, own)
            case "Fn::Join", [str() as between, parts]:
                return self._join(between, self.value(parts))
            case "Fn::Select", [which, options]:
                return self._select(self.value(which), self.value(options))
            case "Fn::Split", [str() as between, whole] if between:
                text = self.value(whole)
                return self._spelt(text).split(between) if isinstance(text, str) else Unknown(_says(text))
            case "Fn::FindInMap", [table, first, second, *_]:
                return self._find(*(self.value(key) for key in (table, first, second)))
            case "Fn::GetAtt", [str() as what, str() as attribute]:
                return Unknown(f"${{{what}.{attribute}}}")
            case (("Fn::Equals" | "Fn::And" | "Fn::Or" | "Fn::Not"), _):
                answer = self.truth({name: argument})
                return Unknown(name) if answer is None else answer
            case _:
                return Unknown(f"{name.removeprefix('Fn::')} {_says(argument)}"[:80])

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return REMOVED
        parameter = self.parameters.get(name)
        if isinstance(parameter, Mapping):
            kind = str(parameter.get("Type", "String"))
            allowed = parameter.get("AllowedValues")
            default = parameter.get("Default")
            if default is None and isinstance(allowed, list) and len(allowed) == 1:
                default = allowed[0]
            # The default of an SSM parameter is a name to look up, not a value.
            if default is not None and "SSM::Parameter" not in kind and not isinstance(default, dict | list):
                is_list = kind.startswith("List<") or kind == "CommaDelimitedList"
                return [part.strip() for part in self._spelt(_plain(default)).split(",")] if is_list else default
        return Unknown(f"${{{name}}}")

    def _sub(self, text: str, own: Mapping[str, Any]) -> Any:
        """Fill a text in; as long as one hole stays open, the text stands as it is written."""
        filled: list[str] = []
        end = 0
        for hole in _HOLE.finditer(text):
            name = hole[1].strip()
            value = self.value(own[name]) if name in own else Unknown("") if "." in name else self._ref(name)
            if isinstance(value, Unknown | dict | list | _Removed):
                return Unknown(text)
            filled += [text[end : hole.start()], self._spelt(_plain(value))]
            end = hole.end()
        return self._spelt(_LITERAL.sub(r"${\1}", "".join([*filled, text[end:]])))

    def _join(self, between: str, parts: Any) -> Any:
        if not isinstance(parts, list):
            return Unknown(_says(parts))
        texts = [part.says if isinstance(part, Unknown) else _plain(part) for part in parts]
        self._count(sum(map(len, texts)) + len(between) * len(texts))  # before they are put together
        whole = between.join(texts)
        return Unknown(whole) if any(isinstance(part, Unknown) for part in parts) else whole

    def _spelt(self, text: str) -> str:
        self._count(len(text))
        return text

    def _count(self, letters: int) -> None:
        self._letters += letters
        if self._letters > MAX_LETTERS:
            came = f"more than {MAX_LETTERS:,} letters"
            problem = Problem("template", came, "a plain template", "its texts unfold without end")
            raise DefinitionError([problem], "not_json")

    def _select(self, which: Any, options: Any) -> Any:
        digits = _plain(which)
        if isinstance(options, list) and digits.isdecimal() and len(digits) < 6 and int(digits) < len(options):
            return options[int(digits)]
        return Unknown(_says(options))

    def _find(self, table: Any, first: Any, second: Any) -> Any:
        found: Any = self.mappings
        for key in (table, first, second):
            if isinstance(key, Unknown) or not isinstance(found, Mapping) or _plain(key) not in found:
                return Unknown(f"FindInMap {_says(table)}")
            found = found[_plain(key)]
        return self.value(found)

    def _if(self, condition: Any, yes: Any, no: Any) -> Any:
        """Take the branch that the defaults take; where they leave it open, a shared value, else the first with content."""
        answer = self.truth({"Condition": condition})
        if answer is not None:
            return self.value(yes if answer else no)
        first, second = self.value(yes), self.value(no)
        if first == second:
            return first
        self.undecided.append(_plain(condition))
        for branch in (first, second):
            if isinstance(branch, dict | list):
                return branch
        return Unknown(f"if {_plain(condition)}: {_says(first)}, else {_says(second)}")

    def truth(self, node: Any) -> bool | None:
        """Answer a condition; None where the defaults leave it open."""
        self._step()
        self._depth += 1
        try:
            return self._answer(node) if self._depth <= MAX_DEPTH else None
        finally:
            self._depth -= 1

    def _answer(self, node: Any) -> bool | None:
        if not isinstance(node, Mapping) or len(node) != 1:
            return {True: True, False: False, "true": True, "false": False}.get(_hashable(node))
        name, argument = next(iter(node.items()))
        match name, argument:
            case "Condition", str():
                return self._named(argument)
            case "Fn::Equals", [left, right]:
                pair = (self.value(left), self.value(right))
                if any(isinstance(side, Unknown | _Removed) for side in pair):
                    return True if pair[0] == pair[1] and left == right else None
                return self._spelt(_plain(pair[0])) == _plain(pair[1])
            case "Fn::Not", [inner]:
                answer = self.truth(inner)
                return None if answer is None else not answer
            case (("Fn::And" | "Fn::Or"), list()):
                answers = [self.truth(inner) for inner in argument]
                settled = name == "Fn::Or"  # one yes settles an Or, one no an And
                return settled if settled in answers else None if None in answers else not settled
            case _:
                return None

    def _named(self, name: str) -> bool | None:
        if name not in self._answers:
            self._answers[name] = None  # a condition that names itself is never answered
            self._answers[name] = self.truth(self.conditions.get(name))
        return self._answers[name]

    def written(self, node: Any) -> Any:
        """Show how a value stands in the template: a parameter with its default and what it allows."""
        if isinstance(node, Mapping) and list(node) == ["Ref"] and isinstance(node["Ref"], str):
            parameter = self.parameters.get(node["Ref"])
            more = parameter if isinstance(parameter, Mapping) else {}
            shown = {"default": more.get("Default"), "allowed": more.get("AllowedValues")}
            return {"Ref": node["Ref"], **{key: value for key, value in shown.items() if value is not None}}
        found = self.value(node)
        return found if isinstance(found, str) else None if found is REMOVED or found is None else _says(found)


def _section(tree: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = tree.get(name)
    return found if isinstance(found, Mapping) else {}


def _hashable(node: Any) -> Any:
    return node.lower() if isinstance(node, str) else node if isinstance(node, bool) else None


def _plain(value: Any) -> str:
    """Write a value as CloudFormation compares it: everything is text there."""
    return str(value).lower() if isinstance(value, bool) else value if isinstance(value, str) else str(value)


def _says(value: Any) -> str:
    if isinstance(value, Unknown):
        return value.says
    return "nothing" if value is REMOVED else _plain(value)[:60]
