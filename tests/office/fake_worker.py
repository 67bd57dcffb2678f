"""A worker that misbehaves as its document says: ``python fake_worker.py PROGRAM HOME``, like the real one."""

import os
import sys
from pathlib import Path

PDF = b"%PDF-1.7\n%%EOF\n"


def say(line: bytes) -> None:
    os.write(1, line + b"\n")


def work(home: Path, order: str) -> None:
    word, _, argument = order.partition(" ")
    result = home / "job.pdf"
    result.unlink(missing_ok=True)
    if word == "hang":
        os.read(os.pipe()[0], 1)
    elif word == "die" or (word == "die-once" and not Path(argument).exists()):
        Path(argument or os.devnull).touch()
        os.abort()
    elif word == "refuse":
        say(b"failed " + argument.encode())
    elif word == "nonsense":
        say(argument.encode())
    elif word == "shout":
        os.write(1, b"made" * 2000)
    elif word == "twice":
        os.write(1, b"made\nmade\n")
    elif word == "claim":
        say(b"made")
    elif word == "write":
        result.write_bytes(argument.encode())
        say(b"made")
    elif word == "in-pieces":
        result.write_bytes(PDF)
        os.write(1, b"ma")
        os.write(1, b"de\n")
    else:
        result.write_bytes(PDF + str(os.getpid()).encode())
        say(b"made")


def main(program: str, home: Path) -> None:
    if program.endswith("dead"):
        return
    say(b"failed no library" if program.endswith("broken") else b"ready")
    while os.read(0, 1):
        work(home, (home / "job.docx").read_text(encoding="utf-8"))


main(sys.argv[1], Path(sys.argv[2]))
