"""Leads as spreadsheets: what is seen is what is exported, for Excel, and nothing becomes a formula."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any
from xml.etree import ElementTree

import pytest

from crystalbay.services import exports
from crystalbay.web.sheets import harmless
from tests.api.conftest import Api
from tests.api.people import own_leads_only, person

_SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def csv_rows(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    text = answer.data.decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def xlsx_rows(answer: Any) -> list[list[Any]]:
    """The cells of the first sheet as text or numbers."""
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert not list(sheet.iter(f"{_SPREADSHEET}f")), "no formulas"
    return [[_cell(cell) for cell in row] for row in sheet.iter(f"{_SPREADSHEET}row")]


def _cell(cell: ElementTree.Element) -> Any:
    text = cell.find(f"{_SPREADSHEET}is/{_SPREADSHEET}t")
    value = cell.find(f"{_SPREADSHEET}v")
    return text.text if text is not None else float(value.text or 0) if value is not None else None


def test_a_lead_is_a_row_in_words(api: Api) -> None:
    alina = person(api)
    trip = {"destination_country": "Турция", "adults": 2, "date_from": "2026-06-10", "date_to": "2026-06-20"}
    value = {"amount": "1234567.5", "currency": "RUB"}
    lead = api.lead(
        name="Ёлкин; «Пётр»", phone="+79121234567", trip=trip, tags=["море", "семья"], value=value,
        assignee_id=alina.id, channel="whatsapp",
    )  # fmt: skip
    answer = api.call("GET", "/leads/export.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="leads-')
    row = csv_rows(answer)[0]
    created = row.pop("Создан")
    assert row.pop("Поездка").startswith("Турция, 2, 10–20 июня")  # the year, unless it is this one
    assert row == {
        "Номер": str(lead["number"]), "Клиент": "Ёлкин; «Пётр»", "Телефон": "'+7\u00a0912\u00a0123-45-67", "Почта": "",
        "Начало поездки": "10.06.2026", "Статус": "Новые", "Этап": "Новый запрос",
        "Итог": "", "Причина отказа": "", "Сумма": "1234567,50", "Валюта": "RUB", "Оценка": "0", "Теги": "море, семья",
        "Ответственный": "Алина К.", "Канал": "WhatsApp", "Источник": "api", "Последнее сообщение": "",
        "Ждёт ответа с": "", "Следующее действие": "", "Закрыт": "",
    }  # fmt: skip
    assert len(created) == len("04.06.2026 14:07")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", "  =1", "\u200b=1", "＝1+1", "\n-1", "|calc"]
)
def test_nothing_becomes_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert harmless("А = б") == "А = б"


def test_names_that_look_like_formulas_stay_text_in_both_files(api: Api) -> None:
    evil = '=HYPERLINK("https://evil.example";"Жми")'
    api.lead(name=evil, tags=["=1+1"], source="@SUM(A1)")
    row = csv_rows(api.call("GET", "/leads/export.csv"))[0]
    assert (row["Клиент"], row["Теги"], row["Источник"]) == (f"'{evil}", "'=1+1", "'@SUM(A1)")
    head, cells = xlsx_rows(api.call("GET", "/leads/export.xlsx"))
    assert cells[head.index("Клиент")] == evil


def test_the_xlsx_has_numbers_days_and_phones(api: Api) -> None:
    trip = {"date_from": "2026-06-10"}
    api.lead(name="Анна", phone="+79121234567", trip=trip, value={"amount": "250000.25", "currency": "RUB"})
    answer = api.call("GET", "/leads/export.xlsx")
    assert answer.headers["Content-Disposition"].endswith('.xlsx"')
    head, *rows = xlsx_rows(answer)
    assert len(rows) == 1
    raw = answer.data
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    cells = {cell.get("r"): _cell(cell) for cell in sheet.iter(f"{_SPREADSHEET}c")}
    place = {name: chr(ord("A") + number) for number, name in enumerate(head)}
    assert cells[f"{place['Сумма']}2"] == 250000.25
    assert cells[f"{place['Начало поездки']}2"] == 46183.0  # days since 1900, as Excel counts them
    assert cells[f"{place['Телефон']}2"] == "+7\u00a0912\u00a0123-45-67"
    assert f"{place['Почта']}2" not in cells


@pytest.mark.parametrize("query", ["tag=море", "q=анна", "status=new&tag=море", "ids={id}", "ids={id},nobody&tag=море"])
def test_filters_and_ids_choose(api: Api, query: str) -> None:
    wanted = api.lead(name="Анна", tags=["море"])
    api.lead(name="Пётр")
    asked = query.format(id=wanted["id"])
    assert [row["Клиент"] for row in csv_rows(api.call("GET", f"/leads/export.csv?{asked}"))] == ["Анна"]
    assert len(xlsx_rows(api.call("GET", f"/leads/export.xlsx?{asked}"))) == 2


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_more_leads_than_an_address_can_name_are_posted(api: Api, ending: str) -> None:
    ids = [api.lead(name=name)["id"] for name in ("Анна", "Пётр")]
    api.lead(name="Глеб")
    api.call("POST", "/leads/bulk", {"ids": ids[:1], "action": "archive"})
    answer = api.call("POST", f"/leads/export.{ending}", {"ids": [*ids, "nobody"]})
    if ending == "csv":
        assert [row["Клиент"] for row in csv_rows(answer)] == ["Пётр", "Анна"]
    else:
        assert len(xlsx_rows(answer)) == 3
    assert api.call("POST", f"/leads/export.{ending}", {"ids": []}).status_code == 422
    assert api.call("POST", f"/leads/export.{ending}", {"ids": ids}, key=api.new_key("import")).status_code == 403


def test_rows_come_in_the_order_that_is_asked_for(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "PAGE", 2)
    for amount in ("3", None, "10", "7", None):
        api.lead(name="Анна", value={"amount": amount, "currency": "RUB"} if amount else None)
    rows = csv_rows(api.call("GET", "/leads/export.csv?sort=value"))
    assert [row["Сумма"] for row in rows] == ["10,00", "7,00", "3,00", "", ""]


def test_a_file_that_was_cut_says_so(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MOST", 3)
    monkeypatch.setattr(exports, "PAGE", 2)
    for number in range(5):
        api.lead(name=f"Клиент {number}")
    rows = csv_rows(api.call("GET", "/leads/export.csv"))
    assert [row["Клиент"] for row in rows[:3]] == ["Клиент 4", "Клиент 3", "Клиент 2"]
    assert rows[3]["Номер"].startswith("Показаны первые")
    assert xlsx_rows(api.call("GET", "/leads/export.xlsx"))[-1][0].startswith("Показаны первые")
    assert len(csv_rows(api.call("GET", "/leads/export.csv?q=клиент%204"))) == 1


def test_only_what_one_may_see_is_exported(api: Api) -> None:
    alina = person(api)
    own_leads_only(api)
    api.lead(name="Своя", assignee_id=alina.id)
    secret = api.lead(name="Чужая")
    for query in ("", f"?ids={secret['id']}", "?q=чужая"):
        text = alina.call("GET", f"/leads/export.csv{query}").text
        assert "Чужая" not in text
        cells = xlsx_rows(alina.call("GET", f"/leads/export.xlsx{query}"))
        assert "Чужая" not in str(cells)
    assert "Своя" in alina.call("GET", "/leads/export.csv").text


def test_a_key_without_the_right_gets_nothing(api: Api) -> None:
    key = api.new_key("import")
    for ending in ("csv", "xlsx"):
        assert api.call("GET", f"/leads/export.{ending}", key=key).status_code == 403


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?status=red", "status"),
        ("?colour=red", "colour"),
        ("?sort=beauty", "sort"),
        ("?ids=" + ",".join("x" * 1001), "ids"),
    ],
)
def test_a_wrong_question_is_refused(api: Api, query: str, field: str) -> None:
    for ending in ("csv", "xlsx"):
        answer = api.call("GET", f"/leads/export.{ending}{query}")
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)


def test_trips_are_told_in_the_language_of_who_exports(api: Api) -> None:
    api.lead(trip={"destination_country": "Турция", "destination_resort": "Кемер", "adults": 2, "nights_min": 7})
    answer = api.call("GET", "/leads/export.csv", **{"Accept-Language": "en"})
    assert [row["Trip"] for row in csv_rows(answer)] == ["Turkey, Kemer, 2, from 7 nights"]
