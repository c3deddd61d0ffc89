"""Text limits of the messengers behind Wazzup24 (contract section 3)."""

from __future__ import annotations

_LIMITS = {
    "whatsapp": 10_000,
    "whatsgroup": 10_000,
    "telegram": 4096,
    "telegroup": 4096,
    "max": 4096,
    "maxgroup": 4096,
    "instagram": 1000,
    "vk": 1000,
    "avito": 1000,
    "viber": 6999,
}
WABA_LIMIT = 1024
"""The documentation contradicts itself for WhatsApp Business (550, 1024, 4096); the contract settles on this one."""


def text_limit(chat_type: str) -> int:
    """The longest text one message may hold; the smallest known limit for a chat type that is not known."""
    return _LIMITS.get(chat_type, min(_LIMITS.values()))
