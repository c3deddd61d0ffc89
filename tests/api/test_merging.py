"""Two customers who are one person, and two who are not: nothing is lost on either way, whatever comes meanwhile."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.api.conftest import Api

ANNA, TELEGRAM = "79001112233", "511222"


def customer_of(lead: dict[str, Any]) -> str:
    return str(lead["customer"]["id"])


def shown(api: Api, customer_id: str) -> dict[str, Any]:
    answer = api.call("GET", f"/customers/{customer_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def merged(api: Api, kept: str, other: str, **fields: str) -> dict[str, Any]:
    answer = api.call("POST", f"/customers/{kept}/merge", {"other_id": other, "fields": fields})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def separated(api: Api, kept: str, merge_id: str | None = None) -> dict[str, Any]:
    merge_id = merge_id or shown(api, kept)["merges"][0]["id"]
    answer = api.call("POST", f"/customers/{kept}/unmerge", {"merge_id": merge_id})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def all_is_whole(api: Api) -> None:
    """What holds whatever was merged: a chat's customer is its lead's, nothing hangs under one who is no more, and of
    each customer one lead at most catches messages: his own."""
    customers = {row["id"]: row for row in api.rows("customers")}
    leads = {row["id"]: row for row in api.rows("leads")}
    for chat in api.rows("conversations"):
        assert chat["customer_id"] == leads[chat["lead_id"]]["customer_id"]
        assert len(api.rows("messages", conversation_id=chat["id"], lead_id=chat["lead_id"])) >= chat["unread"]
    for row in (*leads.values(), *api.rows("conversations"), *api.rows("identities")):
        assert customers[row["customer_id"]]["merged_into"] is None
    for lead in leads.values():
        assert lead["open_key"] in (None, lead["customer_id"])
        assert lead["unread"] == sum(chat["unread"] for chat in api.rows("conversations", lead_id=lead["id"]))


def test_the_kept_customer_has_all_that_the_other_had(each_api: Api) -> None:
    api = each_api
    chat = api.whatsapp(chat_id=ANNA, name="Анна Соколова")
    other = api.lead(name="Аня", email="anna@example.com", message="Перезвоните")
    kept = merged(api, chat["customer_id"], customer_of(other))
    assert {(one["kind"], one["value"]) for one in kept["identities"]} == {
        ("whatsapp", ANNA), ("phone", f"+{ANNA}"), ("email", "anna@example.com"),
    }  # fmt: skip
    assert {lead["id"] for lead in kept["leads"]} == {chat["lead_id"], other["id"]}
    assert (kept["name"], kept["phone"], kept["email"]) == ("Анна Соколова", f"+{ANNA}", "anna@example.com")
    assert [(merge["merged"], merge["by"]) for merge in kept["merges"]] == [
        ({"id": customer_of(other), "name": "Аня"}, "admin")
    ]
    assert shown(api, customer_of(other))["id"] == kept["id"], "an old link leads to him"
    assert {item["id"] for item in api.call("GET", "/customers").json["items"]} == {kept["id"]}
    assert {lead["id"] for lead in api.call("GET", "/leads?q=anna@example.com соколова").json["items"]} == {
        chat["lead_id"], other["id"],
    }  # fmt: skip
    said = api.rows("activities", kind="customer.merged")
    assert {row["lead_id"] for row in said} == {chat["lead_id"], other["id"]}
    assert {row["data"]["name"] for row in said} == {"Аня"}
    all_is_whole(api)


def test_each_field_is_whose_was_picked(api: Api) -> None:
    kept = api.lead(name="Анна", phone="+79990000001", email="a@example.com")
    other = api.lead(name="Анна Соколова", phone="+79990000002", email="b@example.com")
    result = merged(api, customer_of(kept), customer_of(other), name="other", email="own")
    assert (result["name"], result["phone"], result["email"]) == ("Анна Соколова", "+79990000001", "a@example.com")
    back = separated(api, customer_of(kept))
    assert (back["name"], back["phone"], back["email"]) == ("Анна", "+79990000001", "a@example.com")


@pytest.mark.parametrize("newer", ["kept", "other"])
def test_of_two_open_leads_the_newer_goes_on_catching(each_api: Api, newer: str) -> None:
    api = each_api
    order = ["other", "kept"] if newer == "kept" else ["kept", "other"]
    made = {name: api.lead(name=name, email=f"{name}@example.com") for name in order}
    merged(api, customer_of(made["kept"]), customer_of(made["other"]))
    for name in order:
        api.lead(email=f"{name}@example.com", external_id=name)  # catches nothing: there is an open one
    catching = [row["id"] for row in api.rows("leads") if row["open_key"]]
    assert catching == [made[newer]["id"]]
    board = api.call("GET", "/board").json
    assert board["new"]["count"] == 4, "the other stays on the board"
    all_is_whole(api)


def test_a_message_of_a_merged_identity_goes_to_the_kept_customer(each_api: Api) -> None:
    api = each_api
    chat = api.whatsapp(chat_id=ANNA)
    kept = api.lead(name="Анна", email="anna@example.com")
    merged(api, customer_of(kept), chat["customer_id"])
    api.whatsapp("ещё", chat_id=ANNA, message_id="m-2")
    after = api.rows("conversations", id=chat["id"])[0]
    assert (after["customer_id"], after["lead_id"], after["unread"]) == (customer_of(kept), chat["lead_id"], 2)
    close(api, chat["lead_id"])
    api.whatsapp("Хочу в Египет", chat_id=ANNA, message_id="m-3")
    after = api.rows("conversations", id=chat["id"])[0]
    assert after["lead_id"] == kept["id"], "his other open lead catches what he begins anew"
    all_is_whole(api)


def close(api: Api, lead_id: str) -> None:
    version = api.call("GET", f"/leads/{lead_id}").json["version"]
    body = {"version": version, "status": "closed", "outcome": "lost", "reason": "Дорого"}
    assert api.call("POST", f"/leads/{lead_id}/move", body).status_code == 200


def test_a_merge_asked_for_twice_is_done_once(api: Api) -> None:
    kept, other = api.lead(email="a@example.com"), api.lead(email="b@example.com")
    first = merged(api, customer_of(kept), customer_of(other))
    assert merged(api, customer_of(kept), customer_of(other)) == first
    assert len(api.rows("merges")) == 1
    back = separated(api, customer_of(kept), first["merges"][0]["id"])
    again = separated(api, customer_of(kept), first["merges"][0]["id"])
    assert again == back
    assert again["merges"][0]["undone_at"] is not None
    assert len(api.rows("activities", kind="customer.unmerged")) == 2


def test_what_cannot_be_merged(api: Api) -> None:
    first, second, third = (api.lead(email=f"{name}@example.com") for name in "abc")
    path = f"/customers/{customer_of(first)}/merge"
    himself = api.call("POST", path, {"other_id": customer_of(first)})
    assert (himself.status_code, himself.json["errors"][0]["field"]) == (422, "other_id")
    assert api.call("POST", path, {"other_id": "nobody"}).status_code == 404
    assert api.call("POST", path, {"other_id": customer_of(second), "fields": {"name": "both"}}).status_code == 422
    merged(api, customer_of(second), customer_of(first))
    gone = api.call("POST", path, {"other_id": customer_of(third)})
    assert (gone.status_code, gone.json["current"]["id"]) == (409, customer_of(second))
    taken = api.call("POST", f"/customers/{customer_of(third)}/merge", {"other_id": customer_of(first)})
    assert (taken.status_code, taken.json["current"]["id"]) == (409, customer_of(second))
    assert api.call("POST", f"/customers/{customer_of(second)}/unmerge", {"merge_id": "x"}).status_code == 404


# --------------------------------------------------------------------------- taken apart


def everything(api: Api) -> dict[str, Any]:
    """What belongs to whom, and which lead catches."""
    tables = ("identities", "conversations", "leads")
    owners = {table: {row["id"]: row["customer_id"] for row in api.rows(table)} for table in tables}
    contact = {row["id"]: (row["name"], row["phone"], row["email"]) for row in api.rows("customers")}
    words = {row["id"]: set(row["search_text"].split()) for table in ("customers", "leads") for row in api.rows(table)}
    catching = {row["id"]: row["open_key"] for row in api.rows("leads")}
    return owners | {"catching": catching, "contact": contact, "words": words}


@pytest.mark.parametrize("newer", ["kept", "other"])
def test_taking_apart_gives_back_exactly_what_was_moved(each_api: Api, newer: str) -> None:
    api = each_api
    makes: dict[str, Any] = {
        "kept": lambda: api.whatsapp(chat_id=ANNA, name="Анна")["customer_id"],
        "other": lambda: api.whatsapp(chat_id=TELEGRAM, name="Аня", chat_type="telegram", message_id="t-1")[
            "customer_id"
        ],
    }
    ids = {name: makes[name]() for name in (["other", "kept"] if newer == "kept" else ["kept", "other"])}
    before = everything(api)
    merged(api, ids["kept"], ids["other"], name="other")
    assert everything(api) != before
    separated(api, ids["kept"])
    assert everything(api) == before
    all_is_whole(api)


def test_what_came_since_stays_and_what_was_corrected_since_stays(api: Api) -> None:
    chat = api.whatsapp(chat_id=ANNA, name="Анна")
    other = api.lead(name="Аня", email="anna@example.com")
    kept = merged(api, chat["customer_id"], customer_of(other), name="other")
    since = api.lead(email="anna@example.com")
    version = shown(api, kept["id"])["version"]
    api.call("PATCH", f"/customers/{kept['id']}", {"version": version, "name": "Анна Петрова"})
    back = separated(api, kept["id"])
    assert (back["name"], back["email"]) == ("Анна Петрова", None)
    assert {lead["id"] for lead in back["leads"]} == {chat["lead_id"], since["id"]}
    assert [lead["id"] for lead in shown(api, customer_of(other))["leads"]] == [other["id"]]
    all_is_whole(api)


def test_a_lead_that_a_moved_chat_began_goes_with_it(api: Api) -> None:
    kept = api.lead(name="Анна", email="anna@example.com")
    chat = api.whatsapp(chat_id=ANNA)
    merged(api, customer_of(kept), chat["customer_id"])
    close(api, kept["id"])
    close(api, chat["lead_id"])
    api.whatsapp("Хочу в Египет", chat_id=ANNA, message_id="m-2")
    begun = api.rows("conversations", id=chat["id"])[0]["lead_id"]
    assert begun not in (kept["id"], chat["lead_id"])
    separated(api, customer_of(kept))
    assert api.rows("leads", id=begun)[0]["customer_id"] == chat["customer_id"]
    assert api.rows("leads", id=begun)[0]["open_key"] == chat["customer_id"]
    all_is_whole(api)


def test_a_moved_chat_that_has_come_to_the_kept_customers_lead_stays(api: Api) -> None:
    kept = api.whatsapp(chat_id=TELEGRAM, chat_type="telegram", message_id="t-1")
    chat = api.whatsapp(chat_id=ANNA)
    merged(api, kept["customer_id"], chat["customer_id"])
    close(api, chat["lead_id"])
    api.rows("leads", id=kept["lead_id"])
    catch(api, kept["lead_id"])
    api.whatsapp("Хочу в Египет", chat_id=ANNA, message_id="m-2")
    assert api.rows("conversations", id=chat["id"])[0]["lead_id"] == kept["lead_id"]
    separated(api, kept["customer_id"])
    assert api.rows("conversations", id=chat["id"])[0]["customer_id"] == kept["customer_id"]
    all_is_whole(api)


def catch(api: Api, lead_id: str) -> None:
    """Closed and opened again, a lead is the one that catches."""
    close(api, lead_id)
    version = api.call("GET", f"/leads/{lead_id}").json["version"]
    assert api.call("POST", f"/leads/{lead_id}/move", {"version": version, "status": "new"}).status_code == 200


def test_a_chat_of_the_kept_customer_does_not_go_along(each_api: Api) -> None:
    """His own chat had joined the other's open lead: it gets a lead of his own, with what is unread in it."""
    api = each_api
    kept = api.lead(name="Анна", phone=f"+{ANNA}")
    close(api, kept["id"])
    other = api.whatsapp(chat_id=TELEGRAM, chat_type="telegram", message_id="t-1", name="Пётр")
    merged(api, customer_of(kept), other["customer_id"])
    mine = api.whatsapp("Это Анна", chat_id=ANNA, message_id="m-2")
    assert mine["lead_id"] == other["lead_id"]
    separated(api, customer_of(kept))
    own = api.rows("conversations", id=mine["id"])[0]
    assert own["customer_id"] == customer_of(kept)
    assert own["lead_id"] not in (other["lead_id"], kept["id"])
    assert [row["text"] for row in api.rows("messages", lead_id=own["lead_id"])] == ["Это Анна"]
    api.whatsapp("и ещё", chat_id=ANNA, message_id="m-3")
    assert api.rows("leads", id=own["lead_id"])[0]["unread"] == 2
    all_is_whole(api)


