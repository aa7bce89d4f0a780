"""The words that the stage's machine and the speaker's window show; `data/texts/<language>/stage.yaml` holds them."""

MACHINE: tuple[str, ...] = (
    "label", "counter", "counter_label", "told", "help", "overview_title", "notes_title", "help_title", "pin_title", "pin_where", "pin_local",
    "pin_until", "pin_failed", "pin_busy", "guests_one", "guests_other", "then", "last",
    *(f"{kind}_{means}" for kind in ("keys", "does") for means in (
        "next", "back", "first", "blank", "overview", "notes", "reset", "full", "pin", "escape",
    )),
)  # fmt: skip

SPEAKER: tuple[str, ...] = (
    "slide", "minutes", "next", "last", "start", "pause", "reset", "on_time", "ahead", "behind", "planned", "forward", "back", "blank",
    "again", "counter", "here", "away", "elsewhere", "open_stage", "pin", "join", "wrong", "busy", "silent", "blanked", "keys",
)  # fmt: skip
