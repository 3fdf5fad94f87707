"""The folder that a simulated run leaves behind. What an earlier run left there is replaced, and nothing else."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from local import report, year_page
from local.world import Unclear
from local.year import Year
from tandem.core.partnership import Partnership

_OURS = {
    "mail": re.compile(r"\d{6}-.+\.eml\Z"),
    "inbound": re.compile(r"\d{6}-.+\.eml\Z"),
    "view": re.compile(r"(?:in-)?\d{6}\.html\Z|page\.css\Z"),
}


class Output:
    """Raises OSError where the folder can't be made or written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("report.json", "index.html"):
            (folder / name).unlink(missing_ok=True)
        for name, pattern in _OURS.items():
            inside = folder / name
            inside.mkdir(exist_ok=True)
            for file in inside.iterdir():
                if pattern.match(file.name):
                    file.unlink()

    def finish(self, states: Sequence[Partnership], year: Year, unclear: Iterable[Unclear]) -> None:
        """Writes the mails as they are, the page, and last of all the report: where it is, the run is whole."""
        for sent in year.sent:
            (self.folder / "mail" / sent.file).write_bytes(sent.mail.raw)
        for arrived in year.inbound:
            (self.folder / "inbound" / arrived.file).write_bytes(arrived.raw)
        for view in year_page.views(states, year):
            (self.folder / "view" / view.name).write_text(view.text, encoding="utf-8", newline="\n")
        (self.folder / "index.html").write_text(year_page.index(states, year), encoding="utf-8", newline="\n")
        for name in _OURS:
            with contextlib.suppress(OSError):
                (self.folder / name).rmdir()  # an empty one
        (self.folder / "report.json").write_bytes(report.as_bytes(report.report(states, year, unclear)))