def test_merges_in_a_row_are_undone_from_the_last(api: Api) -> None:
    first, second, third = (api.lead(name=name, email=f"{name}@example.com") for name in "abc")
    before = everything(api)
    merged(api, customer_of(second), customer_of(first))
    merged(api, customer_of(third), customer_of(second))
    assert len(shown(api, customer_of(third))["identities"]) == 3
    assert shown(api, customer_of(first))["id"] == customer_of(third)
    inner = api.rows("merges", merged_id=customer_of(first))[0]["id"]
    early = api.call("POST", f"/customers/{customer_of(second)}/unmerge", {"merge_id": inner})
    assert (early.status_code, early.json["current"]["id"]) == (409, customer_of(third))
    separated(api, customer_of(third))
    separated(api, customer_of(second))
    assert everything(api) == before
    all_is_whole(api)


# --------------------------------------------------------------------------- at the same moment


def at_once(*works: Any) -> list[Any]:
    gate = threading.Barrier(len(works))
    answers: list[Any] = [None] * len(works)

    def run(number: int) -> None:
        gate.wait()
        answers[number] = works[number]()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_nothing_that_comes_meanwhile_is_lost(each_api: Api) -> None:
    api = each_api
    for turn in range(4):
        chats = [f"7900{turn}{n}11223" for n in range(2)]
        kept, other = (api.whatsapp("раз", chat_id=chat, message_id=f"{chat}-0") for chat in chats)
        phone = f"+7999{turn}000000"
        version = api.call("GET", f"/customers/{other['customer_id']}").json["version"]
        api.call("PATCH", f"/customers/{other['customer_id']}", {"version": version, "phone": phone})

        def write(chat: str) -> None:
            for n in range(1, 6):
                api.whatsapp(f"слово {n}", chat_id=chat, message_id=f"{chat}-{n}")

        def ask(phone: str = phone, turn: int = turn) -> None:
            for n in range(4):
                api.lead(phone=phone, message="Перезвоните", source="form", external_id=f"{turn}-{n}")

        def join(kept: str = kept["customer_id"], other: str = other["customer_id"]) -> None:
            merged(api, kept, other)
            separated(api, kept)
            merged(api, kept, other)

        at_once(lambda: write(chats[0]), lambda: write(chats[1]), ask, join)  # noqa: B023 - joined in this turn
        whole = shown(api, kept["customer_id"])
        assert {one["value"] for one in whole["identities"]} >= {*chats, phone}
        assert len(whole["leads"]) == 6
        for chat in chats:
            row = api.rows("conversations", external_chat_id=chat)[0]
            assert (row["customer_id"], row["unread"]) == (kept["customer_id"], 6)
            assert len(api.rows("messages", conversation_id=row["id"])) == 6
        all_is_whole(api)


def test_of_two_who_merge_each_way_one_wins(each_api: Api) -> None:
    api = each_api
    for turn in range(4):
        first, second = (api.lead(name=name, email=f"{turn}{name}@example.com") for name in "ab")
        pair = customer_of(first), customer_of(second)
        answers = at_once(
            lambda: api.call("POST", f"/customers/{pair[0]}/merge", {"other_id": pair[1]}),  # noqa: B023
            lambda: api.call("POST", f"/customers/{pair[1]}/merge", {"other_id": pair[0]}),  # noqa: B023
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        all_is_whole(api)


def test_who_has_hundreds_of_leads_is_merged_too(each_api: Api) -> None:
    api = each_api
    rows = [{"source": "crm", "external_id": f"{n}", "phone": "+79990000001"} for n in range(300)]
    assert api.call("POST", "/import/leads", rows).json["created"] == 300
    kept = api.lead(email="anna@example.com")
    other = api.rows("identities", value="+79990000001")[0]["customer_id"]
    assert len(merged(api, customer_of(kept), other)["leads"]) == 301
    assert len(separated(api, customer_of(kept))["leads"]) == 1
    assert len(shown(api, other)["leads"]) == 300
    all_is_whole(api)
