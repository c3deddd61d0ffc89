"""Settings: defaults that work, and a wrong or half value that names its variable."""

from __future__ import annotations

import base64
import re
import shutil
from pathlib import Path

import pytest

from crystalbay.config import Settings, kept_secret, load
from crystalbay.errors import ConfigError

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_without_any_setting_the_embedded_store_under_data_is_used() -> None:
    settings = load()
    assert settings.app_env == "production"
    assert settings.store_url == f"sqlite:///{Path('data/crystalbay.db').resolve()}"


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("PORT", "eighty", "integer"),
        ("PORT", "70000", "65535"),
        ("APP_ENV", "staging", "'production', 'development' or 'demo'"),
        ("TIMEZONE", "Mars/Phobos", "Europe/Moscow"),
        ("LOG_LEVEL", "loud", "DEBUG"),
        ("PUBLIC_URL", "crm.example.com", "https://"),
        ("CORS_ORIGINS", "https://a.example/path", "scheme and host"),
        ("DATABASE_URL", "mysql://x", "sqlite:// or postgresql://"),
        ("DEBOUNCE_S", "60", "8"),
        ("JOURNAL_MAX_MB", "0", "greater than or equal to 1"),
        ("TELEGRAM_MODE", "push", "polling"),
        ("SAMO_BOOKING", "maybe", "profile"),
        ("PERSONAL_DATA_KEY", "short", "32 random bytes in base64"),
        ("PERSONAL_DATA_KEY", "ключ", "openssl rand -base64 32"),
        ("METRICS_TOKEN", "short", "at least 16"),
        ("TELEGRAM_BOT_TOKEN", "ABC-def", "as BotFather gives it"),
        ("TELEGRAM_BOT_TOKEN", "123456:ABC def", "as BotFather gives it"),
        ("TELEGRAM_WEBHOOK_SECRET", "с пробелом и точкой.", "letters, digits, _ or -"),
        ("TELEGRAM_WEBHOOK_SECRET", "a" * 257, "1 to 256"),
        ("TELEGRAM_API_URL", "api.telegram.org", "https://"),
        ("TELEGRAM_MANAGERS_CHAT_ID", "@managers", "-1001234567890"),
        ("TELEGRAM_MANAGERS_CHAT_ID", "-1001, -1002", "-1001234567890"),
    ],
)
def test_a_wrong_value_names_its_variable_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, allowed: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as caught:
        load()
    assert str(caught.value).startswith(f"{name}: ")
    assert allowed in str(caught.value)


def set_all(monkeypatch: pytest.MonkeyPatch, **given: str) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)


WEBHOOK = {"TELEGRAM_BOT_TOKEN": "123456:ABC-def_G", "TELEGRAM_MODE": "webhook"}


def test_a_webhook_of_telegram_needs_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, **WEBHOOK)
    with pytest.raises(ConfigError, match=r"^PUBLIC_URL is missing: .*TELEGRAM_MODE=webhook"):
        load()


def test_a_webhook_of_telegram_needs_https_except_where_telegram_may_be_simulated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_all(monkeypatch, **WEBHOOK, PUBLIC_URL="http://crm.example.com")
    with pytest.raises(ConfigError, match=r"^PUBLIC_URL: must begin with https://"):
        load()
    assert load(app_env="demo").telegram_mode == "webhook"
    monkeypatch.setenv("PUBLIC_URL", "https://crm.example.com")
    assert load().telegram_mode == "webhook"


def test_without_a_bot_the_mode_of_telegram_asks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, TELEGRAM_MODE="webhook")
    assert load().public_url == ""


def test_the_managers_chat_may_be_a_group_or_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in ("-1001234567890", "5001"):
        monkeypatch.setenv("TELEGRAM_MANAGERS_CHAT_ID", f" {number} ")
        assert load().telegram_managers_chat_id == number


def test_neither_token_nor_secret_of_the_bot_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, TELEGRAM_BOT_TOKEN="123456:hidden-token", TELEGRAM_WEBHOOK_SECRET="hidden-secret")
    assert "hidden" not in repr(load())
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "hidden token")
    with pytest.raises(ConfigError) as caught:
        load()
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"SUPABASE_URL": "https://x.supabase.co"}, "SUPABASE_KEY"),
        ({"SUPABASE_KEY": "sb_secret_1"}, "SUPABASE_URL"),
        ({"WAZZUP_API_KEY": "k"}, "WAZZUP_API_SECRET"),
        ({"BITRIX_DOMAIN": "x.bitrix24.ru"}, "BITRIX_ACCESS_TOKEN"),
        ({"ADMIN_EMAIL": "a@b.c"}, "ADMIN_PASSWORD"),
    ],
)
def test_half_a_pair_names_the_missing_half(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], missing: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=f"^{missing} is missing"):
        load()


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("ADMIN_EMAIL", "nope", "must be an e-mail address"),
        ("ADMIN_EMAIL", "two words@example.com", "must be an e-mail address"),
        ("ADMIN_PASSWORD", "1", "must have 8 to 1000 characters"),
        ("ADMIN_PASSWORD", "1" * 1001, "must have 8 to 1000 characters"),
    ],
)
def test_an_administrator_who_could_not_sign_in_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, allowed: str
) -> None:
    given = {"ADMIN_EMAIL": "admin@example.com", "ADMIN_PASSWORD": "a long password"} | {name: value}
    for variable, text in given.items():
        monkeypatch.setenv(variable, text)
    with pytest.raises(ConfigError) as caught:
        load()
    assert str(caught.value).startswith(f"{name}: ")
    assert allowed in str(caught.value)


@pytest.mark.parametrize("key", [base64.b64encode(b"\xff" * 32).decode(), "-_" * 21 + "8", "A" * 43])
def test_a_key_for_personal_data_may_be_written_in_either_alphabet(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("PERSONAL_DATA_KEY", key)
    assert load().personal_data_key.get_secret_value() == key


def test_a_data_folder_that_cannot_be_used_is_said_by_its_variable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    settings = load(data_dir=tmp_path / "file" / "data")
    with pytest.raises(ConfigError, match=r"^DATA_DIR: .* cannot be read and written"):
        kept_secret(settings, "secret_key", settings.secret_key)


def test_all_problems_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "x")
    monkeypatch.setenv("LOG_LEVEL", "y")
    with pytest.raises(ConfigError) as caught:
        load()
    assert {line.split(":")[0] for line in str(caught.value).splitlines()} == {"PORT", "LOG_LEVEL"}


def test_no_secret_shows_in_the_settings_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMO_OAUTH_TOKEN", "very-secret-token")
    assert "very-secret-token" not in repr(load())


def test_the_example_file_lists_every_setting_and_is_a_valid_start(tmp_path: Path) -> None:
    example = ROOT / ".env.example"
    listed = set(re.findall(r"^([A-Z_]+)=", example.read_text(encoding="utf-8"), re.MULTILINE))
    assert listed == {name.upper() for name in Settings.model_fields}
    shutil.copy(example, tmp_path / ".env")
    assert load() == Settings.model_construct(**{n: f.default for n, f in Settings.model_fields.items()})


def test_a_generated_secret_is_kept_and_private() -> None:
    settings = load()
    first = kept_secret(settings, "secret_key", settings.secret_key)
    assert len(first) >= 32
    assert kept_secret(settings, "secret_key", settings.secret_key) == first
    assert (settings.data_dir / "secret_key").stat().st_mode & 0o077 == 0
