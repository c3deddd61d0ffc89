"""All benchmarks, one after the other: python -m benchmarks."""

import sys

from benchmarks import bench_board, bench_drag, bench_intake, bench_nlp, bench_streams

if __name__ == "__main__":
    sys.exit(max(bench_intake.main(), bench_board.main(), bench_streams.main(), bench_drag.main(), bench_nlp.main()))
