"""Times pictures and the report of all cases: drawing, writing, and opening in Chromium.

python tests/benchmarks/showing.py
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from browser import address, browser

from harness.judging.oracle import Oracle
from harness.language.case import load
from harness.showing import picture
from harness.showing.report import page
from harness.showing.report.sections import Entry

ROOT = Path(__file__).resolve().parent.parent.parent


def main() -> None:
    paths = sorted((ROOT / "cases").rglob("*.yaml"))
    cases = [load(path, path.relative_to(ROOT).as_posix(), ROOT / "cases") for path in paths]
    truths = [Oracle("recorded").truth(case) for case in cases]
    begin = time.perf_counter()
    pictures = [picture.svg(case, right) for case, right in zip(cases, truths, strict=True)]
    print(f"{len(cases)} pictures as SVG: {time.perf_counter() - begin:.2f} s")
    begin = time.perf_counter()
    for svg in pictures[:100]:
        picture.png(svg)
    print(f"100 of them as PNG: {time.perf_counter() - begin:.2f} s")
    begin = time.perf_counter()
    entries = [Entry(c.path.as_posix(), c, t) for c, t in zip(cases, truths, strict=True)]
    text = page(None, entries, None)
    print(f"the page: {time.perf_counter() - begin:.2f} s, {len(text.encode()) / 1e6:.1f} MB")
    with tempfile.TemporaryDirectory() as folder, browser() as chromium:
        path = Path(folder, "report.html")
        path.write_text(text, encoding="utf-8")
        seconds = []
        for _ in range(7):
            tab = chromium.new_page()
            begin = time.perf_counter()
            tab.goto(address(path))
            seconds.append(time.perf_counter() - begin)
            tab.close()
    print(f"opened in Chromium, median of {len(seconds)}: {statistics.median(seconds):.2f} s")


if __name__ == "__main__":
    main()
