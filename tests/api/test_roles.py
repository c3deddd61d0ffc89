"""Who may do what, and who sees what: made from the OpenAPI document, held against a table that says it in plain words.

An operation that is not in the table fails: whoever adds one decides here who may call it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from crystalbay.services.settings import ID
from crystalbay.services.viewers import SCOPES
from crystalbay.store.interface import Insert, Row, Update
from models import Role
from tests.api.conftest import Api, opened
from tests.api.seeded import Belongings, belongings, office, user

READ, WRITE, TALK, SAY = "leads:read", "leads:write", "conversations:read", "conversations:write"
ALL, WRITERS, HEADS, ADMINISTRATORS = "AHMO", "AHM", "AH", "A"
"""Roles by their first letters: administrator, head, manager, observer."""

PEOPLE: tuple[str, ...] = ("people",)
"""Only for those who are signed in: a key is nobody."""

RIGHTS: dict[str, tuple[str, tuple[str, ...]]] = {
    # leads
    "list_leads": (ALL, (READ,)),
    "create_lead": (WRITERS, (WRITE,)),
    "show_lead": (ALL, (READ,)),
    "patch_lead": (WRITERS, (WRITE, READ)),
    "move_lead": (WRITERS, (WRITE, READ)),
    "delete_lead": (ADMINISTRATORS, ("admin",)),
    "list_activities": (ALL, (READ,)),
    "look_at_lead": (ALL, (READ,)),
    "bulk_act": (WRITERS, (WRITE, READ)),
    "bulk_undo": (WRITERS, (WRITE, READ)),
    "export_csv": (ALL, (READ,)),
    "export_xlsx": (ALL, (READ,)),
    "export_many_csv": (ALL, (READ,)),
    "export_many_xlsx": (ALL, (READ,)),
    "show_board": (ALL, (READ,)),
    "list_tags": (ALL, (READ,)),
    "search_all": (ALL, (READ,)),
    "list_views": (ALL, PEOPLE),
    "create_view": (ALL, PEOPLE),
    "patch_view": (ALL, PEOPLE),
    "delete_view": (ALL, PEOPLE),
    # customers
    "list_customers": (ALL, (READ,)),
    "show_customer": (ALL, (READ,)),
    "patch_customer": (WRITERS, (WRITE, READ)),
    "list_duplicates": (ALL, (READ,)),
    "merge_customers": (WRITERS, (WRITE, READ)),
    "unmerge_customers": (WRITERS, (WRITE, READ)),
    "export_customer": (ALL, (TALK, READ)),
    "erase_customer": (ADMINISTRATORS, ("admin",)),
    # conversations
    "list_conversations": (ALL, (TALK, READ)),
    "show_conversation": (ALL, (TALK, READ)),
    "list_messages": (ALL, (TALK, READ)),
    "send_message": (WRITERS, (SAY, TALK, READ)),
    "resend_message": (WRITERS, (SAY, TALK, READ)),
    "change_message": (WRITERS, (SAY, TALK, READ)),
    "withdraw_message": (WRITERS, (SAY, TALK, READ)),
    "send_offers": (WRITERS, (SAY, TALK, READ)),
    "mark_read": (WRITERS, (SAY, TALK, READ)),
    "take_over": (WRITERS, (SAY, TALK, READ)),
    "release": (WRITERS, (SAY, TALK, READ)),
    "upload_file": (WRITERS, (SAY,)),
    "show_suggestion": (ALL, (TALK, READ)),
    "send_suggestion": (WRITERS, (SAY, TALK, READ)),
    "dismiss_suggestion": (WRITERS, (SAY, TALK, READ)),
    # what belongs to a lead
    "list_offers": (ALL, (READ,)),
    "check_offer": (WRITERS, (WRITE, READ)),
    "list_notes": (ALL, (READ,)),
    "add_note": (WRITERS, (WRITE, READ)),
    "change_note": (WRITERS, (WRITE, READ)),
    "delete_note": (WRITERS, (WRITE, READ)),
    "list_lead_reminders": (ALL, (READ,)),
    "list_reminders": (ALL, (READ,)),
    "add_reminder": (WRITERS, (WRITE, READ)),
    "change_reminder": (WRITERS, (WRITE, READ)),
    "delete_reminder": (WRITERS, (WRITE, READ)),
    # the office
    "list_canned_replies": (ALL, (TALK,)),
    "add_canned_reply": (WRITERS, (SAY,)),
    "change_canned_reply": (WRITERS, (SAY,)),
    "delete_canned_reply": (WRITERS, (SAY,)),
    "list_notices": (ALL, (READ,)),
    "read_notices": (ALL, (READ,)),
    "read_notice": (ALL, (READ,)),
    "show_settings": (ALL, (READ,)),
    "change_settings": (HEADS, ("admin",)),
    "list_users": (ALL, (READ,)),
    "show_user": (ALL, (READ,)),
    "invite_user": (ADMINISTRATORS, ("admin",)),
    "change_user": (ADMINISTRATORS, ("admin",)),
    "make_link": (ADMINISTRATORS, ("admin",)),
    "end_user_sessions": (ADMINISTRATORS, ("admin",)),
    "show_me": (ALL, PEOPLE),
    "change_me": (ALL, PEOPLE),
    "change_my_password": (ALL, PEOPLE),
    "list_my_sessions": (ALL, PEOPLE),
    "end_my_other_sessions": (ALL, PEOPLE),
    "end_my_session": (ALL, PEOPLE),
    "show_my_telegram": (ALL, PEOPLE),
    "link_my_telegram": (ALL, PEOPLE),
    "unlink_my_telegram": (ALL, PEOPLE),
    "list_keys": (ADMINISTRATORS, ("admin",)),
    "create_key": (ADMINISTRATORS, ("admin",)),
    "revoke_key": (ADMINISTRATORS, ("admin",)),
    # machines
    "import_leads": (WRITERS, ("import",)),
    "import_request": (WRITERS, ("import",)),
    "events": (ALL, ("events", READ)),
}
"""Operation → the roles that may call it, and all the scopes that a key needs for it. `admin` is every scope."""

MARKS = ("Свойский", "Чужинский", "Ничейный")
"""Whose lead it is from the restricted manager's view: his own, another manager's, nobody's."""

