"""Options of the commands that serve, refused where they are read."""

from argparse import ArgumentParser, ArgumentTypeError

HIGHEST_PORT = 65_535


def add_address(parser: ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=port, default=8000, help="0 takes a free port")


def port(text: str) -> int:
    if not text.isdecimal() or int(text) > HIGHEST_PORT:
        raise ArgumentTypeError(f"must be a whole number from 0 to {HIGHEST_PORT}, not {text!r}")
    return int(text)


def at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise ArgumentTypeError(f"must be a whole number above zero, not {text!r}")
    return int(text)
