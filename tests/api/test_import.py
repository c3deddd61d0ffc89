"""Leads from outside systems: answered row by row, a bad row never loses its neighbours."""

from __future__ import annotations

from tests.api.conftest import Api


def test_rows_are_answered_one_by_one(api: Api) -> None:
    rows = [
        {
            "external_id": "1",
            "source": "crm",
            "name": "Анна",
            "phone": "+79991234567",
            "message": "Хочу в Турцию вдвоём",
        },
        {"external_id": "1", "source": "crm", "name": "Анна"},
        {"external_id": "2", "source": "crm", "phone": "нет"},
        "not an object",
        {"external_id": "3", "source": "crm", "email": "a@b.example", "color": "red"},
        {"external_id": "4", "source": "crm", "name": "Пётр", "trip": {"adults": 2}, "utm": {"utm_source": "ya"}},
        {"external_id": "5", "source": "crm", "name": "Ольга", "trip": {"planet": "Марс"}},
    ]
    answer = api.call("POST", "/import/leads", rows)
    assert answer.status_code == 200
    results = answer.json["rows"]
    assert [row["result"] for row in results] == [
        "created", "duplicate", "invalid", "invalid", "invalid", "created", "invalid",
    ]  # fmt: skip
    assert [row["row"] for row in results] == list(range(7))
    assert results[1]["id"] == results[0]["id"]
    assert results[2]["errors"][0]["field"] == "phone"
    assert "+7 999 123-45-67" in results[2]["errors"][0]["message"]
    assert results[3]["errors"][0]["field"] == "row"
    assert results[4]["errors"] == [{"field": "color", "message": "unknown field"}]
    assert results[6]["errors"] == [{"field": "trip.planet", "message": "unknown field"}]
    made = {row["external_id"]: row for row in api.rows("leads")}
    assert {row["number"] for row in results if row["id"]} == {lead["number"] for lead in made.values()}
    assert made["4"]["utm"] == {"utm_source": "ya"}


def test_what_the_customer_wrote_is_kept_and_understood(api: Api) -> None:
    api.call("POST", "/import/leads", {"name": "Анна", "message": "Хочу в Турцию вдвоём"})
    message = api.rows("messages")[0]
    assert (message["text"], message["direction"]) == ("Хочу в Турцию вдвоём", "in")
    assert [job["kind"] for job in api.rows("jobs")] == ["assess"]


def test_limits(api: Api) -> None:
    assert api.call("POST", "/import/leads", [{"name": "x"}] * 1001).status_code == 413
    assert api.rows("leads") == []
    assert api.call("POST", "/import/leads", []).json == {"created": 0, "duplicate": 0, "invalid": 0, "rows": []}
    assert api.call("POST", "/import/leads", {"name": "один"}).json["created"] == 1


def test_a_thousand_rows_come_in_at_once(api: Api) -> None:
    rows = [{"source": "crm", "external_id": f"{n}", "phone": f"+7999{n:07}"} for n in range(1000)]
    assert api.call("POST", "/import/leads", rows).json["created"] == 1000
    assert api.call("POST", "/import/leads", rows).json["duplicate"] == 1000
    assert api.call("GET", "/board").json["new"]["count"] == 1000
