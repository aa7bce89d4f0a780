"""Nobody in: `python -m tests.fuzz` gives every way in a hundred thousand broken inputs, and says what came of them."""

from __future__ import annotations

import argparse
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from tests.apart import apart

apart("fuzz")


def main() -> int:
    """Read the options, play, and print a table. Exit code 1 where something was found."""
    from tests.fuzz import widgets
    from tests.fuzz.workers import Told, jobs, run

    options = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    options.add_argument("--inputs", type=int, default=100_000, help="how many in all (100000)")
    options.add_argument("--seed", type=int, default=1, help="same seed, same inputs (1)")
    options.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes (the cores)")
    options.add_argument("--only", default="", help="kinds whose name holds this")
    options.add_argument(
        "--widgets", type=int, help="of the inputs, how many are values of widgets, to a real server (a 50th)"
    )
    asked = options.parse_args()
    begun, whole = time.monotonic(), Told()
    of_widgets = 0 if asked.only not in widgets.KIND else asked.inputs // 50 if asked.widgets is None else asked.widgets
    with ThreadPoolExecutor(1) as beside:  # the server is busy while the processes are
        told_of_widgets = beside.submit(widgets.run, of_widgets, asked.seed) if of_widgets else None
        for told in run(jobs(asked.inputs - of_widgets, asked.seed, asked.only), asked.workers):
            whole.add(told)
        if told_of_widgets is not None:
            whole.add(told_of_widgets.result())
    print(f"{'kind':26}{'inputs':>9}{'taken':>9}{'refused':>9}{'found':>7}  slowest")
    names = sorted({kind for kind, _ in whole.counts})
    for name in names:
        taken, refused, found = (whole.counts[name, came] for came in ("taken", "refused", "found"))
        slow = whole.slowest.get(name, (0.0, ""))[0]
        print(f"{name:26}{taken + refused + found:9,}{taken:9,}{refused:9,}{found:7,}  {slow * 1_000:,.0f} ms")
    print(
        f"{sum(whole.counts.values()):,} inputs, seed {asked.seed}, {time.monotonic() - begun:.0f} s, {asked.workers} workers"
    )
    if whole.slowest:
        name = max(whole.slowest, key=lambda one: whole.slowest[one][0])
        print(f"slowest of all ({name}, {whole.slowest[name][0]:.2f} s): {whole.slowest[name][1][:300]}")
    for one in whole.findings:
        print(f"\nFOUND {one.kind}: {one.what}\n  at {one.where}\n  by {one.given[:600]}")
    print(f"{len(whole.findings)} findings")
    return 1 if whole.findings else 0


if __name__ == "__main__":
    sys.exit(main())
