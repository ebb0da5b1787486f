"""`make bench`: measure, print a table, add to build/bench.json; `--docs` writes docs/benchmarks.md's table too."""

import argparse
from pathlib import Path

from tests.bench import intake, kiosk, latency, pages, report

ROOT = Path(__file__).parents[2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="of each throughput figure; the median counts")
    parser.add_argument("--docs", action="store_true", help="write what was measured into docs/")
    options = parser.parse_args()
    print("Measuring; nothing else should run on this machine.")
    figures = latency.run() | kiosk.run() | pages.run() | intake.run(options.rounds)
    report.write(figures, ROOT / "build" / "bench.json")
    report.show(figures)
    if options.docs:
        report.write(figures, ROOT / "docs" / "benchmarks.json")
        report.tell(ROOT / "docs")


if __name__ == "__main__":
    main()
