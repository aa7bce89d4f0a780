"""The words the table of decisions shows; `data/texts/<language>/decisions.yaml` holds them: `table("decisions")`."""

WORDS: tuple[str, ...] = (
    "label", "none_yet", "first", "prev", "next", "of", "ask_place", "ask_leave", "pick", "pick_label", "skip", "guess_first",
    "score.one", "score.other", "right", "wrong_place", "wrong_leave", "right_wait", "gates", "col_host", "col_task", "col_free",
    "col_where", "col_says", "col_rank", "winner_place", "winner_leave", "nobody", "caption", "cut", "nowhere",
)  # fmt: skip
