"""Who manages users and settings, over HTTP: roles, the last administrator, switching off, who sees what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

import main
from crystalbay.errors import ConfigError
from crystalbay.services import api_keys
from crystalbay.services.viewers import SYSTEM
from models import Role, Status
from tests.people import PASSWORD, Browser, Office, office
from tests.world import eventually


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Office]:
    made = office(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def boss(crew: Office) -> Browser:
    return crew.at_work("boss", Role.ADMINISTRATOR)


def id_of(crew: Office, name: str) -> str:
    found: str = crew.rows("users", email=f"{name}@crystalbay.example")[0]["id"]
    return found


def lead(boss: Browser, **fields: Any) -> Any:
    answer = boss.calls("POST", "/leads", {"name": "Клиент"} | fields)
    assert answer.status_code == 201
    return answer.json


# --------------------------------------------------------------------------- the list


@pytest.mark.parametrize("role", [Role.MANAGER, Role.OBSERVER])
def test_everybody_sees_whom_leads_may_be_given_to_and_nothing_private(crew: Office, boss: Browser, role: Role) -> None:
    lead(boss, assignee_id=crew.hires("anna")["id"])
    answer = crew.at_work("peter", role).calls("GET", "/users?load=true")
    assert {item["name"] for item in answer.json["items"]} == {"Boss", "Anna", "Peter"}
    for item in answer.json["items"]:
        private = [item[name] for name in ("email", "last_seen_at", "invited", "open_leads")]
        assert (item["name"] == "Peter") == any(value is not None for value in private)
    assert "anna@" not in answer.text
    assert "anna@" not in crew.at_work("peter").calls("GET", f"/users/{id_of(crew, 'anna')}").text


@pytest.mark.parametrize("role", [Role.HEAD, Role.ADMINISTRATOR])
def test_heads_and_administrators_see_addresses_and_loads(crew: Office, boss: Browser, role: Role) -> None:
    lead(boss, assignee_id=crew.hires("anna")["id"])
    answer = crew.at_work("olga", role).calls("GET", "/users?load=true").json["items"]
    anna = next(item for item in answer if item["name"] == "Anna")
    assert (anna["email"], anna["open_leads"], anna["invited"]) == ("anna@crystalbay.example", 1, False)


def test_the_list_comes_in_pages_and_may_leave_out_who_is_switched_off(crew: Office, boss: Browser) -> None:
    for name in ("anna", "peter", "olga"):
        crew.watch.passes(seconds=1)
        crew.hires(name)
    boss.calls("PATCH", f"/users/{id_of(crew, 'peter')}", {"active": False, "reassign_to": None})
    first = boss.calls("GET", "/users?active=true&limit=2").json
    rest = boss.calls("GET", f"/users?active=true&limit=2&cursor={first['next_cursor']}").json
    assert [item["name"] for item in first["items"] + rest["items"]] == ["Boss", "Anna", "Olga"]
    assert rest["next_cursor"] is None


# --------------------------------------------------------------------------- who manages


@pytest.mark.parametrize("role", [Role.HEAD, Role.MANAGER, Role.OBSERVER])
def test_only_administrators_manage_users(crew: Office, boss: Browser, role: Role) -> None:
    anna = crew.hires("anna")
    other = crew.at_work("peter", role)
    calls = [
        ("POST", "/users", {"email": "x@crystalbay.example", "name": "X", "role": "manager"}),
        ("PATCH", f"/users/{anna['id']}", {"name": "Другое имя"}),
        ("PATCH", f"/users/{id_of(crew, 'peter')}", {"role": "administrator"}),
        ("POST", f"/users/{anna['id']}/link", {}),
        ("DELETE", f"/users/{anna['id']}/sessions", None),
    ]
    for method, path, body in calls:
        assert other.calls(method, path, body).status_code == 403, (method, path)


def test_an_address_is_taken_once(crew: Office, boss: Browser) -> None:
    crew.hires("anna")
    body = {"email": "Anna@CrystalBay.example", "name": "Анна", "role": "manager"}
    refused = boss.calls("POST", "/users", body)
    assert refused.status_code == 422
    assert refused.json["errors"][0]["field"] == "email"


def test_a_new_role_ends_the_sessions_at_once(crew: Office, boss: Browser) -> None:
    anna = crew.at_work("anna", Role.HEAD)
    changed = boss.calls("PATCH", f"/users/{id_of(crew, 'anna')}", {"role": "observer"})
    assert changed.json["role"] == "observer"
    assert not anna.is_in
    again = crew.at_work("anna")
    assert again.calls("POST", "/leads", {"name": "Клиент"}).status_code == 403


def test_a_new_name_ends_no_session(crew: Office, boss: Browser) -> None:
    anna = crew.at_work("anna")
    assert boss.calls("PATCH", f"/users/{id_of(crew, 'anna')}", {"name": "Анна К."}).json["name"] == "Анна К."
    assert anna.is_in


@pytest.mark.parametrize("body", [{"role": "head"}, {"active": False, "reassign_to": None}])
def test_nobody_changes_his_own_role_or_switches_himself_off(crew: Office, boss: Browser, body: dict[str, Any]) -> None:
    crew.hires("second", Role.ADMINISTRATOR)
    refused = boss.calls("PATCH", f"/users/{id_of(crew, 'boss')}", body)
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, next(iter(body)))
    assert boss.is_in


@pytest.mark.parametrize("body", [{"role": "head"}, {"active": False, "reassign_to": None}])
def test_the_last_administrator_stays(crew: Office, boss: Browser, body: dict[str, Any]) -> None:
    """Also from a machine's key; one who was only invited cannot stand in."""
    key, _row = api_keys.create_key(crew.store, SYSTEM, name="test", scopes=["admin"])
    boss.calls("POST", "/users", {"email": "new@crystalbay.example", "name": "N", "role": "administrator"})
    path, headers = f"/api/v1/users/{id_of(crew, 'boss')}", {"Authorization": f"Bearer {key}"}
    refused = crew.app.test_client().patch(path, json=body, headers=headers)
    assert refused.status_code == 422
    assert "last administrator" in refused.text
    crew.hires("second", Role.ADMINISTRATOR)
    assert crew.app.test_client().patch(path, json=body, headers=headers).status_code == 200


