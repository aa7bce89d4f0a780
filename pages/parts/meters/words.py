"""The words the meters show; `data/texts/<language>/meters.yaml` holds them: `table("meters")`."""

WORDS: tuple[str, ...] = (
    "label", "col_host", "col_enis", "col_ports", "col_cpu", "col_memory", "all", "of", "used", "ports_none", "ports_found.one",
    "ports_found.other", "more", "fits", "enis.one", "enis.other", "ports.one", "ports.other", "room.one", "room.other", "rule.one",
    "rule.other", "yet", "placed.one", "placed.other",
)  # fmt: skip
