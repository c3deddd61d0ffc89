"""All benchmarks, one after the other: python -m benchmarks."""

import sys

from benchmarks import bench_board, bench_intake

if __name__ == "__main__":
    sys.exit(max(bench_intake.main(), bench_board.main()))
