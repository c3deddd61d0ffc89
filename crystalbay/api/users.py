"""REST of users: the list for assigning, their management, oneself and one's sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from flask import jsonify
from pydantic import BaseModel, Field

from crystalbay.api.blueprint import api
from crystalbay.api.guard import Answer, allowed, me, page, person
from crystalbay.api.shapes import Email, Given, Line, Page, PageQuery, ProblemOut
from crystalbay.errors import Invalid
from crystalbay.services import sessions, staff, users
from crystalbay.services.links import Link
from crystalbay.web import auth, paging
from crystalbay.web.place import address_of, caller_address
from crystalbay.web.wiring import context
from models import Role

Presence = Literal["here", "busy", "away"]
Language = Literal["ru", "en"]


class UserOut(BaseModel):
    """A user. E-mail, last visit, invitation and load are told to administrators and heads, and of oneself."""

    id: str
    name: str
    role: Role
    presence: Presence
    active: bool
    email: str | None
    last_seen_at: datetime | None
    invited: bool | None = Field(description="Has not accepted the invitation yet")
    open_leads: int | None = Field(description="Leads that are not closed; in lists with load=true")


class UserPage(Page[UserOut]):
    pass


TimeOfDay = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""HH:MM by the clock of the user's own machine."""


class Preferences(Given):
    """How the dashboard behaves for this user."""

    theme: Literal["light", "dark", "system"] | None = None
    shortcuts: bool | None = Field(default=None, description="Single keys act; true unless set")
    send_with: Literal["enter", "ctrl_enter"] | None = None
    rail: Literal["wide", "narrow"] | None = None
    sound: Literal["chime", "drop", "knock", "off"] | None = Field(default=None, description="chime unless set")
    volume: Literal["quiet", "normal", "loud"] | None = Field(default=None, description="normal unless set")
    quiet_hours: bool | None = Field(
        default=None, description="No sound and no browser notice at these times of the day"
    )
    quiet_from: TimeOfDay | None = Field(default=None, description="22:00 unless set", examples=["22:00"])
    quiet_until: TimeOfDay | None = Field(default=None, description="08:00 unless set", examples=["08:00"])


class MeOut(BaseModel):
    """Oneself."""

    id: str
    name: str
    email: str
    role: Role
    presence: Presence
    language: Language | None = Field(description="null: as the browser asks")
    preferences: dict[str, Any]


class LinkOut(BaseModel):
    link: str = Field(description="Shown only here; works once, and the newest one only")
    expires_at: datetime


class InvitedOut(LinkOut):
    user: UserOut


class SessionOut(BaseModel):
    id: str
    address: str
    agent: str
    created_at: datetime
    last_seen_at: datetime
    current: bool = Field(description="It is the session that asks")


class SessionPage(Page[SessionOut]):
    pass


class UserIn(Given):
    """Somebody to invite."""

    email: Email = Field(examples=["anna@example.com"])
    name: Line = Field(examples=["Анна К."])
    role: Role = Field(examples=["manager"])


class UserPatch(Given):
    """What to set. Switching off needs `reassign_to`: to whom the open leads go, or null for nobody."""

    name: Line | None = None
    role: Role | None = None
    active: bool | None = None
    reassign_to: Line | None = None


class MePatch(Given):
    name: Line | None = None
    presence: Presence | None = None
    language: Language | None = None
    preferences: Preferences | None = Field(default=None, examples=[{"theme": "dark", "send_with": "ctrl_enter"}])


class PasswordIn(Given):
    old: str = Field(max_length=1000)
    new: str = Field(max_length=1000, examples=["три слова подряд"])


class UserQuery(PageQuery):
    active: bool | None = None
    load: bool = Field(default=False, description="Count the open leads, for administrators and heads")


def _given(body: Given) -> dict[str, Any]:
    """The fields that were named. Raises Invalid for none."""
    if not body.model_fields_set:
        raise Invalid("body", "name at least one field to change")
    return {name: getattr(body, name) for name in body.model_fields_set}


def _refuse_null(sets: dict[str, Any], *names: str) -> None:
    for name in names:
        if name in sets and sets[name] is None:
            raise Invalid(name, "cannot be null")


def _shown(row: Any, *, load: bool = True) -> dict[str, Any]:
    return users.present(context().store, row, me(), load=load)


def _link(link: Link) -> dict[str, Any]:
    return {"link": address_of(link.path), "expires_at": link.expires_at}


# --------------------------------------------------------------------------- users


