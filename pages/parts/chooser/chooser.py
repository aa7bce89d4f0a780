"""The chooser: a row of choices (rows by group, or a select, where one has no room) whose answer is shown before the page knows."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st

from pages.parts.stage_map import joined

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "quayside.chooser",
    js=joined(("clock.js", "ahead.js", "page.js")) + "\n" + joined(("chooser.js",), _HERE),
    css=joined(("tokens.css",)) + "\n" + joined(("chooser.css",), _HERE),
)


class Choice(NamedTuple):
    """What a choice is called; where it stands in a row of its group: which group, and how it is called there.

    not_yet: why it cannot be chosen now, in a few words; "" = it can.
    """

    name: str
    group: str
    short: str
    not_yet: str = ""


def chooser(
    label: str,
    choices: Mapping[str, Choice],
    chosen: str,
    *,
    key: str,
    path: str,
    run_id: str,
    ahead: str,
    on_choose: Callable[[], None],
) -> Any:
    """Offer choices (value -> what it is called), one of them chosen. Keys: arrows move and choose, as in any group of radios.

    path: what the choice sets in the scenario. run_id, ahead: the run that is shown, and where its successors are asked for.
    Returns a result whose `.choose` is the value that the reader chose or None, for one rerun only.
    """
    options = [{"value": value, **choice._asdict()} for value, choice in choices.items()]
    data = {"label": label, "options": options, "chosen": chosen, "path": path, "id": run_id, "ahead": ahead}
    return _component(key=key, data=data, height="content", on_choose_change=on_choose)
