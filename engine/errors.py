"""What can go wrong, at a glance: bad data is our bug, a bad scenario is the reader's to mend."""

from collections.abc import Iterable
from dataclasses import dataclass


class QuaysideError(Exception):
    """Everything that this project raises on purpose."""


class CatalogError(QuaysideError):
    """A file in data/ does not hold what it should: the message names file, row, expectation and value."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: where it is, what came, what is allowed there, and the sentence that says it."""

    path: str
    came: str
    allowed: str
    message: str

    def __str__(self) -> str:
        """Say it in one line.

        >>> str(Problem("services.0.tasks", "900", "0 to 800", "too many tasks"))
        'services.0.tasks: too many tasks (came: 900; allowed: 0 to 800)'
        """
        return f"{self.path}: {self.message} (came: {self.came}; allowed: {self.allowed})"


class ScenarioError(QuaysideError):
    """A scenario that cannot be run: every problem at once, never only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems as a tuple: pages list them kindly, the command line prints them."""
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        """List all problems, one a line."""
        return "\n".join(str(problem) for problem in self.problems)


class BudgetError(ScenarioError):
    """A scenario that would take too long or too much memory: refused before it starts, with the figure."""


class DefinitionError(ScenarioError):
    """A file that brings no task definition. `reason` is a code: not_json, or no_task_definition."""

    def __init__(self, problems: Iterable[Problem], reason: str) -> None:
        """Keep the code beside the problems: `import --json` prints it."""
        super().__init__(problems)
        self.reason = reason


class ManifestError(DefinitionError):
    """A file that means to hold objects of Kubernetes, and cannot be read as such."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Its code is always the same."""
        super().__init__(problems, "not_yaml")


class LostRunError(QuaysideError):
    """A run whose process ended before it was whole, twice: nobody's mistake, and worth asking for again."""
