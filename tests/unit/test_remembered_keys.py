"""Which keys may hand in an import while no key can be looked up: those that were good a short while ago."""

from __future__ import annotations

import time

from crystalbay.services.api_keys import Remembered
from crystalbay.services.viewers import Viewer

SITE = Viewer(id="k-1", name="site", scopes=frozenset(["import"]))


def test_a_key_that_was_good_is_known_by_itself_alone() -> None:
    remembered = Remembered()
    remembered.note("cb_good", SITE)
    assert remembered.viewer_of("cb_good") == SITE
    assert remembered.viewer_of("cb_other") is None


def test_a_key_that_was_revoked_since_is_forgotten() -> None:
    remembered = Remembered()
    remembered.note("cb_good", SITE)
    remembered.note("cb_good", None)
    assert remembered.viewer_of("cb_good") is None


def test_it_ends_after_a_while() -> None:
    remembered = Remembered(seconds=0.05)
    remembered.note("cb_good", SITE)
    time.sleep(0.06)
    assert remembered.viewer_of("cb_good") is None


def test_it_is_bounded_and_the_longest_unused_go_first() -> None:
    remembered = Remembered(most=2)
    for key in ("cb_1", "cb_2", "cb_1", "cb_3"):
        remembered.note(key, SITE)
    assert [key for key in ("cb_1", "cb_2", "cb_3") if remembered.viewer_of(key)] == ["cb_1", "cb_3"]