@api.get("/users")
@allowed("leads:read", "users", HTTP_200=UserPage)
def list_users(query: UserQuery) -> Answer:
    """List users

    The oldest first. Everybody who may read leads sees names, roles and presence."""
    after = paging.moments(paging.after(query.cursor, 2))
    rows = users.list_users(context().store, active=query.active, limit=query.limit + 1, after=after)
    return page(rows, query.limit, lambda shown: [_shown(row, load=query.load) for row in shown], ("created_at", "id"))


@api.post("/users")
@allowed("admin", "users", HTTP_201=InvitedOut)
def invite_user(json: UserIn) -> Answer:
    """Invite a user

    The link in the answer lets them set a password, once, within 72 hours. Administrators only."""
    row, link = staff.invite(context(), me(), email=json.email, name=json.name, role=json.role)
    return jsonify({"user": _shown(row), **_link(link)}), 201


@api.get("/users/<user_id>")
@allowed("leads:read", "users", HTTP_200=UserOut)
def show_user(user_id: str) -> Answer:
    """One user

    E-mail and last visit are told to administrators and heads, and of oneself."""
    return jsonify(_shown(users.read(context().store, user_id)))


@api.patch("/users/<user_id>")
@allowed("admin", "users", HTTP_200=UserOut)
def change_user(user_id: str, json: UserPatch) -> Answer:
    """Change a user

    Administrators only. A new role, or switching off, ends the user's sessions at once. Nobody changes their own role,
    and an administrator always remains (422)."""
    sets = _given(json)
    _refuse_null(sets, "name", "role", "active")
    named = "reassign_to" in sets
    to = sets.pop("reassign_to", None)
    if sets.get("active") is False and not named:
        raise Invalid("reassign_to", "say to whom the open leads go; null for nobody")
    if "role" in sets:
        sets["role"] = sets["role"].value
    return jsonify(_shown(staff.change(context(), me(), user_id, sets, reassign_to=to)))


@api.post("/users/<user_id>/link")
@allowed("admin", "users", HTTP_201=LinkOut)
def make_link(user_id: str) -> Answer:
    """Make a new link for a user

    The invitation again (72 hours), or a link for a new password (24 hours). Older links end. Administrators only."""
    return jsonify(_link(staff.renew_link(context(), me(), user_id))), 201


@api.delete("/users/<user_id>/sessions")
@allowed("admin", "users", HTTP_204=None)
def end_user_sessions(user_id: str) -> Answer:
    """Sign a user out everywhere

    Administrators only; of one's own sessions the present one stays."""
    users.read(context().store, user_id)
    sessions.end_all(context(), me(), user_id)
    return "", 204


# --------------------------------------------------------------------------- oneself


@api.get("/users/me")
@allowed("leads:read", "users", HTTP_200=MeOut)
def show_me() -> Answer:
    """The signed-in user

    With language, presence and preferences. A key is nobody: 403."""
    return jsonify(staff.present_me(users.read(context().store, person().id)))


@api.patch("/users/me")
@allowed("leads:read", "users", HTTP_200=MeOut)
def change_me(json: MePatch) -> Answer:
    """Change oneself

    Preferences that are not named stay."""
    viewer, sets = person(), _given(json)
    _refuse_null(sets, "name", "presence", "preferences")
    if json.preferences:
        sets["preferences"] = json.preferences.model_dump(exclude_none=True)
    return jsonify(staff.present_me(staff.change_me(context(), viewer, sets)))


@api.post("/users/me/password")
@allowed("leads:read", "users", HTTP_204=None, HTTP_429=ProblemOut)
def change_my_password(json: PasswordIn) -> Answer:
    """Change one's password

    All other sessions end. Misses count as at signing in: 429 says how long to wait."""
    user = staff.change_password(context(), person(), old=json.old, new=json.new, place=caller_address())
    auth.begin_session(user)
    return "", 204


@api.get("/users/me/sessions")
@allowed("leads:read", "users", HTTP_200=SessionPage)
def list_my_sessions() -> Answer:
    """List one's sessions

    The last used first; all of them in one page."""
    viewer = person()
    items = [sessions.present(row, viewer.session_id) for row in sessions.alive(context(), viewer.id)]
    return jsonify({"items": items, "next_cursor": None})


@api.delete("/users/me/sessions")
@allowed("leads:read", "users", HTTP_204=None)
def end_my_other_sessions() -> Answer:
    """End all of one's other sessions

    This one goes on; the others have to sign in again."""
    viewer = person()
    sessions.end_all(context(), viewer, viewer.id)
    return "", 204


@api.delete("/users/me/sessions/<session_id>")
@allowed("leads:read", "users", HTTP_204=None)
def end_my_session(session_id: str) -> Answer:
    """End one of one's sessions

    Whoever uses it has to sign in again."""
    sessions.end_one(context(), person(), session_id)
    return "", 204
