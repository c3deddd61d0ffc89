"""Contact data from outside, in one form: phones E.164, e-mails lower-case."""

from __future__ import annotations

import re

_LETTER = r"[^@.\s\x00-\x1f<>(),;:\"\\]"
_EMAIL = re.compile(rf"(?:{_LETTER}|\.)+@(?:{_LETTER}+\.)+{_LETTER}{{2,}}")
_RUSSIAN_MOBILE = re.compile(r"\+79[0-9]{9}")


def phone_number(text: str) -> str:
    """E.164 of a phone number; Russian when it has no country code. Raises ValueError with what is allowed."""
    if _RUSSIAN_MOBILE.fullmatch(text):  # nearly all that come, and in their form already
        return text
    import phonenumbers  # its tables are large: loaded with the first phone that needs them

    try:
        number = phonenumbers.parse(text, "RU")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ValueError("give the phone with its country code, for example +7 999 123-45-67")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email_address(text: str) -> str:
    """A lower-case e-mail address. Raises ValueError."""
    address = text.strip().casefold()
    if not _EMAIL.fullmatch(address):
        raise ValueError("give an e-mail address, for example anna@example.com")
    return address
