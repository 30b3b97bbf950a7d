"""E-mail addresses and own domains, as texts that can be compared.

An own domain is what a firm registered: `mail.acme.com.cn` gives `acme.com.cn`. Domains of mail providers,
site builders and social networks belong to nobody here.
"""

import re
import unicodedata
from urllib.parse import urlsplit

_ADDRESS = re.compile(r"[^@\s<>]+@(?P<host>[^@\s<>/]+\.[^@\s<>/]+)")
_HOST = re.compile(r"(?:[\w-]+\.)+[\w-]{2,}")
# Under these a firm registers the third label. The whole public suffix list is 300 KB and moves monthly.
_SECOND_LEVEL_NAMES = "com net org gov edu ac co gob go or ne nom ltd plc me in info biz mil"
_SECOND_LEVEL = frozenset(_SECOND_LEVEL_NAMES.split())
_PROVINCE_NAMES = (
    "bj sh tj cq he sx nm ln jl hl js zj ah fj jx sd ha hb hn gd gx hi sc gz yn xz sn gs qh nx xj tw hk mo"
)
_CHINESE_PROVINCES = frozenset(_PROVINCE_NAMES.split())
_SHARED_NAMES = (
    "qq.com 163.com 126.com yeah.net 139.com 189.cn wo.cn sina.com sina.cn sina.com.cn vip.sina.com sohu.com "
    "foxmail.com aliyun.com tom.com 21cn.com 263.net 188.com 163.net eyou.com gmail.com googlemail.com "
    "hotmail.com outlook.com live.com msn.com yahoo.com yahoo.cn yahoo.com.cn yahoo.co.jp yahoo.co.uk "
    "yahoo.com.hk yahoo.com.tw ymail.com icloud.com me.com mac.com aol.com gmx.com gmx.de gmx.net web.de "
    "t-online.de mail.ru yandex.ru yandex.com naver.com daum.net hanmail.net protonmail.com proton.me zoho.com "
    "mail.com orange.fr wanadoo.fr free.fr libero.it hinet.net example.com weibo.com weibo.cn 1688.com "
    "taobao.com tmall.com jd.com alibaba.com made-in-china.com facebook.com linkedin.com twitter.com x.com "
    "instagram.com youtube.com github.io wordpress.com blogspot.com wixsite.com weebly.com shopify.com "
    "myshopify.com netlify.app vercel.app google.com baidu.com"
)
_SHARED = frozenset(_SHARED_NAMES.split())


def address_of(text: str) -> str | None:
    """The e-mail address in `text`, folded, or None."""
    found = _ADDRESS.search(unicodedata.normalize("NFKC", text[:320]).casefold())
    return found[0].removeprefix("mailto:").rstrip(".,;") if found else None


def own_domain(text: str) -> str | None:
    """The registered domain of an e-mail address or a web address, or None for a shared or malformed one."""
    host = _host(unicodedata.normalize("NFKC", text[:2048]).strip().casefold())
    if host is None:
        return None
    domain = _registered(host.split("."))
    return None if domain in _SHARED or host in _SHARED else domain


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
