"""Where the command line writes: results to stdout, everything else to stderr."""

from rich.console import Console
from rich.text import Text

from cloche.errors import ClocheError

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def plain(text: str, style: str = "") -> Text:
    """Text from outside: shown as it is, never read as markup, control characters made visible."""
    shown = "".join(
        character if character.isprintable() or character in "\n\t" else f"\\x{ord(character):02x}"
        for character in text
    )
    return Text(shown, style=style)


def complain(error: ClocheError) -> None:
    """Shows an error without a traceback of our own code."""
    err.print(Text("error: ", "bold red") + plain(str(error)), soft_wrap=True)
