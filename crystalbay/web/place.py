"""Where a request comes from, and at which address this system is reached."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from flask import request

from crystalbay.web.wiring import context

_OUR_NETWORKS = [
    ip_network(text)
    for text in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7", "fe80::/10")
]


def caller_address() -> str:
    """The network address of who asks. A proxy of our own network says it in X-Forwarded-For: its last entry counts,
    for the others are what the caller wrote himself."""
    peer = request.remote_addr or ""
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return told if told and _is_ours(peer) and _is_address(told) else peer


def _is_ours(peer: str) -> bool:
    return _is_address(peer) and any(ip_address(peer) in network for network in _OUR_NETWORKS)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def address_of(path: str) -> str:
    """The full address of a page, for people elsewhere: at PUBLIC_URL, else as this request reached us."""
    return f"{context().settings.public_url or request.host_url.rstrip('/')}{path}"
