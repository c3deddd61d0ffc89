"""Signing in and out, over HTTP: sessions that end at once, misses that make one wait, links that work once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crystalbay.services import api_keys, throttle
from crystalbay.services.viewers import SYSTEM
from models import Role
from tests.commands import done, flask
from tests.people import CHROME, IPHONE, PASSWORD, Browser, Office, office

ANNA = "anna@crystalbay.example"


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Office]:
    made = office(tmp_path)
    made.hires("anna")
    yield made
    made.store.close()


@pytest.fixture
def boss(crew: Office) -> Browser:
    return crew.at_work("boss", Role.ADMINISTRATOR)


# --------------------------------------------------------------------------- sessions


def test_a_session_is_a_row_and_its_token_is_in_the_cookie_alone(crew: Office) -> None:
    anna = crew.at_work("anna", place="198.51.100.7", agent=IPHONE)
    (row,) = crew.rows("sessions")
    assert (row["address"], row["agent"]) == ("198.51.100.7", IPHONE)
    cookie = anna.client.get_cookie("session")
    assert cookie
    assert row["id"] not in cookie.value
    assert cookie.http_only
    assert cookie.same_site == "Lax"


def test_signing_out_ends_the_session_also_for_a_copied_cookie(crew: Office) -> None:
    anna, thief = crew.at_work("anna"), crew.browser("192.0.2.9")
    cookie = anna.client.get_cookie("session")
    assert cookie
    thief.client.set_cookie("session", cookie.value)
    assert thief.is_in
    assert anna.posts("/logout", token_of="/settings/me").status_code == 302
    assert not anna.is_in
    assert not thief.is_in
    assert crew.rows("sessions") == []


def test_a_session_ends_after_fourteen_days_without_use(crew: Office) -> None:
    anna = crew.at_work("anna")
    crew.watch.passes(days=13, hours=23)
    assert anna.is_in
    crew.watch.passes(days=13, hours=23)
    assert anna.is_in
    crew.watch.passes(days=14, seconds=1)
    assert not anna.is_in


def test_being_seen_is_written_down_every_five_minutes_at_most(crew: Office) -> None:
    anna = crew.at_work("anna")
    at_first = crew.rows("sessions")[0]["last_seen_at"]
    crew.watch.passes(minutes=4)
    assert anna.is_in
    assert crew.rows("sessions")[0]["last_seen_at"] == at_first
    crew.watch.passes(minutes=2)
    assert anna.is_in
    assert crew.rows("sessions")[0]["last_seen_at"] == crew.watch.now()
    assert crew.rows("users", email=ANNA)[0]["last_seen_at"] == crew.watch.now()


def test_a_planted_session_is_worth_nothing_after_signing_in(crew: Office) -> None:
    """Whoever gives a victim his own cookie before she signs in holds nothing of hers afterwards."""
    attacker, victim = crew.browser(), crew.browser()
    attacker.token()
    planted = attacker.client.get_cookie("session")
    assert planted
    victim.client.set_cookie("session", planted.value)
    assert victim.signs_in(ANNA).status_code == 302
    assert victim.is_in
    assert not attacker.is_in
    stale = {"csrf_token": planted.value, "email": "x"}
    assert attacker.client.post("/logout", data=stale).status_code in (400, 401)


def test_signing_in_again_in_the_same_browser_ends_the_session_before(crew: Office) -> None:
    anna = crew.at_work("anna")
    token = anna.token("/settings/me")
    form = {"email": ANNA, "password": PASSWORD, "csrf_token": token}
    assert anna.client.post("/login", data=form).status_code == 302
    assert len(crew.rows("sessions")) == 1


def test_one_has_fifty_sessions_at_most(crew: Office) -> None:
    first = crew.at_work("anna")
    for _ in range(50):
        crew.watch.passes(seconds=1)
        crew.at_work("anna")
    assert len(crew.rows("sessions")) == 50
    assert not first.is_in


def test_cookies_over_https_are_secure_and_bound_to_the_host(tmp_path: Path) -> None:
    crew = office(tmp_path, public_url="https://crm.example")
    answer = crew.app.test_client().get("/login", base_url="https://crm.example")
    header = answer.headers["Set-Cookie"]
    assert header.startswith("__Host-session=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in header
    assert "Domain" not in header
    crew.store.close()


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "//[",
        "/logout",
        "/no/such/page",
    ],
)
def test_signing_in_leads_to_pages_of_ours_alone(crew: Office, target: str) -> None:
    assert crew.browser().signs_in(ANNA, next=target).location == "/"
    assert crew.at_work("anna").opens("/login?next=" + target.replace("\t", "%09")).location == "/"


def test_signing_in_leads_back_to_the_page_that_was_asked_for(crew: Office) -> None:
    assert crew.browser().opens("/settings/me").location == "/login?next=/settings/me"
    assert crew.browser().signs_in(ANNA, next="/settings/me").location == "/settings/me"


def test_without_the_token_of_the_page_nobody_signs_in_or_out(crew: Office) -> None:
    stranger = crew.browser()
    stranger.token()
    refused = stranger.client.post("/login", data={"email": ANNA, "password": PASSWORD})
    assert refused.status_code == 400
    assert "Отправьте ещё раз" in refused.text
    assert ANNA in refused.text  # the address that was typed stays
    assert not stranger.is_in
    anna = crew.at_work("anna")
    assert anna.client.post("/logout").status_code == 400
    assert anna.is_in


def test_a_token_of_the_session_before_is_told_from_other_mistakes_in_the_reader_s_language(crew: Office) -> None:
    anna = crew.at_work("anna")
    old = anna.token("/settings/me")
    assert anna.posts("/logout", token_of="/settings/me").status_code == 302
    assert anna.signs_in(ANNA).status_code == 302
    refused = anna.client.patch("/api/v1/users/me", json={"name": "Анна"}, headers={"X-CSRFToken": old})
    problem = refused.get_json()
    assert (refused.status_code, problem["code"]) == (400, "csrf")
    assert problem["detail"] == "За это время вы вошли ещё раз. Обновите страницу и повторите"
    fresh = anna.opens("/ui/session").json["csrf_token"]
    done = anna.client.patch("/api/v1/users/me", json={"name": "Анна"}, headers={"X-CSRFToken": fresh})
    assert done.status_code == 200


def test_only_signing_in_sends_the_cookie_of_the_session(crew: Office) -> None:
    """A late answer to another tab must not bring back the cookie of a session that has ended."""
    anna = crew.at_work("anna")
    assert "Set-Cookie" not in anna.opens("/api/v1/users/me").headers
    assert "Set-Cookie" not in anna.opens("/settings/me").headers
    for path in ("/ui/session", "/no/such/page", "/api/docs"):
        assert "Set-Cookie" not in crew.browser().opens(path).headers, path


# --------------------------------------------------------------------------- own sessions, own password


def test_my_sessions_are_listed_and_ended_one_by_one(crew: Office) -> None:
    desk = crew.at_work("anna")
    crew.watch.passes(minutes=1)
    phone = crew.at_work("anna", place="198.51.100.7", agent=IPHONE)
    listed = phone.calls("GET", "/users/me/sessions").json["items"]
    assert [(item["agent"], item["current"]) for item in listed] == [(IPHONE, True), (CHROME, False)]
    assert phone.calls("DELETE", f"/users/me/sessions/{listed[1]['id']}").status_code == 204
    assert not desk.is_in
    assert phone.is_in
    assert phone.calls("DELETE", f"/users/me/sessions/{listed[1]['id']}").status_code == 404


def test_sessions_of_others_cannot_be_seen_or_ended(crew: Office) -> None:
    crew.at_work("anna")
    (theirs,) = crew.rows("sessions")
    peter = crew.at_work("peter")
    assert theirs["id"] not in peter.calls("GET", "/users/me/sessions").text
    assert peter.calls("DELETE", f"/users/me/sessions/{theirs['id']}").status_code == 404
    assert peter.calls("DELETE", f"/users/{theirs['user_id']}/sessions").status_code == 403


def test_all_my_other_sessions_end_together(crew: Office) -> None:
    others = [crew.at_work("anna") for _ in range(3)]
    here = crew.at_work("anna")
    assert here.calls("DELETE", "/users/me/sessions").status_code == 204
    assert here.is_in
    assert not any(other.is_in for other in others)


def test_a_new_password_ends_all_other_sessions_and_goes_on_here(crew: Office) -> None:
    other, here = crew.at_work("anna"), crew.at_work("anna")
    before = here.client.get_cookie("session")
    changed = here.calls("POST", "/users/me/password", {"old": PASSWORD, "new": "four very green words"})
    assert changed.status_code == 204
    assert here.is_in
    assert not other.is_in
    old = crew.browser()
    assert before
    old.client.set_cookie("session", before.value)
    assert not old.is_in
    assert crew.browser().signs_in(ANNA).status_code == 401
    assert crew.browser().signs_in(ANNA, "four very green words").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "field"), [("wrong", "four very green words", "old"), (PASSWORD, "short", "new")]
)
def test_a_password_is_changed_only_by_who_knows_it_and_to_a_good_one(
    crew: Office, old: str, new: str, field: str
) -> None:
    anna = crew.at_work("anna")
    refused = anna.calls("POST", "/users/me/password", {"old": old, "new": new})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, field)
    assert anna.is_in
    assert crew.browser().signs_in(ANNA).status_code == 302


@pytest.mark.parametrize("easy", ["12345678", "Password1", "aaaaaaaaaa", ANNA, "йцукен123"])
def test_passwords_that_anybody_guesses_are_refused(crew: Office, easy: str) -> None:
    refused = crew.at_work("anna").calls("POST", "/users/me/password", {"old": PASSWORD, "new": easy})
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json["errors"]] == ["new"]


def test_guessing_the_old_password_of_an_open_browser_is_slowed_down(crew: Office) -> None:
    anna = crew.at_work("anna")
    body = {"old": "wrong", "new": "four very green words"}
    answers = [anna.calls("POST", "/users/me/password", body) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert answers[-1].json["wait_s"] == int(answers[-1].headers["Retry-After"]) == 15


# --------------------------------------------------------------------------- misses


def test_after_five_misses_each_try_waits_twice_as_long(crew: Office) -> None:
    browser = crew.browser()
    assert [browser.signs_in(ANNA, "wrong").status_code for _ in range(5)] == [401] * 5
    for pause in (15, 30, 60):
        refused = browser.signs_in(ANNA)
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, str(pause))
        assert f'data-seconds="{pause}"' in refused.text
        crew.watch.passes(seconds=pause)
        assert browser.signs_in(ANNA, "wrong").status_code == 401
    crew.watch.passes(minutes=15)
    assert browser.signs_in(ANNA).status_code == 302
    assert browser.client.get_cookie("session")


def test_guessing_one_password_of_many_accounts_is_slowed_down(crew: Office) -> None:
    """Of each account a miss or two; the place pays for all of them, in every process, in the same words."""
    crew.hires("peter")
    mallory, second = "mallory@crystalbay.example", office(crew.ctx.settings.data_dir, store=crew.store)
    crew.hires("mallory")
    for n in range(throttle.FREE_OF_PLACE):
        if n % 5 == 0:  # an account of his own gives him no new tries
            assert crew.browser().signs_in(mallory).status_code == 302
        assert crew.browser().signs_in(f"user{n}@crystalbay.example", "wrong").status_code == 401
    for pause in (15, 30, 60):
        refused = second.browser().signs_in(ANNA)
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, str(pause))
        assert "Почта или пароль не подходят" in refused.text
        for watch in (crew.watch, second.watch):
            watch.passes(seconds=pause)
        assert crew.browser().signs_in("peter@crystalbay.example", "wrong").status_code == 401
    assert crew.browser(place="198.51.100.7").signs_in(ANNA).status_code == 302
    crew.watch.passes(minutes=61)
    assert crew.browser().signs_in(ANNA).status_code == 302


def test_thirty_misses_of_a_place_in_more_than_a_quarter_of_an_hour_are_forgiven(crew: Office) -> None:
    for n in range(throttle.FREE_OF_PLACE + 5):
        crew.watch.passes(seconds=32)
        assert crew.browser().signs_in(f"user{n}@crystalbay.example", "wrong").status_code == 401


def test_addresses_of_one_network_of_ipv6_are_one_place(crew: Office) -> None:
    for n in range(throttle.FREE_OF_PLACE):
        crew.browser(place=f"2001:db8:7::{n:x}").signs_in(f"user{n}@crystalbay.example", "wrong")
    assert crew.browser(place="2001:db8:7::ffff").signs_in(ANNA).status_code == 429
    assert crew.browser(place="2001:db8:8::1").signs_in(ANNA).status_code == 302


def test_misses_are_counted_by_account_and_place(crew: Office) -> None:
    for _ in range(5):
        crew.browser().signs_in(ANNA, "wrong")
    assert crew.browser().signs_in(ANNA).status_code == 429
    assert crew.browser(place="198.51.100.7").signs_in(ANNA).status_code == 302
    crew.hires("peter")
    assert crew.browser().signs_in("peter@crystalbay.example").status_code == 302


def test_a_proxy_of_our_own_network_says_where_one_comes_from(crew: Office) -> None:
    """Of what it says only its own entry counts: the others the caller could have written."""

    def tries(forwarded: str, peer: str) -> int:
        browser = crew.browser(place=peer)
        form = {"email": ANNA, "password": "wrong", "csrf_token": browser.token()}
        sent = {"environ_base": {"REMOTE_ADDR": peer}, "headers": {"X-Forwarded-For": forwarded}}
        return int(browser.client.post("/login", data=form, **sent).status_code)

    assert [tries(f"10.9.8.{n}, 198.51.100.7", "127.0.0.1") for n in range(6)] == [401] * 5 + [429]
    assert tries("198.51.100.8", "127.0.0.1") == 401
    assert [tries(f"198.51.100.{n}", "203.0.113.77") for n in range(6)] == [401] * 5 + [429]


def test_twenty_misses_from_anywhere_lock_the_account_and_tell_administrators(crew: Office, boss: Browser) -> None:
    for n in range(throttle.MOST_OF_ACCOUNT):
        assert crew.browser(place=f"198.51.100.{n}").signs_in(ANNA, "wrong").status_code == 401
    refused = crew.browser(place="192.0.2.1").signs_in(ANNA)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "900")
    administrator = crew.rows("users", email="boss@crystalbay.example")[0]
    (notice,) = crew.rows("notices", kind="lockout")
    assert notice["user_id"] == administrator["id"]
    assert notice["data"]["email"] == ANNA
    crew.watch.passes(minutes=15)
    assert crew.browser(place="192.0.2.1").signs_in(ANNA).status_code == 302


def test_misses_over_more_than_an_hour_lock_nothing(crew: Office) -> None:
    for n in range(19):
        crew.browser(place=f"198.51.100.{n}").signs_in(ANNA, "wrong")
    crew.watch.passes(minutes=61)
    assert crew.browser(place="192.0.2.1").signs_in(ANNA, "wrong").status_code == 401
    assert crew.browser(place="192.0.2.2").signs_in(ANNA).status_code == 302
    assert crew.rows("notices", kind="lockout") == []


def test_nothing_tells_whether_there_is_such_an_account(crew: Office) -> None:
    """The same words, codes, counts and waits for one that is there, one that is switched off and one that is not."""
    off = crew.hires("peter")
    boss = crew.at_work("boss", Role.ADMINISTRATOR)
    assert boss.calls("PATCH", f"/users/{off['id']}", {"active": False, "reassign_to": None}).status_code == 200

    def story(email: str) -> list[tuple[int, str]]:
        told = []
        for n in range(22):
            answer = crew.browser(place=f"192.0.2.{n // 6}").signs_in(email, "wrong")
            body = answer.text.split("<form")[1].split("</form")[0].replace(email, "X")
            told.append((answer.status_code, body.split("csrf_token")[0] + body.split("login-row")[-1]))
        return told

    known = story(ANNA)
    assert story("nobody@crystalbay.example") == known
    assert story("peter@crystalbay.example") == known


def test_no_address_that_was_typed_stands_in_the_store(crew: Office) -> None:
    """People type their password into the wrong field."""
    crew.browser().signs_in("my secret password", "wrong")
    assert "secret" not in str(crew.rows("throttles"))


# --------------------------------------------------------------------------- links


def invited(boss: Browser, email: str = "maria@crystalbay.example") -> str:
    answer = boss.calls("POST", "/users", {"email": email, "name": "Мария Л.", "role": "manager"})
    assert answer.status_code == 201
    return path_of(answer.json["link"])


def path_of(link: str) -> str:
    return urlsplit(link).path


def test_an_invitation_lets_one_set_a_password_and_sign_in(crew: Office, boss: Browser) -> None:
    path = invited(boss)
    maria = crew.browser()
    assert maria.signs_in("maria@crystalbay.example", "").status_code == 401
    page = maria.opens(path)
    assert page.status_code == 200
    assert "Мария Л." in page.text
    assert "От 8 знаков" in page.text
    assert maria.posts(path, token_of=path, password="maria has three words").location == "/login"
    assert "maria@crystalbay.example" in maria.opens("/login").text
    assert maria.signs_in("maria@crystalbay.example", "maria has three words").status_code == 302


def test_a_link_works_once(crew: Office, boss: Browser) -> None:
    path = invited(boss)
    assert crew.browser().posts(path, token_of=path, password="maria has three words").status_code == 302
    again = crew.browser().opens(path)
    assert again.status_code == 410
    assert "Ссылка больше не работает" in again.text
    assert crew.browser().posts(path, token_of="/login", password="somebody else's words").status_code == 410
    assert crew.browser().signs_in("maria@crystalbay.example", "maria has three words").status_code == 302


def test_looking_at_a_link_uses_nothing_up(crew: Office, boss: Browser) -> None:
    path = invited(boss)
    assert [crew.browser().opens(path).status_code for _ in range(3)] == [200] * 3
    assert crew.browser().posts(path, token_of=path, password="maria has three words").status_code == 302


@pytest.mark.parametrize(("kind", "hours"), [("invite", 72), ("reset", 24)])
def test_links_expire(crew: Office, boss: Browser, kind: str, hours: int) -> None:
    if kind == "invite":
        path = invited(boss)
    else:
        path = path_of(boss.calls("POST", f"/users/{crew.rows('users', email=ANNA)[0]['id']}/link").json["link"])
    assert path.startswith(f"/{kind}/")
    crew.watch.passes(hours=hours, seconds=-1)
    assert crew.browser().opens(path).status_code == 200
    crew.watch.passes(seconds=1)
    assert crew.browser().opens(path).status_code == 410
    assert crew.browser().posts(path, token_of="/login", password="maria has three words").status_code == 410


def test_a_newer_link_ends_the_older_one(crew: Office, boss: Browser) -> None:
    old = invited(boss)
    user = crew.rows("users", email="maria@crystalbay.example")[0]
    new = path_of(boss.calls("POST", f"/users/{user['id']}/link").json["link"])
    assert new.startswith("/invite/")
    assert crew.browser().opens(old).status_code == 410
    assert crew.browser().opens(new).status_code == 200


def test_a_reset_sets_a_new_password_ends_all_sessions_and_opens_a_locked_account(crew: Office, boss: Browser) -> None:
    anna = crew.at_work("anna")
    for n in range(throttle.MOST_OF_ACCOUNT):
        crew.browser(place=f"198.51.100.{n}").signs_in(ANNA, "wrong")
    assert crew.browser().signs_in(ANNA).status_code == 429
    user = crew.rows("users", email=ANNA)[0]
    path = path_of(boss.calls("POST", f"/users/{user['id']}/link").json["link"])
    assert anna.is_in
    assert crew.browser().posts(path, token_of=path, password="four very green words").status_code == 302
    assert not anna.is_in
    assert crew.browser().signs_in(ANNA, "four very green words").status_code == 302


def test_a_weak_password_uses_no_link_up(crew: Office, boss: Browser) -> None:
    path = invited(boss)
    for weak, words in (("short", "от 8 до 1000"), ("12345678", "подбирают первым"), ("x" * 1001, "от 8 до 1000")):
        refused = crew.browser().posts(path, token_of=path, password=weak)
        assert refused.status_code == 422
        assert words in refused.text
    assert crew.browser().opens(path).status_code == 200


def test_a_link_of_somebody_who_was_switched_off_works_no_more(crew: Office, boss: Browser) -> None:
    path = invited(boss)
    user = crew.rows("users", email="maria@crystalbay.example")[0]
    assert boss.calls("PATCH", f"/users/{user['id']}", {"active": False, "reassign_to": None}).status_code == 200
    assert crew.browser().opens(path).status_code == 410
    assert boss.calls("POST", f"/users/{user['id']}/link").status_code == 404


def test_the_address_of_a_link_stays_here(crew: Office, boss: Browser) -> None:
    """It goes to no other site, into no cache, and stands in no row."""
    path = invited(boss)
    for address in (path, "/invite/invented", "/reset/invented"):
        page = crew.browser().opens(address)
        assert page.headers["Referrer-Policy"] == "strict-origin"
        assert page.headers["Cache-Control"] == "no-store"
    assert path.rpartition("/")[2] not in str([crew.rows(table) for table in ("user_links", "activities", "answers")])


def test_an_invitation_is_no_reset_and_the_other_way_round(crew: Office, boss: Browser) -> None:
    path = invited(boss)
    assert crew.browser().opens(path.replace("/invite/", "/reset/")).status_code == 410


def test_opening_a_link_in_the_browser_of_somebody_else_signs_them_out(crew: Office, boss: Browser) -> None:
    path = invited(boss)
    assert boss.posts(path, token_of=path, password="maria has three words").status_code == 302
    assert not boss.is_in


def test_links_are_made_for_the_public_address(tmp_path: Path) -> None:
    crew = office(tmp_path, public_url="https://crm.example")
    key, _row = api_keys.create_key(crew.store, SYSTEM, name="test", scopes=["admin"])
    path = f"/api/v1/users/{crew.hires('anna')['id']}/link"
    made = crew.app.test_client().post(path, headers={"Authorization": f"Bearer {key}", "Host": "10.0.0.7"})
    assert made.get_json()["link"].startswith("https://crm.example/reset/")
    crew.store.close()


def test_the_command_makes_a_link_that_works(tmp_path: Path) -> None:
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'crew.db'}", "DATA_DIR": str(tmp_path), "PUBLIC_URL": ""}
    crew = office(tmp_path, database_url=env["DATABASE_URL"])
    crew.hires("anna")
    link = done(env, "reset-link", ANNA).splitlines()[-1]
    assert link.startswith("http://localhost:8000/reset/")
    crew.watch.time = datetime.now(UTC)  # the command's clock is the machine's
    path = path_of(link)
    assert crew.browser().posts(path, token_of=path, password="four very green words").status_code == 302
    unknown = flask(env, "reset-link", "nobody@crystalbay.example")
    assert unknown.returncode == 1
    assert "no user" in unknown.stderr
    crew.store.close()


def test_over_https_a_link_works_with_the_referrer_that_its_page_allows(tmp_path: Path) -> None:
    """Its page sends the origin alone, and that is enough to prove where the form comes from."""
    crew = office(tmp_path, public_url="https://crm.example")
    crew.hires("anna")
    key, _row = api_keys.create_key(crew.store, SYSTEM, name="test", scopes=["admin"])
    user = crew.rows("users", email=ANNA)[0]
    made = crew.app.test_client().post(
        f"/api/v1/users/{user['id']}/link", headers={"Authorization": f"Bearer {key}"}
    ).get_json()  # fmt: skip
    client, path = crew.app.test_client(), path_of(made["link"])
    page = client.get(path, base_url="https://crm.example").text
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    form = {"password": "four very green words", "csrf_token": token}
    for referrer, status in (("https://evil.example/", 400), ("https://crm.example/", 302)):
        sent = {"base_url": "https://crm.example", "headers": {"Referer": referrer}}
        assert client.post(path, data=form, **sent).status_code == status
    crew.store.close()
