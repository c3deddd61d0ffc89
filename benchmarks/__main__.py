"""All benchmarks, one after the other: python -m benchmarks."""

import sys

from benchmarks import bench_intake

if __name__ == "__main__":
    sys.exit(bench_intake.main())
