"""Mail providers that anybody can have an address with: their domain proves nothing about a school."""

from __future__ import annotations

from tandem.core.agreement import School

PUBLIC_PROVIDERS = frozenset(
    ["gmail.com", "googlemail.com", "outlook.com", "outlook.fr", "outlook.es", "outlook.de", "outlook.jp", "outlook.sa", "hotmail.com", "hotmail.co.uk", "hotmail.fr", "hotmail.es", "hotmail.de", "hotmail.it", "live.com", "live.co.uk", "live.fr", "live.nl", "msn.com", "yahoo.com", "yahoo.co.uk", "yahoo.fr", "yahoo.es", "yahoo.de", "yahoo.it", "yahoo.com.br", "yahoo.co.in", "yahoo.in", "yahoo.co.jp", "yahoo.com.mx", "yahoo.com.ar", "ymail.com", "rocketmail.com", "aol.com", "icloud.com", "me.com", "mac.com", "proton.me", "protonmail.com", "protonmail.ch", "pm.me", "tutanota.com", "tuta.com", "tuta.io", "gmx.de", "gmx.net", "gmx.com", "gmx.at", "gmx.ch", "web.de", "t-online.de", "freenet.de", "mail.de", "posteo.de", "mailbox.org", "arcor.de", "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "laposte.net", "bbox.fr", "neuf.fr", "libero.it", "virgilio.it", "alice.it", "tin.it", "terra.com.br", "uol.com.br", "bol.com.br", "ig.com.br", "globo.com", "sapo.pt", "mail.pt", "netcabo.pt", "telefonica.net", "terra.es", "rediffmail.com", "indiatimes.com", "sify.com", "zoho.com", "zohomail.com", "yandex.ru", "yandex.com", "ya.ru", "mail.ru", "bk.ru", "inbox.ru", "list.ru", "rambler.ru", "qq.com", "foxmail.com", "163.com", "126.com", "yeah.net", "sina.com", "sina.cn", "sohu.com", "aliyun.com", "139.com", "189.cn", "naver.com", "daum.net", "hanmail.net", "docomo.ne.jp", "ezweb.ne.jp", "au.com", "softbank.ne.jp", "i.softbank.jp", "nifty.com", "biglobe.ne.jp", "so-net.ne.jp", "excite.co.jp", "btinternet.com", "sky.com", "talktalk.net", "virginmedia.com", "ntlworld.com", "blueyonder.co.uk", "bigpond.com", "optusnet.com.au", "xtra.co.nz", "comcast.net", "verizon.net", "att.net", "sbcglobal.net", "bellsouth.net", "cox.net", "charter.net", "earthlink.net", "shaw.ca", "rogers.com", "sympatico.ca", "videotron.ca", "telkomsa.net", "mweb.co.za", "safaricom.co.ke", "maktoob.com", "fastmail.com", "fastmail.fm", "hey.com", "mail.com", "email.com", "usa.com", "inbox.com", "hushmail.com", "mailfence.com", "runbox.com", "seznam.cz", "centrum.cz", "wp.pl", "o2.pl", "onet.pl", "interia.pl", "op.pl", "abv.bg", "ukr.net", "bluewin.ch", "hispeed.ch", "skynet.be", "telenet.be", "ziggo.nl", "kpnmail.nl", "home.nl", "planet.nl", "chello.nl", "online.no", "telia.com", "walla.com", "walla.co.il"]
)


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower().rstrip(".")


def belongs(address: str, school: School) -> bool:
    """Is the address in a domain of the school's people (their `email`) that is no public mail provider's?"""
    domain = domain_of(address)
    return domain not in PUBLIC_PROVIDERS and domain in {domain_of(p.email) for p in school.people}
