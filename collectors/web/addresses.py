"""One spelling for one address, so that a page met twice is one report."""

import re
from typing import Final

import ada_url

_TRACKING: Final = re.compile(
    r"(utm_.*|mtm_.*|pk_.*|hsa_.*|_hs(enc|mi)|fbclid|gclid|gclsrc|gbraid|wbraid|dclid|msclkid|yclid|twclid|ttclid"
    r"|igshid|igsh|li_fat_id|mc_cid|mc_eid|mkt_tok|vero_id|oly_(anon|enc)_id|_ga|_gl|ns_(campaign|mchannel|source)"
    r"|at_(campaign|medium|custom\d)|cmpid|smid|ocid|s_cid|ref_src|ref_url)",
    re.IGNORECASE,
)
_SAME_SITE_PREFIX: Final = re.compile(r"^(www\d?|m|mobile|amp)\.(?=[^.]+\.[^.])")


def canonical_url(url: str) -> str:
    """Return the canonical spelling of a web address, or an empty string for an invalid one.

    Lower-case host, no default port, user name or fragment, no tracking parameters, the rest of the
    query sorted. Parsed by the WHATWG standard; applying it twice changes nothing.
    """
    parsed = _web(url)
    if parsed is None:
        return ""
    parameters = [part for part in parsed.search[1:].split("&") if part]
    query = "&".join(sorted(part for part in parameters if not _TRACKING.fullmatch(part.partition("=")[0])))
    return str(ada_url.replace_url(parsed.href, username="", password="", hash="", search=query))


def same_site(url: str, other: str) -> bool:
    """Whether two addresses have the same host but for ``www.``, ``m.``, ``mobile.`` or ``amp.``.

    Stricter than a shared registrable domain on purpose: neighbours on one hosting domain must not be able
    to speak for each other.
    """
    first, second = _web(url), _web(other)
    return first is not None and second is not None and _site(first.hostname) == _site(second.hostname)


def absolute_url(reference: str, base: str) -> str:
    """Return a page's reference as an absolute web address, or an empty string for an invalid one."""
    try:
        joined = ada_url.join_url(base, reference.strip()) if base else reference.strip()
    except ValueError:
        return ""
    return joined if _web(joined) is not None else ""


def _web(url: str) -> ada_url.URL | None:
    try:
        parsed = ada_url.URL(url.strip())
    except (ValueError, UnicodeError):
        return None
    return parsed if parsed.protocol in {"http:", "https:"} and parsed.hostname else None


def _site(host: str) -> str:
    return _SAME_SITE_PREFIX.sub("", host.lower().rstrip("."))
