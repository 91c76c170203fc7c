"""Urls to hosts, hosts to sites."""

import functools
from collections.abc import Iterable
from typing import Final

import regex

_HOST: Final = regex.compile(r"(?:[^/?#]*//)?+(?:[^/?#@]*@)*+([^/?#@:\s]++)")


@functools.lru_cache(maxsize=4096)
def host_of(url: str) -> str:
    """Return the host of a url or of a bare domain, in lower case and without `www.`; "" where there is none."""
    match = _HOST.match(url)
    return match[1].lower().removeprefix("www.") if match else ""


def host_matches(host: str, sites: Iterable[str]) -> bool:
    """Whether a host is one of the sites or a subdomain of one."""
    return any(host == site or host.endswith("." + site) for site in sites)