Call = Callable[..., Any]


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    body: Any
    scopes: tuple[str, ...]

    def about(self, ids: dict[str, str]) -> str:
        """The path with these ids, and `nobody` for others."""
        path = self.path
        for part in self.path.split("/"):
            if part.startswith("{"):
                path = path.replace(part, ids.get(part[1:-1], "nobody"))
        return path + ("?poll=1" if self.id == "events" else "")


def operations_of(api: Api) -> list[Operation]:
    found = api.client.get("/api/openapi.json").get_json()["paths"]
    return [
        Operation(
            operation["operationId"],
            method.upper(),
            path,
            operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example"),
            tuple(operation["security"][0]["key"]),
        )
        for path, item in found.items()
        for method, operation in item.items()
    ]


@dataclass
class Office:
    """An office in which the managers see their own leads only. `calls` of everybody by what they are."""

    api: Api
    operations: list[Operation]
    own: Belongings
    others: Belongings
    nobodys: Belongings
    ids: dict[str, str]
    people: dict[str, Call]
    keys: dict[str, Call]
    strangers: dict[str, Call]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder: Path = tmp_path_factory.mktemp("roles")
    with opened(folder, database_url="sqlite://", public_url="http://office.example") as api:
        manager, other = user(api, "manager", Role.MANAGER), user(api, "other", Role.MANAGER)
        own, others, nobodys = (
            belongings(api, mark, number, owner)
            for number, (mark, owner) in enumerate(zip(MARKS, (manager, other, None), strict=True), start=1)
        )
        ids = office(api)
        api.store.commit([Insert("settings", {"id": ID, "value": {"visibility": "own"}}, now={"created_at": 0.0})])
        staff = {role.value: user(api, f"the-{role.value}", role) for role in Role if role is not Role.MANAGER}
        people = {name: _session(api, row) for name, row in (staff | {"manager": manager}).items()}
        yield Office(api, operations_of(api), own, others, nobodys, ids, people, _keys(api), _strangers(api, staff))


def _session(api: Api, row: Row) -> Call:
    client, token = api.browser(row["email"])

    def call(method: str, path: str, body: Any = None) -> Any:
        send = {"X-CSRFToken": token, "Accept-Encoding": "identity"}
        return client.open(path, method=method, json=body, headers=send, buffered=True)

    return call


def _with_key(api: Api, key: str) -> Call:
    def call(method: str, path: str, body: Any = None) -> Any:
        send = {"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {key}"} if key else {})
        return api.client.open(path, method=method, json=body, headers=send, buffered=True)

    return call


def _keys(api: Api) -> dict[str, Call]:
    """A key with each scope alone, and with all that an operation may need together."""
    together = {tuple(sorted(scopes)) for _, scopes in RIGHTS.values() if scopes is not PEOPLE}
    together |= {(scope,) for scope in SCOPES}
    return {"+".join(scopes): _with_key(api, api.new_key(*scopes)) for scopes in sorted(together)}


