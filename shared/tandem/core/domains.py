"""Mail providers that anybody can have an address with: their domain proves nothing about a school."""

from __future__ import annotations

from tandem.core.agreement import School

_NAMES = """
    126.com 139.com 163.com 189.cn abv.bg alice.it aliyun.com aol.com arcor.de att.net au.com bbox.fr
    bellsouth.net biglobe.ne.jp bigpond.com bk.ru bluewin.ch blueyonder.co.uk bol.com.br btinternet.com centrum.cz
    charter.net chello.nl comcast.net cox.net daum.net docomo.ne.jp earthlink.net email.com excite.co.jp
    ezweb.ne.jp fastmail.com fastmail.fm foxmail.com free.fr freenet.de globo.com gmail.com gmx.at gmx.ch gmx.com
    gmx.de gmx.net googlemail.com hanmail.net hey.com hispeed.ch home.nl hotmail.co.uk hotmail.com hotmail.de
    hotmail.es hotmail.fr hotmail.it hushmail.com i.softbank.jp icloud.com ig.com.br inbox.com inbox.ru
    indiatimes.com interia.pl kpnmail.nl laposte.net libero.it list.ru live.co.uk live.com live.fr live.nl mac.com
    mail.com mail.de mail.pt mail.ru mailbox.org mailfence.com maktoob.com me.com msn.com mweb.co.za naver.com
    netcabo.pt neuf.fr nifty.com ntlworld.com o2.pl onet.pl online.no op.pl optusnet.com.au orange.fr outlook.com
    outlook.de outlook.es outlook.fr outlook.jp outlook.sa planet.nl pm.me posteo.de proton.me protonmail.ch
    protonmail.com qq.com rambler.ru rediffmail.com rocketmail.com rogers.com runbox.com safaricom.co.ke sapo.pt
    sbcglobal.net seznam.cz sfr.fr shaw.ca sify.com sina.cn sina.com sky.com skynet.be so-net.ne.jp softbank.ne.jp
    sohu.com sympatico.ca t-online.de talktalk.net telefonica.net telenet.be telia.com telkomsa.net terra.com.br
    terra.es tin.it tuta.com tuta.io tutanota.com ukr.net uol.com.br usa.com verizon.net videotron.ca virgilio.it
    virginmedia.com walla.co.il walla.com wanadoo.fr web.de wp.pl xtra.co.nz ya.ru yahoo.co.in yahoo.co.jp
    yahoo.co.uk yahoo.com yahoo.com.ar yahoo.com.br yahoo.com.mx yahoo.de yahoo.es yahoo.fr yahoo.in yahoo.it
    yandex.com yandex.ru yeah.net ymail.com ziggo.nl zoho.com zohomail.com
"""
PUBLIC_PROVIDERS = frozenset(_NAMES.split())


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower().rstrip(".")


def belongs(address: str, school: School) -> bool:
    """Is the address in a domain of the school's people (their `email`) that is no public mail provider's?"""
    domain = domain_of(address)
    return domain not in PUBLIC_PROVIDERS and domain in {domain_of(p.email) for p in school.people}
