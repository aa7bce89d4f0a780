"""The editor of a scenario's text: checked while one types, every problem beside its line."""

from pages.parts.lab.editor.editor import editor, editor_data

__all__ = ["editor", "editor_data"]
