"""What a browser says of itself, in words that a person knows her devices by."""

from __future__ import annotations

from crystalbay.web.i18n import _

_BROWSERS = (
    ("YaBrowser", "Яндекс Браузер"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi", "Vivaldi"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_PHONES = ("iPhone", "Android")


def device(agent: str) -> str:
    """«Chrome, Windows» of a User-Agent; who it is comes first where several names stand in it."""
    known = [name for names in (_BROWSERS, _SYSTEMS) if (name := _first(names, agent))]
    return ", ".join(known) or _("Неизвестное устройство")


def is_phone(agent: str) -> bool:
    return _first(_SYSTEMS, agent) in _PHONES


def _first(names: tuple[tuple[str, str], ...], agent: str) -> str | None:
    return next((name for mark, name in names if mark in agent), None)
