"""Every kind of mail in each language, at the width of a phone and of a desk, on one page: `make gallery`.

    python -m local.gallery [--out build/gallery] [--languages en,ar] [--only digest/monthly,agenda]

Chromium shows each mail as a mail program would; what is wider than the phone, and what axe finds (contrast, headings,
language, tables), is measured on the way and listed at the top. Exit status 1 where something is found.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import click

PHONE, DESK = 360, 800
_FONTS = "fonts-noto-core fonts-noto-cjk"
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
# Mails are shown inside other pages: rules about a page's own landmarks say nothing about them.
_NOT_FOR_MAIL = ("region", "landmark-one-main", "page-has-heading-one", "bypass")
_WIDE = """() => [...document.querySelectorAll('*')]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1)
  .map(e => e.tagName.toLowerCase() + ': ' + e.textContent.trim().slice(0, 60)).slice(0, 3)"""


@dataclass
class Shown:
    """One mail in one language."""

    title: str
    language: str
    subject: str
    text: str
    pictures: dict[int, str] = field(default_factory=dict)  # width: file
    findings: list[str] = field(default_factory=list)


def _mails(languages: list[str], only: list[str]) -> Iterator[tuple[Shown, str]]:
    from tests.support.samples import rendered, samples

    for one in samples():
        if only and not any(one.title.startswith(wanted) for wanted in only):
            continue
        for language in languages:
            mail = rendered(one, language)
            yield Shown(one.title, language, mail.subject, mail.text), mail.html


def _has_font(language: str) -> bool:
    """Is there a font for that language's script? Without one the pictures show boxes, and nobody could judge them."""
    listed = shutil.which("fc-list")
    return listed is None or bool(
        subprocess.run([listed, f":lang={language}"], capture_output=True, check=False).stdout
    )


def _axe() -> str:
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def _look(page: Any, shown: Shown, html: str, out: Path, axe: str) -> None:
    for width in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": 600})
        page.set_content(html)
        name = f"{shown.title.replace('/', '-')}.{shown.language}.{width}.png"
        page.screenshot(path=out / name, full_page=True)
        shown.pictures[width] = name
        if width == PHONE:
            if page.evaluate("document.scrollingElement.scrollWidth") > width:
                shown.findings.append("wider than the phone")
            shown.findings += [f"sticks out: {what}" for what in page.evaluate(_WIDE)]
    page.evaluate(axe)
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    for violation in result["violations"]:
        if violation["id"] not in _NOT_FOR_MAIL:
            where = violation["nodes"][0]["target"]
            shown.findings.append(f"axe {violation['id']}: {violation['help']} ({where})")


def _index(mails: list[Shown], languages: list[str]) -> str:
    found = [(m, what) for m in mails for what in m.findings]
    head = (
        "<!DOCTYPE html><html lang=en><meta charset=utf-8><title>Every mail</title><style>"
        "body{font:15px/1.4 system-ui,sans-serif;margin:20px;background:#f3f5f6;color:#1d2730}"
        "h2{margin:40px 0 8px;border-top:2px solid #0b7a80;padding-top:12px}"
        "figure{display:inline-block;vertical-align:top;margin:0 14px 14px 0}"
        "figcaption{font-size:13px;max-width:360px}img{border:1px solid #c5ced5;background:#fff}.d{width:480px}"
        "details{display:inline-block;vertical-align:top;max-width:480px}pre{white-space:pre-wrap;background:#fff;padding:8px}"
        "</style><h1>Every mail, in every language</h1>"
    )
    summary = f"<p>{len(mails)} mails in {len(languages)} languages; {len(found)} findings.</p><ul>"
    summary += "".join(f"<li>{escape(m.title)} {m.language}: {escape(what)}" for m, what in found) + "</ul>"
    body, last = [], ""
    for m in mails:
        if m.title != last:
            body.append(f"<h2 id='{m.title}'>{escape(m.title)}</h2>")
            last = m.title
        body.append(
            f"<figure><figcaption><b>{m.language}</b> <bdi>{escape(m.subject)}</bdi></figcaption>"
            f"<img loading=lazy width={PHONE} src='{m.pictures[PHONE]}' alt=''></figure>"
            "<figure><figcaption>&nbsp;</figcaption>"
            f"<img class=d loading=lazy src='{m.pictures[DESK]}' alt=''></figure>"
            f"<details><summary>as plain text</summary><pre dir=auto>{escape(m.text)}</pre></details>"
        )
    return head + summary + "".join(body)


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("build/gallery"), show_default=True)
@click.option("--languages", default="", help="comma-separated; every language when left out")
@click.option("--only", default="", help="comma-separated beginnings of kind/variant")
def main(out: Path, languages: str, only: str) -> None:
    """Shows every kind of mail in each language on one page."""
    from playwright.sync_api import sync_playwright

    from tandem.wire.catalogue import languages as known

    chromium = next((path for name in _CHROMIUM if (path := shutil.which(name))), None)
    if chromium is None:
        raise click.ClickException(f"Chromium is not here: apt-get install chromium {_FONTS}")
    wanted = [code for code in languages.split(",") if code] or list(known())
    without = [code for code in wanted if not _has_font(code)]
    if without:
        raise click.ClickException(f"no font for {', '.join(without)}: apt-get install {_FONTS}")
    out.mkdir(parents=True, exist_ok=True)
    axe, mails = _axe(), []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        for shown, html in _mails(wanted, [o for o in only.split(",") if o]):
            _look(page, shown, html, out, axe)
            mails.append(shown)
            for what in shown.findings:
                click.echo(f"{shown.title} {shown.language}: {what}")
        browser.close()
    (out / "index.html").write_text(_index(mails, wanted), encoding="utf-8")
    click.echo(f"{len(mails)} mails: {out / 'index.html'}")
    sys.exit(1 if any(m.findings for m in mails) else 0)


if __name__ == "__main__":
    main()
