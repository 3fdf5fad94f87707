"""The command `tandem`. A command's module is imported when it is run, so that each starts as fast as it can.

Exit status: 0 on success, 2 on bad input (a usage error is one), 1 on anything else; errors go to standard error, one a
line, twelve at most, and never as a traceback.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from local.commands.common import BadInput, tell

COMMANDS = {  # name: where it is, what it does
    "check": ("local.commands.agreement:check", "Say whether an agreement is valid, and what may get in the way."),
    "dates": ("local.commands.agreement:dates", "List the meetings of the year, in both schools' time."),
    "slots": ("local.commands.agreement:slots", "Rank the monthly slots that the school year allows."),
    "invite": ("local.commands.invite:invite", "Print a person's invitation, as the mail that would go out."),
    "read": ("local.commands.read:read", "Say what an inbound mail means."),
    "simulate": ("local.commands.simulate:simulate", "Run the whole system through simulated time."),
}


class Lazy(click.Group):
    """A group that knows its commands' names and imports the one that is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        extra["standalone_mode"] = False
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(AttributeError, ValueError):
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
        try:
            result = super().main(args, prog_name or "tandem", **extra)
            sys.stdout.flush()
        except BadInput as error:
            tell(error.lines)
            sys.exit(2)
        except click.exceptions.NoArgsIsHelpError as error:
            where = error.ctx.command_path if error.ctx else "tandem"
            tell([f"{where}: no command; one of {', '.join(COMMANDS)}, or --help"])
            sys.exit(2)
        except click.UsageError as error:
            command = error.ctx.command_path if error.ctx else "tandem"
            message = " ".join(error.format_message().split()).rstrip(".")
            hint = "" if "; " in message else f"; see {command} --help"
            tell([f"{command}: {message}{hint}"])
            sys.exit(2)
        except click.ClickException as error:
            tell([f"tandem: {' '.join(error.format_message().split())}"])
            sys.exit(1)
        except (click.Abort, KeyboardInterrupt):
            tell(["tandem: interrupted"])
            sys.exit(1)
        except BrokenPipeError:
            # Whoever read the output has left: what is still in the buffer has nowhere to go.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        except Exception as error:
            if os.environ.get("TANDEM_TRACEBACK"):
                raise
            text = " ".join(str(error).split())[:300]
            tell([f"tandem: {type(error).__name__}: {text}; TANDEM_TRACEBACK=1 shows where"])
            sys.exit(1)
        sys.exit(result if isinstance(result, int) else 0)


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Keep an international school partnership alive with nothing but email and calendars."""