def _strangers(api: Api, staff: dict[str, Row]) -> dict[str, Call]:
    """Those who are nobody: without anything, with a wrong or a revoked key, switched off."""
    made = api.call("POST", "/api-keys", {"name": "старый", "scopes": ["admin"]}).json
    off = user(api, "off", Role.ADMINISTRATOR)
    switched_off = _session(api, off)
    api.call("DELETE", f"/api-keys/{made['id']}")
    api.store.commit([Update("users", off["id"], {"active": False})])
    return {
        "nobody": _with_key(api, ""),
        "wrong key": _with_key(api, "cb_" + "x" * 40),
        "revoked key": _with_key(api, made["key"]),
        "switched off": switched_off,
    }


# --------------------------------------------------------------------------- who may


def test_every_operation_is_in_the_table(work: Office) -> None:
    assert {operation.id for operation in work.operations} == RIGHTS.keys()


def test_the_document_says_which_scopes_a_key_needs(work: Office) -> None:
    wrong = {
        operation.id: operation.scopes
        for operation in work.operations
        if (wanted := RIGHTS[operation.id][1]) is not PEOPLE
        and set(operation.scopes) != set(wanted)
        and operation.id != "change_settings"  # `settings` is no scope of keys: `admin` has it
    }
    assert wrong == {}


def _told(operation: Operation, who: str, answer: Any) -> str:
    return f"{who}: {operation.id} answered {answer.status_code}"


def test_strangers_get_nothing(work: Office) -> None:
    wrong = []
    for operation in work.operations:
        for who, call in work.strangers.items():
            answer = call(operation.method, operation.about(work.own.ids | work.ids), operation.body)
            told = (answer.status_code, answer.content_type) == (401, "application/problem+json")
            if not told or "Bearer" not in answer.headers["WWW-Authenticate"]:
                wrong.append(_told(operation, who, answer))
    assert wrong == []


def test_roles_may_what_the_table_says(work: Office) -> None:
    wrong = []
    for operation in sorted(work.operations, key=lambda one: one.id.startswith("end_my")):
        for who, call in work.people.items():
            answer = call(operation.method, operation.about({}), operation.body)
            may = who[0].upper() in RIGHTS[operation.id][0]
            if (answer.status_code == 403) is may or answer.status_code in (400, 401) or answer.status_code >= 500:
                wrong.append(_told(operation, who, answer))
    assert wrong == []


def test_keys_may_what_the_table_says(work: Office) -> None:
    wrong = []
    for operation in work.operations:
        wanted = RIGHTS[operation.id][1]
        for who, call in work.keys.items():
            scopes = set(who.split("+"))
            may = wanted is not PEOPLE and (scopes >= set(wanted) or "admin" in scopes)
            answer = call(operation.method, operation.about({}), operation.body)
            if (answer.status_code == 403) is may or answer.status_code == 401 or answer.status_code >= 500:
                wrong.append(_told(operation, who, answer))
    assert wrong == []


# --------------------------------------------------------------------------- who sees


def _words(answer: Any) -> str:
    """All that an answer says: JSON without its escapes, the sheets of a workbook, text."""
    if answer.is_json:
        return json.dumps(answer.json, ensure_ascii=False)
    if not answer.data.startswith(b"PK"):
        return str(answer.get_data(as_text=True))
    with ZipFile(BytesIO(answer.data)) as book:
        return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))


def _leaks(answer: Any, *hidden: Belongings) -> list[str]:
    """What an answer says of what must not be seen."""
    said = _words(answer)
    return [word for thing in hidden for word in (thing.mark, *thing.ids.values()) if word in said]


SEEN = {"own": (0,), "own_and_unassigned": (0, 2)}


@pytest.fixture(params=SEEN)
def rule(request: pytest.FixtureRequest, work: Office) -> Iterator[tuple[list[Belongings], list[Belongings]]]:
    """What the restricted manager sees under each rule, and what he does not."""
    things = [work.own, work.others, work.nobodys]
    work.api.store.commit([Update("settings", ID, {"value": {"visibility": request.param}})])
    yield (
        [things[n] for n in SEEN[request.param]],
        [thing for n, thing in enumerate(things) if n not in SEEN[request.param]],
    )
    work.api.store.commit([Update("settings", ID, {"value": {"visibility": "own"}})])


Rule = tuple[list[Belongings], list[Belongings]]


