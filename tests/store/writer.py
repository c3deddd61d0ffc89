"""A process that commits leads and prints each after its commit, to be killed: python -m tests.store.writer URL."""

import sys

from crystalbay.ids import new_id
from crystalbay.store import open_store
from tests.store.conftest import customer, lead_insert

if __name__ == "__main__":
    store = open_store(sys.argv[1])
    who = customer(store)["id"]
    print("writing", flush=True)
    while True:
        name = new_id()
        store.commit([lead_insert(who, external_id=name)])
        print(name, flush=True)
