"""The matrix as somebody filled it in: read from one line of text, and held against the true one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.duties import LAYERS, OWNERS, Owner
from engine.fields import refusal
from engine.responsibility.matrix import Cell, matrix
from engine.responsibility.rules import MODELS, Model

EMPTY = "-"
LETTER: Mapping[Owner, str] = {owner: owner[0] for owner in OWNERS}


def unpacked(text: str) -> dict[Model, str]:
    """Read what is filled in, model by model. Raises a refusal in words.

    >>> unpacked("lambda:aaaaaaa-cc---")
    {'lambda': 'aaaaaaa-cc---'}
    """
    found: dict[Model, str] = {}
    for part in filter(None, text.split(",")):
        name, _, letters = part.partition(":")
        model = next((one for one in MODELS if one == name), None)
        if model is None or model in found or len(letters) != len(LAYERS) or set(letters) - {*LETTER.values(), EMPTY}:
            raise refusal("it cannot be read", f"each model once, then {len(LAYERS)} letters of c, s, a and -")
        found[model] = letters
    return found


def packed(cells: Mapping[str, str]) -> str:
    """Write what is filled in, in the models' order."""
    return ",".join(f"{model}:{cells[model]}" for model in MODELS if model in cells)


def score(models: Sequence[Model], text: str) -> tuple[int, int, int, list[Cell], list[Cell]]:
    """Hold what was filled in against the matrix, in some models.

    text: as `packed` writes it. Returns how many cells are right, how many were filled in, how many there are, and those that
    were given to AWS though they are the customer's whole, and those kept though AWS has them.

    >>> score(("lambda",), "lambda:aaaaaaa------")[:3]
    (7, 7, 13)
    """
    cells = unpacked(text)
    right, answered = 0, 0
    given: list[Cell] = []
    kept: list[Cell] = []
    for model in models:
        for layer, letter in zip(LAYERS, cells.get(model, EMPTY * len(LAYERS)), strict=True):
            cell = matrix()[layer, model]
            answered += letter != EMPTY
            right += letter == LETTER[cell.owner]
            if (letter, cell.owner) == (LETTER["aws"], "customer"):
                given.append(cell)
            if (letter, cell.owner) == (LETTER["customer"], "aws"):
                kept.append(cell)
    return right, answered, len(LAYERS) * len(models), given, kept
