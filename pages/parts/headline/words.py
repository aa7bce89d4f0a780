"""The words the headline shows; `data/texts/<language>/headline.yaml` holds them: `table("headline")`."""

WORDS: tuple[str, ...] = (
    "label", "refused.one", "refused.other", "failing.one", "failing.other", "served.one", "served.other",
    "short",
)  # fmt: skip
