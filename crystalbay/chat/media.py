"""What comes beside words: voice messages, pictures, documents, stickers, missed calls."""

from __future__ import annotations

from crystalbay.chat import phrases
from crystalbay.chat.dialogue import asks_for
from crystalbay.chat.turn import Turn

MOST_STICKERS = 2


def acknowledge(turn: Turn) -> None:
    """A voice message, a picture, a document: stored, acknowledged, shown to a manager; the machine goes on in text.

    Without a file it is what only the messenger's app shows: a missed call, a poll, a kind that is not passed on.
    """
    if turn.files[:1] != ["sticker"]:
        turn.say(f"{_person_looks(turn)} {phrases.go_on_in_text(turn.dialogue)}")
    elif turn.dialogue.said.get("media:sticker", 0) >= MOST_STICKERS:
        turn.dialogue.unanswered = []  # thanked in all words there are
    else:
        first = "media:sticker" not in turn.dialogue.said and not asks_for(turn.trip)
        thanks = phrases.media_thanks("sticker", turn.dialogue)
        turn.say(f"{thanks} {phrases.go_on_in_text(turn.dialogue)}" if first else thanks)


def _person_looks(turn: Turn) -> str:
    """A manager is asked to look at what the machine cannot read, beside it; the words that say so to the customer."""
    reason = "media" if turn.files else "unreadable"
    several = len(turn.files) > 1 and set(turn.files) == {"image"}
    thanks = phrases.media_thanks("images" if several else turn.files[0], turn.dialogue) if turn.files else ""
    promised = turn.ask_beside(reason)
    return phrases.handed_over(turn.ctx, reason, promised, turn.dialogue, thanks=thanks)


def thank_for_files(turn: Turn) -> None:
    """A picture with a caption: the words were answered, and somebody looks at the picture."""
    if turn.reply and not turn.hand_over and any(kind != "sticker" for kind in turn.files):
        turn.notes.insert(0, _person_looks(turn))
