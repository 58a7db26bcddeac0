"""`make bench`: every figure we promise, measured in one run; a table, and bench.json."""
import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.bench import browser, calculation, classroom, engine, learning, squeezing
from tests.bench.rows import Row, table
from tests.tools.server import ROOT, Server


def main() -> int:
    """Measure, print, save; the exit code says whether every promise holds."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parts = ["engine", "browser", "calculation", "classroom", "learning", "squeezing"]
    parser.add_argument("--only", choices=parts, help="measure a part")
    parser.add_argument("--out", type=Path, default=ROOT / "bench.json")
    options = parser.parse_args()
    rows: list[Row] = []
    if options.only in (None, "engine"):
        rows += engine.measure()
    if options.only != "engine":
        with tempfile.TemporaryDirectory() as folder:
            server = Server(log=Path(folder) / "log.txt")
            try:
                server.start()
                if options.only in (None, "browser"):
                    rows += browser.measure(server, engine.photo())
                if options.only in (None, "calculation"):
                    rows += calculation.measure(server)
                if options.only in (None, "classroom"):
                    rows += classroom.measure(server, engine.photo(tiles=2))
                if options.only in (None, "learning"):
                    rows += learning.measure(server, engine.photo(tiles=2))
                if options.only in (None, "squeezing"):
                    rows += squeezing.measure(server, engine.photo(tiles=2))
            finally:
                server.stop()
    print(table(rows))
    options.out.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    return 0 if all(row.holds for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
