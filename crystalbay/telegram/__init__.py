"""Inner parts of the Telegram channel. Its face is `bot`; others import that, or `buttons`, which needs no library."""
