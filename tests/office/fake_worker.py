"""A worker that misbehaves as its document says: ``python fake_worker.py PROGRAM HOME``, like the real one."""

import importlib.util
import mmap
import os
import sys
from pathlib import Path

PDF = b"%PDF-1.7\n%%EOF\n"
SAID = {"shout": b"made" * 2000, "twice": b"made\nmade\n", "claim": b"made\n"}


def say(line: bytes) -> None:
    os.write(1, line + b"\n")


def limit_process() -> None:
    """Let the bounds of the real worker hold here."""
    file = Path(__file__).parents[2] / "pkdocs" / "office" / "worker.py"
    spec = importlib.util.spec_from_file_location("worker", file)
    assert spec is not None
    assert spec.loader is not None
    worker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(worker)
    worker.limit_process()


def fill_memory() -> None:
    """Ask for memory until none is given, and then die, as LibreOffice does; none of it is used."""
    taken = []
    try:
        while len(taken) < 100:
            taken.append(mmap.mmap(-1, 100_000_000, flags=mmap.MAP_PRIVATE))
    except OSError:
        os.abort()


def work(home: Path, order: str) -> None:
    word, _, argument = order.partition(" ")
    result = home / "job.pdf"
    result.unlink(missing_ok=True)
    if word == "hang":
        os.read(os.pipe()[0], 1)
    elif word == "die" or (word == "die-once" and not Path(argument).exists()):
        Path(argument or os.devnull).touch()
        os.abort()
    elif word == "leak":
        limit_process()
        fill_memory()
        say(b"made")
    elif word == "refuse":
        say(b"failed " + argument.encode())
    elif word == "nonsense":
        say(argument.encode())
    elif word in SAID:
        os.write(1, SAID[word])
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