def test_an_administrator_signs_somebody_out_everywhere(crew: Office, boss: Browser) -> None:
    browsers = [crew.at_work("anna") for _ in range(3)]
    assert boss.calls("DELETE", f"/users/{id_of(crew, 'anna')}/sessions").status_code == 204
    assert not any(browser.is_in for browser in browsers)
    assert boss.is_in
    assert boss.calls("DELETE", "/users/nobody/sessions").status_code == 404


# --------------------------------------------------------------------------- switching off


def test_switching_off_asks_to_whom_the_leads_go(crew: Office, boss: Browser) -> None:
    anna = crew.hires("anna")
    refused = boss.calls("PATCH", f"/users/{anna['id']}", {"active": False})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "reassign_to")


def test_who_is_switched_off_is_out_at_once_and_cannot_come_back(crew: Office, boss: Browser) -> None:
    anna = crew.at_work("anna")
    path = f"/users/{id_of(crew, 'anna')}"
    assert boss.calls("PATCH", path, {"active": False, "reassign_to": None}).json["active"] is False
    assert not anna.is_in
    assert crew.browser().signs_in("anna@crystalbay.example").status_code == 401
    assert boss.calls("PATCH", path, {"active": True}).json["active"] is True
    assert not anna.is_in
    assert crew.browser().signs_in("anna@crystalbay.example").status_code == 302


@pytest.mark.parametrize("to", ["olga", None])
def test_open_leads_go_to_whom_was_chosen_and_closed_ones_stay(crew: Office, boss: Browser, to: str | None) -> None:
    anna, olga = crew.hires("anna"), crew.hires("olga")
    taker = olga["id"] if to else None
    leads = [lead(boss, assignee_id=anna["id"]) for _ in range(60)]
    closed = {"status": "closed", "version": leads[0]["version"], "outcome": "lost", "reason": "Дорого"}
    assert boss.calls("POST", f"/leads/{leads[0]['id']}/move", closed).status_code == 200
    others = lead(boss, assignee_id=olga["id"])
    background = main.start(crew.app, lease_s=2.0, renew_s=0.5)
    try:
        body = {"active": False, "reassign_to": taker}
        assert boss.calls("PATCH", f"/users/{anna['id']}", body).status_code == 200
        eventually(lambda: len(crew.rows("leads", assignee_id=anna["id"])) == 1)
    finally:
        main.stop(background)
    assert crew.rows("leads", assignee_id=anna["id"])[0]["status"] == Status.CLOSED
    assert len(crew.rows("leads", assignee_id=taker)) == (60 if to else 59)
    assert crew.rows("leads", id=others["id"])[0]["assignee_id"] == olga["id"]
    moved = [row for row in crew.rows("activities", lead_id=leads[5]["id"]) if row["kind"] == "lead.changed"]
    assert [row["actor_name"] for row in moved] == ["Boss"]
    told = crew.rows("notices", kind="assigned", user_id=olga["id"])
    assert len(told) == (1 if to else 0)


