"""A process that commits for ever and prints each number after it: python -m tests.faults.store_writer URL FIRST.

Four threads, so that groups are killed as well. A commit is a lead with its activity. A line on standard input ends a
phase: «full» leaves the process no room to write, «room» gives it back; what fails meanwhile is printed as «refused N».
"""

from __future__ import annotations

import itertools
import os
import resource
import sys
import threading

from crystalbay.errors import StoreUnavailable
from crystalbay.store import open_store
from crystalbay.store.interface import Insert, InsertOnce, Store
from tests.store.rows import activity, customer, lead

THREADS = 4


def write(store: Store, who: str, numbers: itertools.count[int]) -> None:
    while True:
        number = next(numbers)
        card = lead(who, source="writer", external_id=str(number), title="Турция на двоих " * 20)
        try:
            store.commit([Insert("leads", card), Insert("activities", activity(data={"n": number}))])
            said = f"{number}\n"
        except StoreUnavailable:
            said = f"refused {number}\n"
        os.write(1, said.encode())


def set_room(room: int) -> None:
    """The largest file that this process may write, bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))


def main() -> None:
    store = open_store(sys.argv[1])
    store.commit([InsertOnce("customers", customer(id="anna"), ("id",))])
    numbers = itertools.count(int(sys.argv[2]))
    print("writing", flush=True)
    for _ in range(THREADS):
        threading.Thread(target=write, args=(store, "anna", numbers), daemon=True).start()
    for order in sys.stdin:
        set_room({"full\n": 200_000, "room\n": resource.RLIM_INFINITY}[order])


if __name__ == "__main__":
    main()
