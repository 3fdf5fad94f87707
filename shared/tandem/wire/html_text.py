"""The HTML of a mail as text, quotations marked as plain text marks them, so that one set of rules reads both.

A first pass over the tags, linear and without a tree, throws out what is not words, bounds depth and number, and
turns the ways in which mail programs mark what they quote into marks of ours; `inscriptis` makes the text.
"""

from __future__ import annotations

import re
from typing import Any

from tandem.wire import bounds, charsets

_OPEN, _CLOSE, _CUT = "\ue0f1", "\ue0f2", "\ue0f3"  # private use: taken out of what came before they are put in
_MARKS = re.compile("[\ue0f1-\ue0f3]")
_SEPARATOR = "-----Original Message-----"
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:]{0,30})((?>[^<>\"']|\"[^\"<]{0,4000}\"|'[^'<]{0,4000}'|[\"'])*+)>")
_ATTRIBUTE = re.compile(r"([A-Za-z-]{2,20})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_VOID = {"br", "hr", "img", "input", "meta", "link", "base", "col", "area", "wbr", "source", "embed", "param", "track"}
_BLOCK = {"p", "div", "table", "tr", "ul", "ol", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "center",
          "dl", "dt", "dd", "section", "article", "header", "footer", "main", "address", "fieldset"}  # fmt: skip
_KEPT = {"p", "div", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "pre"}
_SILENT = ("style", "script", "head", "title", "template", "noscript", "svg", "object", "select", "textarea")
_SILENT_OPENS = re.compile(rf"<(!--|[!?]|(?:{'|'.join(_SILENT)})(?=[\s>/]))")
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.I)
# Outlook, desktop: the block with From, Sent, To, Subject stands under a line of its own
_OUTLOOK_BORDER = re.compile(r"border\s*:\s*none\s*;\s*border-top\s*:\s*solid", re.I)
_CUT_ID = re.compile(
    r"(?:x_)*(?:divRplyFwdMsg|appendonsend|mail-editor-reference-message-container|OLK_SRC_BODY_SECTION"
    r"|stopSpelling|zwchr|replySplit|ms-outlook-mobile-body-separator-line)\Z",
    re.I,
)
_INDENT = re.compile(r"border(?:-left)?\s*:\s*(?:none|0)|\bmargin:\s*0(?:px)? 0(?:px)? 0(?:px)? 40px", re.I)
_EMPTY = re.compile(r"[\s\u00a0\u200b-\u200d\ufeff]*\Z")


def text(html: str) -> str:
    """The words, one line a paragraph, what is quoted behind `> `. "" where there are none or it can't be read."""
    marked = _marked(_without_silence(_MARKS.sub("", html)))
    if not marked.strip():
        return ""
    words = _inscriptis(marked)
    return _as_quotes(charsets.clean(words))


def _without_silence(html: str) -> str:
    """Without comments, styles and whatever else holds no words, so that the bound counts words."""
    pieces: list[str] = []
    lower = html.lower()
    if len(lower) != len(html):  # a few letters change length in lower case
        lower = re.sub(r"[A-Z]", lambda m: m[0].lower(), html)
    position = 0
    while found := _SILENT_OPENS.search(lower, position):
        pieces.append(html[position : found.start()])
        what = found[1]
        ending = "-->" if what == "!--" else ">" if what in "!?" else f"</{what}"
        at = lower.find(ending, found.end())
        if at < 0:
            # what is unclosed must not take words with it, save where a mail program shows none either
            position = len(html) if what in ("!--", "style", "script") else found.end()
            if position < len(html):
                continue
            break
        position = at + len(ending)
        if ending.startswith("</"):
            closed = lower.find(">", position)
            position = closed + 1 if closed >= 0 else len(html)
    pieces.append(html[position:])
    return "".join(pieces)[: bounds.HTML_CHARACTERS]


def _marked(html: str) -> str:
    out: list[str] = []
    position = depth = tags = hidden = shown = 0
    quotes: list[bool] = []  # open blockquotes: does it quote?
    for found in _TAG.finditer(html):
        if not hidden:
            out.append(_words(html[position : found.start()]))
        position = found.end()
        tags += 1
        if tags > bounds.HTML_TAGS:
            position = len(html)
            break
        name, closing = found[2].lower(), bool(found[1])
        attributes = _attributes(found[3]) if found[3] and not closing else {}
        if hidden:
            # inside what the reader does not see: only the depth matters
            if name not in _VOID:
                hidden += -1 if closing else 1
            continue
        if not closing and name not in _VOID and _is_hidden(attributes) and not found[3].rstrip().endswith("/"):
            hidden = 1
            continue
        shown += name in _KEPT or name in ("br", "blockquote")
        if shown > bounds.HTML_BLOCKS:
            position = len(html)
            break
        if name == "blockquote":
            if not closing:
                cited = attributes.get("type", "").lower() == "cite"
                quoting = cited or not _INDENT.search(attributes.get("style", ""))
                quotes.append(quoting)
                out.append(f"<p>{_OPEN}</p>" if quoting else "<br>")
            elif quotes:
                out.append(f"<p>{_CLOSE}</p>" if quotes.pop() else "<br>")
            continue
        if not closing and _cuts(name, attributes):
            out.append(f"<p>{_CUT}</p>")
        if name == "br" or name == "hr":
            out.append("<br>")
        elif name == "img":
            alt = attributes.get("alt", "")
            if alt and len(alt) <= 12 and not alt.isascii():
                out.append(_words(alt))  # an emoji as a picture
        elif name in _KEPT and depth < bounds.HTML_DEPTH:
            depth += -1 if closing else 1
            depth = max(depth, 0)
            out.append(f"</{name}>" if closing else f"<{name}>")
        elif name in _BLOCK or name in _KEPT:
            if closing and name in _KEPT:
                depth = max(depth - 1, 0)
            out.append("<br>" if name not in ("table", "dl") else "")
        elif name in ("td", "th"):
            out.append(" ")
    if not hidden:
        out.append(_words(html[position:]))
    out.extend(f"<p>{_CLOSE}</p>" for quoting in quotes if quoting)
    return "".join(out)


def _words(piece: str) -> str:
    """Text between tags: a lone `<` is a character, as browsers read it."""
    return piece.replace("<", "&lt;") if "<" in piece else piece


def _attributes(given: str) -> dict[str, str]:
    out: dict[str, str] = {}
    for found in _ATTRIBUTE.finditer(given[:4000]):
        out.setdefault(found[1].lower(), found[2] or found[3] or found[4] or "")
    return out


def _is_hidden(attributes: dict[str, str]) -> bool:
    return bool(_HIDDEN.search(attributes.get("style", "")))


def _cuts(name: str, attributes: dict[str, str]) -> bool:
    """Whether what follows is another's mail, by the marks of a mail program."""
    if not attributes:
        return False
    if name in ("div", "hr", "a", "p", "blockquote", "span") and _CUT_ID.match(attributes.get("id", "")):
        return True
    return name == "div" and bool(_OUTLOOK_BORDER.search(attributes.get("style", "")))


def _inscriptis(html: str) -> str:
    # loaded here: most mails have a plain text, and this takes 60 ms
    from inscriptis import get_text
    from inscriptis.css_profiles import CSS_PROFILES
    from inscriptis.model.config import ParserConfig

    config: Any = ParserConfig(css=CSS_PROFILES["strict"], display_links=False, display_images=False)
    try:
        return str(get_text(f"<html><body>{html}</body></html>", config))
    except (ValueError, RecursionError, AssertionError, KeyError, IndexError, AttributeError):
        # it promises nothing for hostile input; then the words alone must do
        from html import unescape

        return unescape(re.sub(r"<[^<>]*>", "\n", html))


def _as_quotes(words: str) -> str:
    """Marks into plain text's own: `> ` before each quoted line, a separator where another's mail begins."""
    out: list[str] = []
    depth = 0
    for line in words.split("\n"):
        if _MARKS.search(line) is None:
            out.append("> " * min(depth, 5) + line.strip() if depth else line.rstrip())
            continue
        for piece in re.split("([\ue0f1-\ue0f3])", line):
            if piece == _OPEN:
                depth += 1
            elif piece == _CLOSE:
                depth = max(depth - 1, 0)
            elif piece == _CUT:
                if depth == 0:
                    out.append(_SEPARATOR)
            elif not _EMPTY.match(piece):
                out.append("> " * min(depth, 5) + piece.strip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip("\n")
