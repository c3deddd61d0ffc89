"""One request as the API sees it, what it may answer in, and the answer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from crystalbay.sandbox.postgrest.errors import ApiError, bad_range, no_media_type

JSON = "application/json"
OBJECT = "application/vnd.pgrst.object+json"
ARRAY = "application/vnd.pgrst.array+json"

_RANGE = re.compile(r"(\d+)-(\d*)")


@dataclass(frozen=True)
class Call:
    """`path` is what follows /rest/v1/; `headers` has lower-case names; `claims` are those of the key or token."""

    method: str
    path: str
    query_string: bytes
    headers: Mapping[str, str]
    body: str
    role: str
    claims: Mapping[str, object]

    @property
    def reads(self) -> bool:
        return self.method in ("GET", "HEAD")


@dataclass(frozen=True)
class Media:
    """`single`: exactly one row, as an object. `stripped`: without the keys whose value is null."""

    type: str = JSON
    single: bool = False
    stripped: bool = False


@dataclass(frozen=True)
class Answer:
    status: int
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def negotiate(accept: str) -> Media:
    """The first media type that can be had. Raises ApiError PGRST107."""
    for choice in accept.split(","):
        name, *parameters = (part.strip() for part in choice.split(";"))
        stripped = "nulls=stripped" in parameters
        if name in ("", "*/*", JSON, "application/*"):
            return Media()
        if name in (OBJECT, "application/vnd.pgrst.object"):
            return Media(OBJECT, single=True, stripped=stripped)
        if name in (ARRAY, "application/vnd.pgrst.array"):
            return Media(ARRAY, stripped=stripped)
    raise no_media_type(accept)


def window(call: Call, limit: int | None, offset: int) -> tuple[int | None, int]:
    """`limit` and `offset` of the query, within those of a Range header. Raises ApiError PGRST103."""
    asked = _RANGE.fullmatch(call.headers.get("range", "")) if call.reads else None
    if asked is None:
        return limit, offset
    first = max(offset, int(asked[1]))
    ends = [] if limit is None else [offset + limit]
    if asked[2]:
        if int(asked[2]) < int(asked[1]):
            raise bad_range("The lower boundary must be lower than or equal to the upper boundary in the Range header.")
        ends.append(int(asked[2]) + 1)
    return (max(0, min(ends) - first) if ends else None), first


def refusal(error: ApiError) -> Answer:
    """Proxy-Status tells the code even where there is no body, as after HEAD; supabase-py reads it."""
    headers = {"Content-Type": f"{JSON}; charset=utf-8", "Proxy-Status": f"PostgREST; error={error.code}"}
    return Answer(error.status, json.dumps(error.body, ensure_ascii=False), headers)
