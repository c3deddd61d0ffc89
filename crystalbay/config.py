"""All settings, from the environment and `.env`: names, defaults and what is allowed (DESIGN.md, "Environment").

A wrong or half value stops the start with the variable's name. Secrets are SecretStr: they print as stars.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from crystalbay.errors import ConfigError

SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 1000
SHORTEST_TOKEN = 16
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_PERSONAL_KEY_BYTES = 32

AppEnv = Literal["production", "development", "demo"]

_PAIRS = (
    ("supabase_url", "supabase_key"),
    ("wazzup_api_key", "wazzup_api_secret"),
    ("bitrix_domain", "bitrix_access_token"),
    ("bitrix_client_id", "bitrix_client_secret"),
    ("admin_email", "admin_password"),
)
_URLS = (
    "public_url",
    "static_url",
    "supabase_url",
    "samo_api_url",
    "wazzup_api_url",
    "sendgrid_api_url",
    "openai_base_url",
    "telegram_api_url",
    "bitrix_webhook_url",
    "bitrix_oauth_url",
    "sentry_dsn",
)


class Settings(BaseSettings):
    """One immutable object, made once at start by `load()` and handed to whoever needs it."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True, env_ignore_empty=True
    )

    app_env: AppEnv = "production"
    database_url: str = ""
    data_dir: Path = Path("data")
    journal_max_mb: int = Field(default=512, ge=1, le=1_000_000)
    secret_key: SecretStr = SecretStr("")
    personal_data_key: SecretStr = SecretStr("")
    port: int = Field(default=8000, ge=1, le=65535)
    public_url: str = ""
    admin_email: str = ""
    admin_password: SecretStr = SecretStr("")
    cors_origins: str = ""
    static_url: str = ""
    timezone: str = "Europe/Moscow"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    sentry_dsn: str = ""
    metrics_token: SecretStr = SecretStr("")
    poll_interval_s: float = Field(default=30, ge=0.05, le=3600)
    debounce_s: float = Field(default=2, ge=0, le=8)

    openai_api_key: SecretStr = SecretStr("")
    openai_model: str = "gpt-4o"
    openai_fallback_models: str = ""
    openai_base_url: str = "https://api.openai.com/v1"

    samo_oauth_token: SecretStr = SecretStr("")
    samo_api_url: str = "https://b2b.anextour.com/api/v1/partner"
    samo_booking: Literal["off", "profile"] = "off"

    wazzup_api_key: SecretStr = SecretStr("")
    wazzup_api_secret: SecretStr = SecretStr("")
    wazzup_api_url: str = "https://api.wazzup24.com/v3"

    sendgrid_api_key: SecretStr = SecretStr("")
    sendgrid_from_email: str = ""
    sendgrid_api_url: str = "https://api.sendgrid.com"
    sendgrid_webhook_public_key: str = ""
    sendgrid_inbound_secret: SecretStr = SecretStr("")
    sendgrid_inbound_domain: str = ""

    supabase_url: str = ""
    supabase_key: SecretStr = SecretStr("")

    telegram_bot_token: SecretStr = SecretStr("")
    telegram_api_url: str = "https://api.telegram.org"
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_webhook_secret: SecretStr = SecretStr("")
    telegram_managers_chat_id: str = ""

    bitrix_webhook_url: SecretStr = SecretStr("")
    bitrix_domain: str = ""
    bitrix_access_token: SecretStr = SecretStr("")
    bitrix_application_token: SecretStr = SecretStr("")
    bitrix_category_id: str = ""
    bitrix_client_id: str = ""
    bitrix_client_secret: SecretStr = SecretStr("")
    bitrix_refresh_token: SecretStr = SecretStr("")
    bitrix_oauth_url: str = "https://oauth.bitrix.info"

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("must be an IANA zone such as Europe/Moscow") from error
        return name

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, text: str) -> str:
        for origin in filter(None, (part.strip() for part in text.split(","))):
            parts = urlsplit(origin)
            if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/"):
                raise ValueError(f"{origin!r} is no origin; give scheme and host, such as https://example.com")
        return text

    @field_validator(*_URLS)
    @classmethod
    def _web_address(cls, value: str | SecretStr) -> str | SecretStr:
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        parts = urlsplit(text)
        if text and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("must be a full address that begins with https:// (or http://)")
        return value.rstrip("/") if isinstance(value, str) else value

    @field_validator("admin_email")
    @classmethod
    def _email(cls, text: str) -> str:
        if text and not is_email(text.strip()):
            raise ValueError("must be an e-mail address such as admin@example.com")
        return text.strip()

    @field_validator("admin_password")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if value and not SHORTEST_PASSWORD <= len(value) <= LONGEST_PASSWORD:
            raise ValueError(f"must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
        return value

    @field_validator("personal_data_key")
    @classmethod
    def _key_of_32_bytes(cls, value: SecretStr) -> SecretStr:
        if value and _decoded_length(value.get_secret_value()) != _PERSONAL_KEY_BYTES:
            raise ValueError("must be 32 random bytes in base64; `openssl rand -base64 32` makes such a key")
        return value

    @field_validator("metrics_token")
    @classmethod
    def _hard_to_guess(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and not (len(text) >= SHORTEST_TOKEN and text.isascii() and text.isprintable() and " " not in text):
            raise ValueError(f"must have at least {SHORTEST_TOKEN} letters, digits or signs, without spaces")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, text: str) -> str:
        if text and not text.startswith(("sqlite://", "postgresql://")):
            raise ValueError("must begin with sqlite:// or postgresql://")
        return text

    @field_validator("wazzup_api_secret")
    @classmethod
    def _letters_and_digits(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and not (text.isascii() and text.isalnum() and len(text) <= 100):
            raise ValueError("must be letters and digits only, at most 100: it is a part of the webhook address")
        return value

    @field_validator("telegram_bot_token")
    @classmethod
    def _of_botfather(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", text):
            raise ValueError("must look like 123456:ABC-def, as BotFather gives it")
        return value

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _fit_for_a_header(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", text):
            raise ValueError("must be 1 to 256 letters, digits, _ or -: Telegram takes nothing else")
        return value

    @field_validator("telegram_managers_chat_id")
    @classmethod
    def _number_of_a_chat(cls, text: str) -> str:
        if text.strip() and not re.fullmatch(r"-?\d{1,20}", text.strip()):
            raise ValueError("must be the number of a chat, of a group a negative one such as -1001234567890")
        return text.strip()

    @model_validator(mode="after")
    def _reachable_for_telegram(self) -> Settings:
        if self.telegram_mode == "polling" or not self.telegram_bot_token.get_secret_value():
            return self
        if not self.public_url:
            raise ValueError("PUBLIC_URL is missing: with TELEGRAM_MODE=webhook Telegram delivers to it")
        if self.app_env == "production" and not self.public_url.startswith("https://"):
            raise ValueError("PUBLIC_URL: must begin with https://, for TELEGRAM_MODE=webhook takes nothing else")
        return self

    @model_validator(mode="after")
    def _no_half_pairs(self) -> Settings:
        for pair in _PAIRS:
            missing = [name.upper() for name in pair if not _plain(getattr(self, name))]
            if len(missing) == 1:
                given = next(name.upper() for name in pair if name.upper() != missing[0])
                raise ValueError(f"{missing[0]} is missing: {given} is set, and the two work only together")
        return self

    @property
    def store_url(self) -> str:
        """DATABASE_URL when set; else the Supabase pair; else the embedded file under DATA_DIR."""
        if self.database_url:
            return self.database_url
        if self.supabase_url:
            return f"supabase+{self.supabase_url}"
        return f"sqlite:///{(self.data_dir / 'crystalbay.db').resolve()}"

    @property
    def origins(self) -> list[str]:
        return [part.strip().rstrip("/") for part in self.cors_origins.split(",") if part.strip()]

    @property
    def simulated(self) -> bool:
        """May simulated providers run here?"""
        return self.app_env != "production"


def is_email(text: str) -> bool:
    """Does it look like an address somebody may sign in with?"""
    return len(text) <= 254 and _EMAIL.fullmatch(text) is not None


def _decoded_length(text: str) -> int:
    """How many bytes base64 stands for, in either alphabet, with or without its padding; 0: it is no base64."""
    plain = text.translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        return len(base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True))
    except (binascii.Error, ValueError):
        return 0


def _plain(value: Any) -> str:
    return str(value.get_secret_value() if isinstance(value, SecretStr) else value)


def load(**overrides: Any) -> Settings:
    """Read the environment and `.env`. Raises ConfigError: every wrong variable with the reason and what is allowed."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise ConfigError("\n".join(_sentence(problem) for problem in error.errors())) from None


def _sentence(problem: Any) -> str:
    reason = str(problem["msg"]).removeprefix("Value error, ")
    name = ".".join(str(part) for part in problem["loc"]).upper()
    return f"{name}: {reason}" if name else reason


def kept_secret(settings: Settings, name: str, given: SecretStr) -> str:
    """The secret that was given, or one that is made once and kept under DATA_DIR (mode 600).

    Several machines over one database must share it by the environment variable. Raises ConfigError when the folder
    cannot be used.
    """
    if given.get_secret_value():
        return given.get_secret_value()
    path = settings.data_dir / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make_secret(path)
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"DATA_DIR: {path} cannot be read and written: {error.strerror}") from None


def _make_secret(path: Path) -> None:
    with NamedTemporaryFile("w", dir=path.parent) as file:
        file.write(secrets.token_urlsafe(32))
        file.flush()
        with suppress(FileExistsError):  # another process was faster: its secret counts
            os.link(file.name, path)
