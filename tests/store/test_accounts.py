"""Accounts on every backend: what must not slip through when two act at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crystalbay.errors import CrystalBayError, Invalid, NotFound, TooManyTries
from crystalbay.services import handing_over, leads, links, new_leads, sessions, staff, throttle, users
from crystalbay.services.viewers import SYSTEM
from crystalbay.services.work import Job
from crystalbay.store.interface import Row, Store
from models import Role
from tests.people import PASSWORD, Office, office
from tests.store.rows import at_once


@pytest.fixture
def crew(store: Store, tmp_path: Path) -> Office:
    return office(tmp_path, store=store)


def caught(act: Callable[[], object]) -> Callable[[], str]:
    """What came of an act, in a word: done, or the name of its error."""

    def tried() -> str:
        try:
            act()
        except CrystalBayError as error:
            return type(error).__name__
        return "done"

    return tried


def test_two_administrators_cannot_remove_each_other(crew: Office) -> None:
    one, two = crew.hires("one", Role.ADMINISTRATOR), crew.hires("two", Role.ADMINISTRATOR)

    def removes(who: Row, whom: Row) -> Callable[[], str]:
        return caught(lambda: staff.change(crew.ctx, users.viewer(who), whom["id"], {"role": "head"}))

    outcomes = at_once(removes(one, two), removes(two, one))
    assert sorted(map(str, outcomes)) == ["Invalid", "done"]
    assert len(users.administrators(crew.store)) == 1


def test_a_link_is_used_by_one_of_those_who_try_at_once(crew: Office) -> None:
    anna = crew.hires("anna")
    link = links.renew(crew.ctx, SYSTEM, anna["id"])
    uses = [
        caught(lambda n=n: links.use(crew.ctx, link.kind, link.token, f"{n} green words", "x"))  # type: ignore[misc]
        for n in range(4)
    ]
    assert sorted(map(str, at_once(*uses))) == ["NotFound"] * 3 + ["done"]


def test_tries_at_once_are_all_counted(crew: Office) -> None:
    """Ten at once look at five passwords, not at ten."""
    tries = [caught(lambda: throttle.attempt(crew.ctx, "anna@crystalbay.example", "203.0.113.5")) for _ in range(10)]
    outcomes = at_once(*tries)
    assert outcomes.count("done") <= throttle.FREE
    assert set(outcomes) <= {"done", "TooManyTries"}


def test_no_session_slips_in_while_somebody_is_switched_off(crew: Office) -> None:
    boss, anna = crew.hires("boss", Role.ADMINISTRATOR), crew.hires("anna")
    signs_in = [lambda: sessions.begin(crew.ctx, anna, address="x", agent="y") for _ in range(3)]
    off = {"active": False}
    at_once(*signs_in, lambda: staff.change(crew.ctx, users.viewer(boss), anna["id"], off))
    assert crew.rows("sessions", user_id=anna["id"]) == []


def test_a_session_is_found_by_its_token_until_it_ends(crew: Office) -> None:
    anna = crew.hires("anna")
    token = sessions.begin(crew.ctx, anna, address="203.0.113.5", agent="Chrome")
    assert token
    viewer = sessions.viewer_of(crew.ctx, token)
    assert viewer
    assert (viewer.id, viewer.session_id) == (anna["id"], sessions.id_of(token))
    crew.watch.passes(minutes=6)
    assert sessions.viewer_of(crew.ctx, token)
    assert crew.rows("sessions")[0]["last_seen_at"] == crew.watch.now()
    sessions.end_one(crew.ctx, viewer, sessions.id_of(token))
    assert sessions.viewer_of(crew.ctx, token) is None
    with pytest.raises(NotFound):
        sessions.end_one(crew.ctx, viewer, sessions.id_of(token))


def test_a_lock_comes_after_twenty_misses_and_goes(crew: Office) -> None:
    anna = crew.hires("anna")
    for n in range(throttle.MOST_OF_ACCOUNT):
        assert users.authenticate(crew.ctx, anna["email"], "wrong", f"198.51.100.{n}") is None
    with pytest.raises(TooManyTries) as refused:
        users.authenticate(crew.ctx, anna["email"], PASSWORD, "192.0.2.1")
    assert refused.value.wait_s == 900
    crew.watch.passes(minutes=15)
    assert users.authenticate(crew.ctx, anna["email"], PASSWORD, "192.0.2.1")


def test_leads_are_handed_over_in_portions_whoever_else_changes_them(crew: Office) -> None:
    boss, anna, olga = crew.hires("boss", Role.ADMINISTRATOR), crew.hires("anna"), crew.hires("olga")
    who = users.viewer(boss)
    made = [
        new_leads.create(crew.ctx, who.actor, source="t", name=f"К{n}", assignee_id=anna["id"])[0] for n in range(55)
    ]
    staff.change(crew.ctx, who, anna["id"], {"active": False}, reassign_to=olga["id"])
    (row,) = [row for row in crew.rows("jobs") if row["kind"] == handing_over.KIND]
    job = Job.of(row | {"lease_until": crew.watch.now()}, 0.0)
    tags = {"tags": ["срочно"]}
    patch = [lambda lead=lead: leads.patch(crew.ctx, who, lead["id"], 1, tags) for lead in made[:10]]
    at_once(lambda: handing_over.hand_over(crew.ctx, job), *patch)
    assert users.open_leads(crew.store, anna["id"]) == 0
    assert users.open_leads(crew.store, olga["id"]) == 55
    assert all(crew.rows("leads", id=lead["id"])[0]["tags"] == ["срочно"] for lead in made[:10])
    assert handing_over.hand_over(crew.ctx, job) == []


def test_who_changes_the_own_role_is_refused(crew: Office) -> None:
    boss = crew.hires("boss", Role.ADMINISTRATOR)
    crew.hires("second", Role.ADMINISTRATOR)
    with pytest.raises(Invalid, match="own role"):
        staff.change(crew.ctx, users.viewer(boss), boss["id"], {"role": "head"})


def test_an_address_is_taken_once_also_at_the_same_moment(crew: Office) -> None:
    boss = users.viewer(crew.hires("boss", Role.ADMINISTRATOR))
    email = "maria@crystalbay.example"
    invite = caught(lambda: staff.invite(crew.ctx, boss, email=email, name="М", role=Role.MANAGER))
    assert sorted(map(str, at_once(invite, invite, invite))) == [Invalid.__name__] * 2 + ["done"]


def test_no_sign_that_somebody_types_breaks_signing_in(crew: Office) -> None:
    """NUL, broken bytes and other alphabets are an address that nobody has, and a link that leads nowhere."""
    for email in ("a\x00b@crystalbay.example", "ан\x00на", "\ufffd", "%", "' or 1=1 --", "a" * 5000):
        assert crew.browser().signs_in(email, "\x00").status_code == 401, email
    for token in ("%00", "%ED%A0%80", "a" * 3000):
        assert crew.browser().opens(f"/invite/{token}").status_code == 410
