"""From which address somebody asks."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the address to count failed log-ins by.

    Behind the proxy (DJANGO_BEHIND_PROXY) it is the last hop of X-Forwarded-For, which the proxy itself
    wrote: what stands before that anybody may claim, and the proxy's own address is everybody's.
    """
    direct = str(request.META.get("REMOTE_ADDR", ""))
    if not settings.BEHIND_PROXY:
        return direct
    return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or direct
