"""E-mail addresses and own domains, as texts that can be compared.

An own domain is what a firm registered: `mail.acme.com.cn` gives `acme.com.cn`. Domains of mail providers,
site builders and social networks (`data/shared_domains.txt`) belong to nobody here.
"""

import re
import unicodedata
from urllib.parse import urlsplit

from oa_crm.duplicates.tables import words

_ADDRESS = re.compile(r"[^@\s<>]+@(?P<host>[^@\s<>/]+\.[^@\s<>/]+)")
_HOST = re.compile(r"(?:[\w-]+\.)+[\w-]{2,}")
# Under these a firm registers the third label. The whole public suffix list is 300 KB and moves monthly.
_SECOND_LEVEL_NAMES = "com net org gov edu ac co gob go or ne nom ltd plc me in info biz mil"
_SECOND_LEVEL = frozenset(_SECOND_LEVEL_NAMES.split())
_PROVINCE_NAMES = (
    "bj sh tj cq he sx nm ln jl hl js zj ah fj jx sd ha hb hn gd gx hi sc gz yn xz sn gs qh nx xj tw hk mo"
)
_CHINESE_PROVINCES = frozenset(_PROVINCE_NAMES.split())


def address_of(text: str) -> str | None:
    """The e-mail address in `text`, folded, or None."""
    found = _ADDRESS.search(unicodedata.normalize("NFKC", text[:320]).casefold())
    return found[0].removeprefix("mailto:").rstrip(".,;") if found else None


def own_domain(text: str) -> str | None:
    """The registered domain of an e-mail address or a web address, or None for a shared or malformed one."""
    host = _host(unicodedata.normalize("NFKC", text[:2048]).strip().casefold())
    if host is None:
        return None
    domain, shared = _registered(host.split(".")), words("shared_domains")
    return None if domain in shared or host in shared else domain


def _host(text: str) -> str | None:
    if found := _ADDRESS.search(text):
        host = found["host"]
    else:
        try:
            host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
        except ValueError:
            return None
    host = host.strip(".,;")
    return host if _HOST.fullmatch(host) and not host.rsplit(".", 1)[-1].isdecimal() else None


def _registered(labels: list[str]) -> str:
    public = len(labels[-1]) == 2 and (
        labels[-2] in _SECOND_LEVEL or (labels[-1] == "cn" and labels[-2] in _CHINESE_PROVINCES)
    )
    return ".".join(labels[-3:] if public and len(labels) > 2 else labels[-2:])
