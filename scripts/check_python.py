"""Refuse an old Python with a sentence instead of a traceback from some package."""

import sys

NEEDED = (3, 11)

if sys.version_info[:2] < NEEDED:
    version = ".".join(map(str, sys.version_info[:3]))
    sys.exit(f"Crystal Bay needs Python 3.11 or newer; this is {version}. Try: make run PYTHON=python3.11")
