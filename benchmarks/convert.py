"""Word to PDF: pkdocs against unoserver and ``soffice --convert-to``, side by side, with as many processes each.

Usage: python benchmarks/convert.py [FILES] [ROUNDS]; ``sh benchmarks/setup`` first.

The files are agreements of a sample in the shipped templates, and the same with all styles of python-docx's default
template. unoserver is used with its own client and server, warm, one server for each of our workers and its client
in as many threads; all export tagged PDF/A-3b. Ours is measured twice: one agreement after the other, and laid out
together, taking apart included. Printed is the best of ROUNDS rounds, taken in turns, without the start of any server.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from common import Rendered, rendered_sample, with_all_styles

from pkdocs.office import Pool, cores, find_office
from pkdocs.pipeline.conversion import Sheet, convert_sheets

BENCH = Path(__file__).parents[1] / "build" / "bench" / "bin"
CLIENT = Path(__file__).with_name("unoserver_client.py")
PORT = 29200
SOFFICE_FILES = 5


@contextmanager
def servers(count: int, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Start unoservers and their client, which converts the files that it is told of."""
    with ExitStack() as stack:
        for number in range(count):
            port, profile = PORT + 2 * number, str(folder / f"profile{number}")
            command = [BENCH / "python", BENCH / "unoserver", "--port", str(port), "--uno-port", str(port + 1)]
            server = subprocess.Popen(
                [*command, "--user-installation", profile], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            stack.callback(server.wait)
            stack.callback(server.terminate)
        ports = [str(PORT + 2 * number) for number in range(count)]
        client = subprocess.Popen(
            [BENCH / "python", CLIENT, *ports], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        stack.callback(client.kill)
        yield client


def with_unoserver(client: "subprocess.Popen[str]", files: list[Path]) -> float:
    """Return the seconds that the servers take for all files."""
    if client.stdin is None or client.stdout is None:
        raise ValueError("no pipes")
    print(*files, sep="\t", file=client.stdin, flush=True)
    return float(client.stdout.readline())


def with_soffice(files: list[Path], folder: Path) -> float:
    """Return the seconds that one process after the other takes."""
    started = time.perf_counter()
    for file in files:
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder), str(file)]
        subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def timed(way: Callable[[], Iterator[object]]) -> float:
    """Return the seconds that ``way`` takes."""
    started = time.perf_counter()
    for _ in way():
        pass
    return time.perf_counter() - started


def compare(label: str, sample: list[Rendered], rounds: int, workers: int, client: "subprocess.Popen[str]") -> None:
    """Print the table of one kind of files."""
    with tempfile.TemporaryDirectory() as name, Pool(find_office(), workers=workers) as pool:
        folder = Path(name)
        files = [folder / f"{place}.docx" for place in range(len(sample))]
        for file, one in zip(files, sample, strict=True):
            file.write_bytes(one.docx)
        sheets = [Sheet(one.content.id, one.template, one.docx) for one in sample]
        singles = [(one.content.id, one.docx) for one in sample]
        least: dict[str, float] = {}
        for turn in range(rounds + 1):
            seconds = {
                "pkdocs, laid out together": timed(lambda: convert_sheets(pool, sheets)),
                "pkdocs, one by one": timed(lambda: pool.convert(singles)),
                "unoserver": with_unoserver(client, files),
                "soffice, one process a file": with_soffice(files[:SOFFICE_FILES], folder) * len(files) / SOFFICE_FILES,
            }
            # the first turn warms all of them up
            least = seconds if turn <= 1 else {way: min(least[way], taken) for way, taken in seconds.items()}
    print(f"{label}, {len(sample)} files, {workers} workers")
    ours = least["pkdocs, laid out together"]
    for way, taken in least.items():
        print(f"  {way:32}{1000 * taken / len(sample):8.0f} ms a file{taken / ours:8.1f}")


def main(count: int, rounds: int) -> None:
    """Print both tables."""
    workers = cores()
    with tempfile.TemporaryDirectory() as folder, servers(workers, Path(folder)) as client:
        compare("shipped templates", rendered_sample(count), rounds, workers, client)
        compare("with all styles", rendered_sample(count, with_all_styles), rounds, workers, client)


if __name__ == "__main__":
    main(*(int(argument) for argument in (sys.argv[1:] + ["96", "2"][len(sys.argv) - 1 :])))
