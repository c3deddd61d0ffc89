"""All benchmarks, one after the other: python -m benchmarks."""

import sys

from benchmarks import bench_board, bench_drag, bench_intake, bench_nlp, bench_streams, bench_telegram

if __name__ == "__main__":
    benches = (bench_intake, bench_board, bench_streams, bench_drag, bench_nlp, bench_telegram)
    sys.exit(max(bench.main() for bench in benches))