@pytest.mark.parametrize("who", ["herself", "nobody we know", "an observer", "one who is off"])
def test_leads_go_only_to_who_can_work_on_them(crew: Office, boss: Browser, who: str) -> None:
    anna = crew.hires("anna")
    off = crew.hires("peter")
    boss.calls("PATCH", f"/users/{off['id']}", {"active": False, "reassign_to": None})
    taker = {
        "herself": anna["id"],
        "nobody we know": "nobody",
        "an observer": crew.hires("olga", Role.OBSERVER)["id"],
        "one who is off": off["id"],
    }[who]
    refused = boss.calls("PATCH", f"/users/{anna['id']}", {"active": False, "reassign_to": taker})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "reassign_to")
    assert crew.rows("users", id=anna["id"])[0]["active"]


# --------------------------------------------------------------------------- oneself


def test_everybody_changes_what_is_his_own(crew: Office) -> None:
    watcher = crew.at_work("olga", Role.OBSERVER)
    body = {"name": "Ольга Р.", "presence": "busy", "language": "en", "preferences": {"theme": "dark"}}
    assert watcher.calls("PATCH", "/users/me", body).status_code == 200
    me = watcher.calls("PATCH", "/users/me", {"preferences": {"send_with": "ctrl_enter"}}).json
    assert me["preferences"] == {"theme": "dark", "send_with": "ctrl_enter"}
    assert (me["name"], me["presence"], me["language"]) == ("Ольга Р.", "busy", "en")


@pytest.mark.parametrize(
    "body", [{}, {"role": "administrator"}, {"name": ""}, {"presence": "asleep"}, {"preferences": {"unknown": 1}}]
)
def test_what_is_not_ones_own_is_refused(crew: Office, body: dict[str, Any]) -> None:
    assert crew.at_work("anna").calls("PATCH", "/users/me", body).status_code == 422
    assert crew.rows("users")[0]["role"] == "manager"


def test_a_key_is_nobody_with_sessions_or_preferences(crew: Office) -> None:
    key, _row = api_keys.create_key(crew.store, SYSTEM, name="test", scopes=["admin"])
    for method, path in (("GET", "/users/me"), ("GET", "/users/me/sessions"), ("DELETE", "/users/me/sessions")):
        answer = crew.app.test_client().open(
            f"/api/v1{path}", method=method, headers={"Authorization": f"Bearer {key}"}
        )
        assert answer.status_code == 403, (method, path)


# --------------------------------------------------------------------------- settings


def test_settings_are_read_by_all_and_changed_by_heads(crew: Office, boss: Browser) -> None:
    anna, head = crew.at_work("anna"), crew.at_work("olga", Role.HEAD)
    assert anna.calls("GET", "/settings").json["closed_days"] == 30
    assert anna.calls("PATCH", "/settings", {"closed_days": 60}).status_code == 403
    changed = head.calls(
        "PATCH", "/settings", {"closed_days": 60, "limits": {"confirmed": 12}, "stage_limits": {"confirmed": 3}}
    )
    assert (changed.json["limits"], changed.json["stage_limits"]) == ({"confirmed": 12}, {"confirmed": 3})
    after = boss.calls("PATCH", "/settings", {"loss_reasons": ["Дорого", "Другое"]}).json
    assert (after["closed_days"], after["loss_reasons"]) == (60, ["Дорого", "Другое"])


