"""The words the transport shows; `data/texts/<language>/transport.yaml` holds them: `table("transport")`."""

WORDS: tuple[str, ...] = (
    "label", "play", "pause", "next", "prev", "scrubber", "at", "at_mark", "speed", "times", "times_label", "times_min", "times_h", "times_d",
)  # fmt: skip
