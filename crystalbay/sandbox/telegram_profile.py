"""What the bot says about itself: its name, commands and descriptions."""

from __future__ import annotations

import json
import re
from typing import Any

from crystalbay.sandbox.telegram_chats import Chats
from crystalbay.sandbox.telegram_request import Method, Params, bad_request

_COMMANDS = 100
_NAME = re.compile(r"[a-z0-9_]{1,32}")
_COMMAND_DESCRIPTION = 256
_TEXTS = {"Description": ("description", 512), "ShortDescription": ("short_description", 120)}
_LANGUAGE = re.compile(r"([a-z]{2})?")


class Profile:
    def __init__(self, chats: Chats) -> None:
        self._chats = chats
        self.clear()

    def clear(self) -> None:
        self._commands: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._texts: dict[tuple[str, str], str] = {}

    def commands(self) -> dict[str, list[dict[str, Any]]]:
        """The commands that everybody sees, by language ("" is every other one)."""
        with self._chats.lock:
            return {language: commands for (scope, language), commands in self._commands.items() if scope == "default"}

    def methods(self) -> dict[str, Method]:
        found: dict[str, Method] = {
            "getMe": self._me,
            "setMyCommands": self._set_commands,
            "getMyCommands": lambda params: self._commands.get(_scope(params), []),
            "deleteMyCommands": self._delete_commands,
        }
        for name, (field, most) in _TEXTS.items():
            found[f"setMy{name}"] = self._setter(field, most)
            found[f"getMy{name}"] = self._getter(field)
        return found

    def _me(self, _: Params) -> dict[str, Any]:
        abilities = ("can_join_groups", "can_read_all_group_messages", "supports_inline_queries")
        more = ("can_connect_to_business", "has_main_web_app", "has_topics_enabled", "allows_users_to_create_topics")
        return {**self._chats.bot.shown(), **dict.fromkeys(abilities + more, False), "can_join_groups": True}

    def _set_commands(self, params: Params) -> bool:
        commands = params.json("commands")
        if not isinstance(commands, list) or not all(isinstance(command, dict) for command in commands):
            raise bad_request("can't parse commands: expected an Array of BotCommand")
        if len(commands) > _COMMANDS:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        kept = [_command(command) for command in commands]
        with self._chats.lock:
            self._commands[_scope(params)] = kept
        return True

    def _delete_commands(self, params: Params) -> bool:
        with self._chats.lock:
            self._commands.pop(_scope(params), None)
        return True

    def _setter(self, field: str, most: int) -> Method:
        def set_text(params: Params) -> bool:
            if len(params.text(field)) > most:
                raise bad_request(f"{field.replace('_', ' ')} is too long")
            with self._chats.lock:
                self._texts[field, _language(params)] = params.text(field)
            return True

        return set_text

    def _getter(self, field: str) -> Method:
        def get_text(params: Params) -> dict[str, str]:
            own, common = self._texts.get((field, _language(params))), self._texts.get((field, ""), "")
            return {field: own or common}

        return get_text


def _command(command: dict[str, Any]) -> dict[str, str]:
    name = str(command.get("command", "")).removeprefix("/")
    description = str(command.get("description", "")).strip()
    if not _NAME.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= _COMMAND_DESCRIPTION:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


def _scope(params: Params) -> tuple[str, str]:
    scope = params.json("scope") or {"type": "default"}
    name = "default" if scope == {"type": "default"} else json.dumps(scope, sort_keys=True)
    return name, _language(params)


def _language(params: Params) -> str:
    language = params.text("language_code")
    if not _LANGUAGE.fullmatch(language):
        raise bad_request("invalid language code specified")
    return language