@pytest.mark.parametrize(
    "body",
    [
        {}, {"visibility": "some"}, {"visibility": None}, {"limits": {"new": 0}}, {"limits": {"paid": 1}},
        {"stage_limits": {"new": 1}},
        {"loss_reasons": []}, {"loss_reasons": [" "]}, {"loss_reasons": ["a\x00"]}, {"closed_days": 0}, {"office": 1},
    ],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused(boss: Browser, body: dict[str, Any]) -> None:
    assert boss.calls("PATCH", "/settings", body).status_code == 422
    assert boss.calls("GET", "/settings").json["visibility"] == "all"


@pytest.mark.parametrize(
    ("visibility", "seen"),
    [("all", {"hers", "his", "nobody's"}), ("own_and_unassigned", {"hers", "nobody's"}), ("own", {"hers"})],
)
def test_visibility_holds_for_managers_at_once_and_for_nobody_else(
    crew: Office, boss: Browser, visibility: str, seen: set[str]
) -> None:
    anna = crew.at_work("anna")
    watchers = [crew.at_work("olga", Role.HEAD), crew.at_work("vera", Role.OBSERVER), boss]
    for name, to in (("hers", id_of(crew, "anna")), ("his", crew.hires("peter")["id"]), ("nobody's", None)):
        lead(boss, name=name, assignee_id=to)
    assert boss.calls("PATCH", "/settings", {"visibility": visibility}).status_code == 200

    def names(browser: Browser) -> set[str]:
        return {item["customer"]["name"] for item in browser.calls("GET", "/leads").json["items"]}

    assert names(anna) == seen
    for watcher in watchers:
        assert names(watcher) == {"hers", "his", "nobody's"}


# --------------------------------------------------------------------------- pages


@pytest.mark.parametrize(
    ("role", "open_to"),
    [
        (Role.ADMINISTRATOR, {"me", "board", "replies", "users"}), (Role.HEAD, {"me", "board", "replies", "users"}),
        (Role.MANAGER, {"me", "replies"}), (Role.OBSERVER, {"me", "replies"}),
    ],
)  # fmt: skip
def test_pages_of_the_settings_are_for_those_who_may(
    crew: Office, boss: Browser, role: Role, open_to: set[str]
) -> None:
    crew.hires("anna")
    browser = crew.at_work("olga", role)
    for tab in ("me", "board", "replies", "users"):
        page = browser.opens(f"/settings/{tab}")
        assert page.status_code == (200 if tab in open_to else 403)
        assert ("Раздел доступен администратору и руководителю" in page.text) == (tab not in open_to)
        assert (f'href="/settings/{tab}"' in page.text) == (tab in open_to)
        assert tab in open_to or "anna@" not in page.text
    assert browser.opens("/ui/settings/users").status_code == (200 if "users" in open_to else 403)


def test_a_head_sees_users_without_controls(crew: Office, boss: Browser) -> None:
    page = crew.at_work("olga", Role.HEAD).opens("/settings/users").text
    assert "boss@crystalbay.example" in page
    assert 'data-act="' not in page
    assert "data-invite" not in page


def test_names_and_replies_are_only_text_in_the_pages(crew: Office, boss: Browser) -> None:
    evil = '"><script>alert(1)</script>'
    boss.calls("POST", "/users", {"email": "x@crystalbay.example", "name": evil, "role": "manager"})
    boss.calls("POST", "/canned-replies", {"title": evil, "text": evil, "shared": True})
    boss.calls("PATCH", "/settings", {"loss_reasons": [evil]})
    for tab in ("users", "replies", "board"):
        page = boss.opens(f"/settings/{tab}").text
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert(1)" not in page


def test_the_password_never_leaves_the_store(crew: Office, boss: Browser) -> None:
    crew.hires("anna")
    for path in ("/users?load=true", "/users/me", "/users/me/sessions"):
        assert "argon2" not in boss.calls("GET", path).text
        assert PASSWORD not in boss.calls("GET", path).text


# --------------------------------------------------------------------------- the configured administrator


def test_the_configured_administrator_is_there_and_a_new_password_in_the_configuration_is_the_way_back(
    tmp_path: Path,
) -> None:
    """A start with the configuration of before changes nothing that people have done."""
    made: dict[str, Any] = {
        "database_url": f"sqlite:///{tmp_path / 'crew.db'}",
        "admin_email": "anna@crystalbay.example",
        "admin_password": PASSWORD,
    }
    crew = office(tmp_path, **made)
    anna = crew.at_work("anna")
    second = crew.at_work("second", Role.ADMINISTRATOR)
    crew.store.close()

    crew = office(tmp_path, **made)
    anna.client, second.client = _moved(anna, crew), _moved(second, crew)
    assert anna.is_in  # nothing differs: nothing ends
    body = {"active": False, "reassign_to": None}
    assert second.calls("PATCH", f"/users/{id_of(crew, 'anna')}", body).status_code == 200
    crew.store.close()

    crew = office(tmp_path, **made)
    assert crew.browser().signs_in("anna@crystalbay.example").status_code == 401
    crew.store.close()

    crew = office(tmp_path, **made | {"admin_password": "four very green words"})
    assert crew.browser().signs_in("anna@crystalbay.example").status_code == 401
    assert crew.browser().signs_in("anna@crystalbay.example", "four very green words").status_code == 302
    assert crew.rows("users", id=id_of(crew, "anna"))[0]["role"] == "administrator"
    anna = crew.browser()
    anna.signs_in("anna@crystalbay.example", "four very green words")
    changed = anna.calls("POST", "/users/me/password", {"old": "four very green words", "new": "her own four words"})
    assert changed.status_code == 204
    crew.store.close()

    crew = office(tmp_path, **made | {"admin_password": "four very green words"})
    assert crew.browser().signs_in("anna@crystalbay.example", "her own four words").status_code == 302
    crew.store.close()


def _moved(browser: Browser, crew: Office) -> FlaskClient:
    """The same browser after the server was started anew."""
    client, cookie = crew.app.test_client(), browser.client.get_cookie("session")
    assert cookie
    client.set_cookie("session", cookie.value)
    return client


def test_an_administrator_whose_password_anybody_guesses_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="ADMIN_PASSWORD: is too easy to guess"):
        office(tmp_path, admin_email="anna@crystalbay.example", admin_password="12345678")