def test_what_is_not_seen_is_not_there(work: Office, rule: Rule) -> None:
    """Each call about it answers 404 without a word of it, and changes nothing."""
    hidden = rule[1]
    manager, wrong = work.people["manager"], []
    before = {table: work.api.rows(table) for table in ("leads", "conversations", "messages", "notes", "customers")}
    for operation in work.operations:
        if "M" not in RIGHTS[operation.id][0] or not _is_about(operation, work.own.ids):
            continue
        for thing in hidden:
            answer = manager(operation.method, operation.about(thing.ids), operation.body)
            if answer.status_code != 404 or _leaks(answer, *hidden):
                wrong.append(_told(operation, thing.mark, answer) + f" {_leaks(answer, *hidden)}")
    assert wrong == []
    assert {table: work.api.rows(table) for table in before} == before


def _is_about(operation: Operation, ids: dict[str, str]) -> bool:
    return any(f"{{{name}}}" in operation.path for name in ids)


def test_what_is_seen_can_be_read(work: Office, rule: Rule) -> None:
    seen, hidden = rule
    manager, wrong = work.people["manager"], []
    for operation in work.operations:
        if operation.method != "GET" or not _is_about(operation, work.own.ids):
            continue
        for thing in seen:
            answer = manager("GET", operation.about(thing.ids))
            if answer.status_code != 200 or _leaks(answer, *hidden):
                wrong.append(_told(operation, thing.mark, answer) + f" {_leaks(answer, *hidden)}")
    assert wrong == []


SILENT = {
    "list_views",
    "list_canned_replies",
    "list_my_sessions",
    "list_users",
    "show_me",
    "show_my_telegram",
    "show_settings",
}
"""Lists that are about no lead."""


def test_lists_counts_and_searches_tell_only_what_is_seen(work: Office, rule: Rule) -> None:
    seen, hidden = rule
    manager, wrong = work.people["manager"], []
    for operation in work.operations:
        if operation.method != "GET" or "{" in operation.path or "M" not in RIGHTS[operation.id][0]:
            continue
        if operation.id == "events":  # of the stream a test of its own
            continue
        for query in _queries(operation, hidden):
            answer = manager("GET", operation.path + query)
            if answer.status_code != 200 or _leaks(answer, *hidden):
                wrong.append(f"{operation.id}{query}: {answer.status_code} {_leaks(answer, *hidden)}")
        plain = manager("GET", operation.path + _plain(operation))
        if operation.id not in SILENT and not _leaks(plain, *seen):
            wrong.append(f"{operation.id} tells nothing of what is seen: the test proves nothing")
    assert wrong == []


def _plain(operation: Operation) -> str:
    return "?q=Свой" if operation.id == "search_all" else ""


def _queries(operation: Operation, hidden: list[Belongings]) -> list[str]:
    """The list as it is, and asked for what is hidden by every name that a filter has."""
    asked = {
        "list_leads": ("q={mark}", "tag={mark}", "order=board&status=new", "sort=value"),
        "show_board": ("q={mark}", "tag={mark}", "by=stage"),
        "list_customers": ("q={mark}",),
        "list_conversations": ("lead_id={lead_id}",),
        "list_tags": ("q={mark}",),
        "export_csv": ("q={mark}", "ids={lead_id}"),
        "export_xlsx": ("q={mark}", "ids={lead_id}"),
        "search_all": ("q={mark}",),
    }.get(operation.id, ())
    if operation.id == "search_all":
        return [f"?{query.format(mark=thing.mark, **thing.ids)}" for thing in hidden for query in asked]
    return [
        _plain(operation),
        *(f"?{query.format(mark=thing.mark, **thing.ids)}" for thing in hidden for query in asked),
    ]


def test_counts_and_sums_are_of_what_is_seen(work: Office, rule: Rule) -> None:
    seen, _ = rule
    board = work.people["manager"]("GET", "/api/v1/board").json
    owners = {work.api.rows("leads", id=thing.ids["lead_id"])[0]["assignee_id"] for thing in seen}
    mine = [lead for lead in work.api.rows("leads") if lead["assignee_id"] in owners]
    assert sum(column["count"] for column in board.values()) == len(mine) >= 2 * len(seen)
    sums = [
        float(total["amount"]) for column in board.values() for total in column["sums"] if total["currency"] == "RUB"
    ]
    assert sum(sums) == sum(lead["value_minor"] or 0 for lead in mine) / 100 > 1000


