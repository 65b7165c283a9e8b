"""One HTTP request to a proxy, over TLS and to nowhere else."""

from __future__ import annotations

import http.client
import ssl
import urllib.request
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The proxy token is for this proxy, not for wherever it points."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def get(url: str, headers: Mapping[str, str], *, timeout_s: float) -> http.client.HTTPResponse:
    """Asks through whatever proxy the environment names.

    Args:
        url: beginning with https://.

    Raises:
        urllib.error.HTTPError: any answer that is no success.
        OSError: nobody answers, or not in time.
        http.client.HTTPException: what answers is no HTTP.
    """
    context = ssl.create_default_context()  # it reads SSL_CERT_FILE
    opener = urllib.request.build_opener(
        _NoRedirects(), urllib.request.HTTPSHandler(context=context)
    )
    request = urllib.request.Request(url, headers=dict(headers))  # noqa: S310  # https
    response: http.client.HTTPResponse = opener.open(request, timeout=timeout_s)
    return response
