"""The words the lanes show; `data/texts/<language>/lanes.yaml` holds them: `table("lanes")`."""

WORDS: tuple[str, ...] = (
    "label", "name.truth", "name.belief", "agree", "part", "tries", "nothing", "col_what", "col_state", "col_from", "col_to",
    "show_table", "truth.boots", "truth.runs", "truth.cut", "truth.mended", "truth.dead", "truth.gone", "belief.boots",
    "belief.connected", "belief.silent", "belief.draining", "belief.gone",
)  # fmt: skip
