"""A slide's table and its words: what its stories name, and what is written."""

import re
from string import Formatter

from engine import catalog
from engine.enacted import Word


def told(stories):
    """Collect every key that stories name, with the values it fills in: key -> {frozenset of names}."""
    found = {}
    for story in stories:
        for step in (*story.steps, story.reason):
            found.setdefault(step.key, set()).add(frozenset(step.values))
            for value in step.values.values():
                if isinstance(value, Word):
                    found.setdefault(value.key, set()).add(frozenset())
    return found


def texts(prefix, lang):
    """Give a table's texts by their keys, a count's two forms under the one."""
    return {
        re.sub(r"\.(one|other)$", "", key.removeprefix(prefix)): text
        for key, text in catalog.texts(lang).items()
        if key.startswith(prefix)
    }


def holes(text):
    """Give the names that a text wants filled in."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def records(module, base):
    """List the records that a module itself defines."""
    return [
        one
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, base) and one.__module__ == module.__name__
    ]
