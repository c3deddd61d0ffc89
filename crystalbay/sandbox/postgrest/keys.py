"""The gateway: which role a request speaks for, by its API key and token.

Keys are opaque (`sb_secret_…`, `sb_publishable_…`) or legacy: tokens, signed with the project's secret, that name a
role. Source: supabase.com guides/api/api-keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crystalbay.sandbox.postgrest.errors import ApiError
from crystalbay.sandbox.postgrest.roles import ROLES
from crystalbay.sandbox.postgrest.tokens import BadToken, Signer

SERVICE_KEYS = ("test-service-key", "sb_secret_test")
ANON_KEYS = ("test-anon-key", "sb_publishable_test")
TOKEN_SECRET = "a secret of the sandbox, which signs nothing that counts"  # noqa: S105


class GatewayRefusal(Exception):
    """A 401 of the gateway, whose body has no `code`."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.body = {"message": message, "hint": hint}


@dataclass(frozen=True)
class Identity:
    role: str
    claims: Mapping[str, object]


class Keys:
    """The opaque keys of a project; `signer` signs its legacy keys and the tokens of its users."""

    def __init__(self, service: Sequence[str], anon: Sequence[str], signer: Signer) -> None:
        self._roles = dict.fromkeys(service, "service_role") | dict.fromkeys(anon, "anon")
        self._signer = signer

    def identify(self, headers: Mapping[str, str]) -> Identity:
        """`headers` with lower-case names. Raises GatewayRefusal, and ApiError PGRST301 or 303 for a bad token."""
        key = headers.get("apikey", "")
        identity = self._identity_of_key(key)
        if self._roles.get(key) == "service_role" and headers.get("user-agent", "").startswith("Mozilla/"):
            raise GatewayRefusal(
                "Forbidden use of secret API key in browser",
                "Secret API keys can only be used in a protected environment and should never be used in a browser.",
            )
        token = headers.get("authorization", "").removeprefix("Bearer ").strip()
        if token in ("", key):
            return identity
        return self._plain(token) if token in self._roles else self._identity_of_token(token)

    def _plain(self, key: str) -> Identity:
        return Identity(self._roles[key], {"role": self._roles[key]})

    def _identity_of_key(self, key: str) -> Identity:
        if not key:
            raise GatewayRefusal("No API key found in request", "No `apikey` request header or url param was found.")
        if key in self._roles:
            return self._plain(key)
        try:
            return self._identity_of_token(key)
        except ApiError:
            raise GatewayRefusal(
                "Invalid API key", "Double check your Supabase `anon` or `service_role` API key."
            ) from None

    def _identity_of_token(self, token: str) -> Identity:
        try:
            claims = self._signer.read(token)
        except BadToken as bad:
            raise ApiError(401, "PGRST303" if bad.expired else "PGRST301", str(bad)) from None
        role = claims.get("role", "anon")
        if role not in ROLES:
            raise ApiError(401, "22023", f'role "{role}" does not exist')
        return Identity(role, claims)
