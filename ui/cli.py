"""The ``moriarty`` command: one group of commands, each of which parses, calls the library, and prints.

Exit codes: 0 done, 1 some items failed and are listed, 2 wrong use, 3 could not start.
"""

import logging
import sys
from contextlib import nullcontext, suppress
from itertools import chain
from pathlib import Path

import click

from collectors.errors import MoriartyError, NotFound, NotPermitted, Stale, WrongUse
from index.access import require
from index.settings import Settings
from ui import background, interrupts
from ui.commands import alerts, decisions, evaluation, finding, graph, keeping, printing, retrain, stateless
from ui.terms import error_text

WRONG, COULD_NOT_START = 2, 3
LINE = 68
"""Characters that the help of a command may have in the list of commands: what fits beside the names."""

_WRONG_USE = (WrongUse, NotFound, NotPermitted, Stale)


class _Sections(click.Group):
    """Lists the commands under what they are for, in the order of a day's work."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each section with a line a command."""
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                rows = [(f"{command.name:8}", command.get_short_help_str(LINE)) for command in commands]
                formatter.write_dl(rows)


ENVIRONMENT = (
    "MORIARTY_HOME names the folder of the library. MORIARTY_ROLE says what you may do: investigator (read), "
    "trainer (read and export), analyst (all but accept what the machine learnt) or lead (all; the default)."
)


@click.group(
    cls=_Sections,
    epilog=ENVIRONMENT,
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
)
@click.option(
    "--home", type=click.Path(path_type=Path), help="Folder that holds the library (or MORIARTY_HOME)."
)
@click.option("-v", "--verbose", is_flag=True, help="Log more, on stderr.")
@click.version_option(package_name="moriarty-library", prog_name="moriarty")
@click.pass_context
def main(context: click.Context, home: Path | None, verbose: bool) -> None:
    """Moriarty: the intelligence library of criminal AI misuse."""
    printing.log(logging.INFO if verbose else logging.WARNING)
    context.obj = Settings.load(home)


@click.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8501,
    show_default=True,
    help="Where the pages are served.",
)
@click.option("--collect", "collect_too", is_flag=True, help="Run the sources that are due meanwhile.")
@click.pass_context
def serve(context: click.Context, port: int, collect_too: bool) -> None:
    """Serve the pages on this machine, at 127.0.0.1.

    Who opens them acts as you, in your role (MORIARTY_ROLE).
    """
    if collect_too:
        require(context.obj.actor, "collect")
    interrupts.treat_as_interrupts()
    with suppress(KeyboardInterrupt):  # the way to stop them
        from ui.serve import serve as serve_pages  # here: Streamlit takes seconds to load

        with background.run(context.obj) if collect_too else nullcontext():
            serve_pages(context.obj, port)  # returns where interrupts are ignored, as in a shell's background
    printing.line("Stopped.")


def entry() -> None:
    """Run the command; say what went wrong and what to do next instead of showing a traceback."""
    try:
        main.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        raise SystemExit(stop.exit_code) from None
    except (click.Abort, KeyboardInterrupt):
        printing.complain("Stopped. Everything acknowledged is kept; run the same command again to go on.")
        raise SystemExit(printing.SOME_FAILED) from None
    except click.ClickException as error:
        error.show()
        raise SystemExit(error.exit_code) from None
    except MoriartyError as error:
        printing.complain(f"{error_text(error)}{_help(error)}")
        raise SystemExit(WRONG if isinstance(error, _WRONG_USE) else COULD_NOT_START) from None
    except OSError as error:
        printing.complain(error_text(error))
        raise SystemExit(COULD_NOT_START) from None


def _help(error: MoriartyError) -> str:
    """Return where to read on after wrong use, unless the error says what to type or a disk is the cause."""
    if not isinstance(error, WrongUse) or "`" in str(error) or isinstance(error.__cause__, OSError):
        return ""
    typed = next((f"{word} " for word in sys.argv[1:] if word in main.commands), "")
    return f" See `moriarty {typed}--help`."


SECTIONS: dict[str, tuple[click.Command, ...]] = {
    "Fill and keep a library": (
        *(keeping.run, keeping.collect, keeping.add, keeping.enrich),
        *(keeping.rebuild, keeping.status, keeping.verify),
    ),
    "Find, show and hand out": (*(serve, finding.search, finding.show, finding.similar, finding.export),),
    "Be told of what is new": (alerts.save, alerts.saved, alerts.alerts, alerts.forget),
    "See what is tied and what rises": (graph.path, graph.emerging),
    "Use without a library": (stateless.extract, stateless.classify, stateless.group),
    "Measure and learn": (decisions.decisions, evaluation.evaluate, retrain.retrain),
}
for command in chain.from_iterable(SECTIONS.values()):
    main.add_command(command)


if __name__ == "__main__":
    entry()