def test_the_stream_tells_only_what_is_seen(work: Office, rule: Rule) -> None:
    seen, hidden = rule
    answer = work.people["manager"]("GET", "/api/v1/events?poll=1&last_event_id=0")
    assert answer.status_code == 200
    assert _leaks(answer, *seen)
    told = [event for event in answer.json["items"] if event["kind"] != "gone"]
    assert not [word for word in _leaks(answer, *hidden) if word in json.dumps(told, ensure_ascii=False)]


def test_files_are_for_who_sees_the_lead(work: Office, rule: Rule) -> None:
    seen, hidden = rule
    ctx = work.api.app.extensions["crystalbay"]
    for thing in (*seen, *hidden):
        part = ctx.settings.data_dir / "part"
        part.write_bytes(thing.mark.encode())
        ctx.files.put(f"file-{thing.ids['lead_id']}", part, "text/plain")
        file = {"id": f"file-{thing.ids['lead_id']}", "kind": "document", "name": "паспорт.pdf", "source": "https://x",
                "state": "stored", "mime": "application/pdf", "size": len(thing.mark.encode()), "url": "x"}  # fmt: skip
        ctx.store.commit([Update("messages", thing.ids["message_id"], {"attachments": [file]})])
    for thing, status in [*((one, 200) for one in seen), *((one, 404) for one in hidden)]:
        path = f"/files/{thing.ids['message_id']}/file-{thing.ids['lead_id']}"
        assert work.people["manager"]("GET", path).status_code == status, thing.mark


NO_PAGES = ("/api/", "/static/", "/healthz", "/readyz", "/metrics")
"""Addresses that are no pages and no fragments of them."""


def _pages(work: Office) -> list[tuple[str, set[str]]]:
    """The dashboard's addresses that can be read, with the names of their parts."""
    rules = work.api.app.url_map.iter_rules()
    return [
        (rule.rule, rule.arguments)
        for rule in rules
        if "GET" in (rule.methods or ()) and not rule.rule.startswith(NO_PAGES)
    ]


def _filled(path: str, ids: dict[str, str]) -> str:
    return re.sub(r"<(?:\w+:|any\(.*?\):)?(\w+)>", lambda found: ids.get(found[1], "new"), path)


def test_pages_show_only_what_is_seen(work: Office, rule: Rule) -> None:
    """Each page and fragment of the dashboard: about a thing that is hidden, and asked for one by its query."""
    hidden, wrong = rule[1], []
    manager, own = work.people["manager"], work.own.ids
    for path, parts in _pages(work):
        for thing in hidden:
            ids = own | {"lead_id": thing.ids["lead_id"], "other_id": thing.ids["customer_id"]} | thing.ids
            if "other_id" in parts:
                ids["customer_id"] = own["customer_id"]
            concrete = _filled(path, ids)
            for query in (
                "",
                f"?lead={ids['lead_id']}",
                f"?lead_id={ids['lead_id']}&ids={ids['lead_id']}&q={thing.mark}",
            ):
                answer = manager("GET", concrete + query)
                told = [word for word in _leaks(answer, thing) if word not in concrete + query]
                about = parts & thing.ids.keys() or "other_id" in parts
                if told or answer.status_code >= 500 or (about and answer.status_code not in (404, 302)):
                    wrong.append(f"{concrete}{query}: {answer.status_code} {told}")
    assert wrong == []
    assert work.own.mark in manager("GET", f"/leads/{own['lead_id']}").text


def test_what_names_other_things_in_its_body_cannot_reach_them(work: Office, rule: Rule) -> None:
    hidden = rule[1]
    manager, own = work.people["manager"], work.own.ids
    for thing in hidden:
        for path, body in (
            (f"/customers/{own['customer_id']}/merge", {"other_id": thing.ids["customer_id"]}),
            (f"/customers/{own['customer_id']}/unmerge", {"merge_id": thing.ids["merge_id"]}),
            (f"/conversations/{own['conversation_id']}/offers", {"offer_ids": [thing.ids["offer_id"]]}),
        ):
            answer = manager("POST", f"/api/v1{path}", body)
            assert answer.status_code in (404, 422), (path, answer.text)
            assert thing.mark not in answer.text
    assert work.api.rows("merges") == [row for row in work.api.rows("merges") if row["undone_at"] is None]


def test_the_others_see_everything(work: Office) -> None:
    for who in ("administrator", "head", "observer"):
        board = work.people[who]("GET", "/api/v1/board").json
        assert sum(column["count"] for column in board.values()) >= 6
        assert work.people[who]("GET", f"/api/v1/leads/{work.others.ids['lead_id']}").status_code == 200
