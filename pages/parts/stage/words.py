"""The words that the stage's machine and the speaker's window show; `data/texts/<language>/stage.yaml` holds them."""

MACHINE: tuple[str, ...] = (
    "counter", "counter_label", "told", "help", "overview_title", "notes_title", "help_title", "pin_title", "pin_where", "pin_local",
    "pin_until", "pin_failed", "pin_busy", "guests_one", "guests_other", "then", "last",
    *(f"{kind}_{means}" for kind in ("keys", "does") for means in (
        "next", "back", "first", "blank", "overview", "notes", "reset", "full", "pin", "escape",
    )),
)  # fmt: skip

SPEAKER: tuple[str, ...] = (
    "title", "slide", "minutes", "notes", "next", "last", "clock", "start", "pause", "reset", "on_time", "ahead", "behind",
    "of_planned", "forward", "back", "blank", "again", "counter", "here", "away", "open_stage", "elsewhere", "pin", "join",
    "joined", "wrong", "busy", "silent", "keys", "waiting", "planned", "blanked",
)  # fmt: skip
