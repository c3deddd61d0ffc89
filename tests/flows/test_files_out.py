"""Files that managers send: kept, fetched by Wazzup24 from a public address, delivered once, shown, and forgotten."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

from crystalbay.sandbox.server import Fault
from crystalbay.sandbox.wazzup_media import samples
from crystalbay.services import retention
from crystalbay.store.interface import Update
from models import Role
from tests.api.people import Person, person
from tests.world import World, eventually, running

PNG = samples()["image"].content
PDF = samples()["document"].content
MB = 1024 * 1024


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running(tmp_path_factory.mktemp("files"), public=True) as system:
        yield system


@pytest.fixture(scope="module")
def alina(world: World) -> Person:
    return person(world)


def upload(who: Person, content: bytes, name: str, **headers: str) -> Any:
    form = {"file": (io.BytesIO(content), name)}
    return who.client.post("/api/v1/uploads", data=form, headers={"X-CSRFToken": who.token} | headers)


def chatting(world: World, chat_type: str = "whatsapp") -> tuple[Any, str]:
    """A customer who has written and whom a person answers; his conversation and chat id."""
    customer = world.customer()
    world.wazzup.customer_says(customer.chat_id, "Пришлите, пожалуйста, договор", name="Анна", chat_type=chat_type)
    eventually(lambda: world.rows("conversations", external_chat_id=customer.chat_id))
    return customer.conversation, customer.chat_id


def sent(world: World, chat_id: str) -> list[dict[str, Any]]:
    return [message for message in world.wazzup.sent() if message["chatId"] == chat_id and not _of_machine(message)]


def _of_machine(message: dict[str, Any]) -> bool:
    return not message.get("clearUnanswered", True)


def write(who: Person, conversation: Any, body: dict[str, Any], **headers: str) -> Any:
    return who.call("POST", f"/conversations/{conversation['id']}/messages", body, **headers)


def test_a_file_arrives_as_a_part_of_its_own_after_the_words(world: World, alina: Person) -> None:
    conversation, chat_id = chatting(world)
    contract, photo = upload(alina, PDF, "../Договор №7.bin").json, upload(alina, PNG, "hotel.PNG").json
    assert (contract["name"], contract["type"], contract["size"]) == ("Договор №7.bin.pdf", "application/pdf", len(PDF))
    assert (photo["name"], photo["type"]) == ("hotel.PNG", "image/png")
    body = {"text": "Вот договор и фото", "attachments": [contract["id"], photo["id"]]}
    first = write(alina, conversation, body, Idempotency_Key=f"files-{chat_id}")
    assert write(alina, conversation, body, Idempotency_Key=f"files-{chat_id}").data == first.data
    eventually(lambda: len(sent(world, chat_id)) == 3)
    texts = [(message["text"], bool(message["contentUri"])) for message in sent(world, chat_id)]
    assert texts == [("Вот договор и фото", False), (None, True), (None, True)]
    shown = alina.call("GET", f"/conversations/{conversation['id']}/messages").json["items"]
    mine = [message for message in shown if message["author"] == "manager"]
    assert [len(message["attachments"]) for message in mine] == [0, 1, 1]
    file = mine[1]["attachments"][0]
    assert (file["kind"], file["name"], file["mime"], file["state"]) == (
        "document",
        contract["name"],
        "application/pdf",
        "stored",
    )
    assert "source" not in file
    assert mine[2]["attachments"][0]["kind"] == "image"
    own = alina.client.get(file["url"])
    assert (own.status_code, own.data) == (200, PDF)
    assert world.app.test_client().get(file["url"]).status_code == 401


def test_what_was_not_delivered_goes_once_more_with_its_file(world: World, alina: Person) -> None:
    conversation, chat_id = chatting(world)
    photo = upload(alina, PNG, "hotel.png").json
    world.wazzup.add_fault(Fault("/v3/message", status=400, body={"error": "INVALID_MESSAGE_DATA"}, times=1))
    lost = write(alina, conversation, {"text": "", "attachments": [photo["id"]]}).json
    eventually(lambda: world.rows("messages", id=lost["id"])[0]["state"] == "failed")
    colleague = person(world, "Павел М.")
    path = f"/messages/{lost['id']}/resend"
    again = colleague.call("POST", path, Idempotency_Key=f"again-{chat_id}")
    assert (again.status_code, [file["name"] for file in again.json["attachments"]]) == (201, ["hotel.png"])
    assert colleague.call("POST", path, Idempotency_Key=f"again-{chat_id}").data == again.data
    eventually(lambda: [message["contentUri"] for message in sent(world, chat_id)])
    assert world.rows("messages", id=lost["id"])[0]["note"] == "sent again"
    for message_id in (lost["id"], again.json["id"]):  # once, and only what failed
        answer = alina.call("POST", f"/messages/{message_id}/resend")
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "message")
    assert len(sent(world, chat_id)) == 1


def test_the_public_address_serves_the_file_and_nothing_else(world: World, alina: Person) -> None:
    kept = upload(alina, PNG, "Пляж утром.png").json
    answer = requests.get(world.url + kept["url"], timeout=5)
    assert (answer.status_code, answer.content) == (200, PNG)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Length"] == str(len(PNG))
    assert len(kept["id"]) >= 32
    for path in ("/f/", f"/f/{kept['id']}", f"/f/{kept['id']}/other.png", f"/f/{'0' * 48}/x.png", "/f/../data/x"):
        assert requests.get(world.url + path, timeout=5).status_code == 404
    assert requests.head(world.url + kept["url"], timeout=5).status_code == 200


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "empty.pdf", "пустой"),
        (b"MZ\x90\x00" + b"\x00" * 100, "photo.jpg", "Такие файлы"),
        (b"<html><script>alert(1)</script></html>", "page.txt", "Такие файлы"),
        (b"\xef\xbb\xbf <svg onload='x()'/>", "picture.txt", "Такие файлы"),
        (b"#!/bin/sh\nrm -rf \x00/", "run", "Такие файлы"),
        *(
            (b"only words", name, f"файлы {ending} не отправить")
            for name, ending in [
                ("x.exe", ".exe"),
                ("x.txt.BAT", ".bat"),
                ("x.cmd", ".cmd"),
                ("x.js", ".js"),
                ("photo.jpg.scr", ".scr"),
                ("x.ps1", ".ps1"),
                ("x.vbs. ", ".vbs"),
                ("x.msi", ".msi"),
                ("x.apk", ".apk"),
                ("x.jar", ".jar"),
                ("x.html", ".html"),
                ("x.svg", ".svg"),
                (".exe", ".exe"),
                ("C:\\d\\x.exe.", ".exe"),
            ]
        ),
        (b"PK\x03\x04broken", "table.xlsx", "Такие файлы"),
        (PNG + b"\0" * (10 * MB), "big.png", "больше 10 МБ"),
    ],
)
def test_what_is_no_file_to_send_is_refused(world: World, alina: Person, content: bytes, name: str, words: str) -> None:
    before = len(world.rows("uploads"))
    answer = upload(alina, content, name)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "file")
    assert words in answer.json["errors"][0]["message"]
    assert len(world.rows("uploads")) == before
    assert not list((world.ctx.settings.data_dir / "incoming").iterdir())


def test_a_body_beyond_all_measure_is_cut_off(world: World, alina: Person) -> None:
    assert upload(alina, b"\0" * (12 * MB), "huge.bin").status_code == 413
    note = {"text": "x" * (3 * MB)}
    assert alina.call("POST", "/leads/any/notes", note).status_code == 413  # the larger body is for files only


@pytest.mark.parametrize(
    ("names", "mime"),
    [
        (("[Content_Types].xml", "word/document.xml"), "wordprocessingml.document"),
        (("[Content_Types].xml", "xl/workbook.xml"), "spreadsheetml.sheet"),
        (("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), None),
        (("readme.txt",), None),
    ],
)
def test_office_documents_are_known_by_what_is_in_them(
    world: World, alina: Person, names: tuple[str, ...], mime: str | None
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    answer = upload(alina, packed.getvalue(), "Памятка.zip")
    if mime is None:
        assert answer.status_code == 422
    else:
        assert answer.json["type"].endswith(mime)
        assert answer.json["name"].startswith("Памятка.zip.")


def test_who_may_not_write_may_not_upload(world: World) -> None:
    observer = person(world, "Наблюдатель", Role.OBSERVER)
    assert upload(observer, PNG, "a.png").status_code == 403
    nobody = world.app.test_client().post("/api/v1/uploads", data={"file": (io.BytesIO(PNG), "a.png")})
    assert nobody.status_code == 401
    foreign = observer.client.post("/api/v1/uploads", data={"file": (io.BytesIO(PNG), "a.png")})
    assert foreign.status_code in (400, 403)  # without the page's token


@pytest.mark.parametrize("body", [{"data": {"text": "x"}}, {"json": {"file": "x"}}])
def test_a_request_without_a_file_is_refused(alina: Person, body: dict[str, Any]) -> None:
    answer = alina.client.post("/api/v1/uploads", headers={"X-CSRFToken": alina.token}, **body)
    assert answer.status_code in (415, 422)


def test_a_file_is_for_one_customer_and_of_the_one_who_uploaded_it(world: World, alina: Person) -> None:
    first, _ = chatting(world)
    second, _ = chatting(world)
    pavel = person(world, "Павел М.")
    photo = upload(alina, PNG, "a.png").json
    for attachments in ([photo["id"]], ["nothing"], [photo["id"]] * 2):
        answer = write(pavel, first, {"attachments": attachments})
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "attachments")
    assert write(alina, first, {"attachments": [photo["id"]]}).status_code == 201
    assert write(alina, second, {"attachments": [photo["id"]]}).status_code == 422
    assert write(pavel, first, {"attachments": [photo["id"]]}).status_code == 201  # again, to the same customer
    assert write(alina, first, {"text": " ", "attachments": []}).status_code == 422


def test_what_the_messenger_does_not_take_is_refused_before_it_is_sent(world: World, alina: Person) -> None:
    conversation, chat_id = chatting(world, "instagram")
    document = upload(alina, PDF, "a.pdf").json
    answer = write(alina, conversation, {"text": "Вот", "attachments": [document["id"]]})
    assert answer.status_code == 422
    assert "только картинку" in answer.json["errors"][0]["message"]
    assert sent(world, chat_id) == []
    photo = upload(alina, PNG, "a.png").json
    assert write(alina, conversation, {"attachments": [photo["id"]]}).status_code == 201


def test_a_lost_answer_of_the_provider_doubles_no_file(world: World, alina: Person) -> None:
    conversation, chat_id = chatting(world)
    photo = upload(alina, PNG, "a.png").json
    world.wazzup.add_fault(Fault("/v3/message", drop="after", times=1))
    write(alina, conversation, {"attachments": [photo["id"]]})
    eventually(lambda: world.rows("messages", conversation_id=conversation["id"], author="manager", state="sent"))
    assert len(sent(world, chat_id)) == 1


def test_a_file_that_cannot_be_fetched_fails_with_the_reason(world: World, alina: Person) -> None:
    conversation, _ = chatting(world)
    photo = upload(alina, PNG, "a.png").json
    world.ctx.files.delete(photo["id"])
    write(alina, conversation, {"attachments": [photo["id"]]})
    failed = eventually(
        lambda: world.rows("messages", conversation_id=conversation["id"], author="manager", state="failed")
    )
    assert "не смог скачать" in failed[0]["error"]


def test_an_address_is_over_after_thirty_days_and_the_sent_file_stays(world: World, alina: Person) -> None:
    conversation, _ = chatting(world)
    kept, unsent = upload(alina, PNG, "sent.png").json, upload(alina, PNG, "unsent.png").json
    write(alina, conversation, {"attachments": [kept["id"]]})
    long_ago = world.ctx.clock.now() - timedelta(days=31)
    world.store.commit([Update("uploads", one["id"], {"created_at": long_ago}) for one in (kept, unsent)])
    for one in (kept, unsent):
        assert requests.get(world.url + one["url"], timeout=5).status_code == 404
    retention.tidy(world.ctx)
    assert (world.ctx.files.has(kept["id"]), world.ctx.files.has(unsent["id"])) == (True, False)
    message = world.rows("messages", conversation_id=conversation["id"], author="manager")[0]
    assert alina.client.get(f"/files/{message['id']}/{kept['id']}").data == PNG
    assert write(alina, conversation, {"attachments": [unsent["id"]]}).status_code == 422


def test_a_deleted_lead_takes_its_files_in_both_directions(world: World, alina: Person) -> None:
    customer = world.customer()
    customer.says(media="image")
    found = eventually(lambda: world.rows("conversations", external_chat_id=customer.chat_id))[0]

    def files() -> list[dict[str, Any]]:
        return [item for row in world.rows("messages", lead_id=found["lead_id"]) for item in row["attachments"]]

    eventually(lambda: files() and files()[0]["state"] == "stored")
    photo = upload(alina, PNG, "a.png").json
    write(alina, found, {"attachments": [photo["id"]]})
    theirs = [item["id"] for item in files()]
    eventually(lambda: world.rows("messages", lead_id=found["lead_id"], author="manager", state="read"))
    assert len(theirs) == 2
    admin = person(world, "Админ", Role.ADMINISTRATOR)
    assert admin.call("DELETE", f"/leads/{found['lead_id']}").status_code == 204
    assert [world.ctx.files.has(file_id) for file_id in theirs] == [False, False]
    assert world.rows("uploads", id=photo["id"]) == []
    assert requests.get(world.url + photo["url"], timeout=5).status_code == 404


def test_without_a_public_address_files_are_refused_in_clear_words(api_without_address: Person) -> None:
    answer = upload(api_without_address, PNG, "a.png")
    assert answer.status_code == 422
    assert "PUBLIC_URL" in answer.json["errors"][0]["message"]


@pytest.fixture
def api_without_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    with running(tmp_path_factory.mktemp("private")) as system:
        yield person(system)
