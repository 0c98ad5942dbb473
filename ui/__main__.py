"""The ``moriarty`` program, which Ctrl-C may end at any moment, also while Python still loads its parts."""

import signal


def main() -> None:
    """Load the commands and run the one that was typed.

    Until they are loaded nothing has begun that could be left half done, so an interrupt ends the process at
    once, as it ends a program that handles no signals; exceptions could be swallowed by a module's import.
    """
    handler = signal.getsignal(signal.SIGINT)
    if handler is not signal.SIG_IGN:  # a shell's background ignores interrupts, and so it stays
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from ui.cli import entry

    signal.signal(signal.SIGINT, handler)
    entry()


if __name__ == "__main__":
    main()
