"""Hosts of urls."""

from urllib.parse import urlsplit


def host_of(url: str) -> str:
    """Return the host of a url or of a bare domain, in lower case and without `www.`; "" where there is none."""
    try:
        return (urlsplit(url if "//" in url else "//" + url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
