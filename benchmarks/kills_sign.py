"""``sign``, killed at random moments: is anything lost, torn, or signed twice?

Usage: python benchmarks/kills_sign.py [KILLS] [PEOPLE] [COPIES] [SEED]

One person signs a batch that lies in several folders, each with its own index. A run is killed with SIGKILL, the parent
alone or its process group, and the same command is given again until it ends by itself. Then every file must begin with
its issued bytes and bear exactly one signature of this person, one receipt must name all of them under one batch, and
nothing else may lie there.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

from pkdocs.index import read_index
from pkdocs.persons import TRIAL_KEY
from pkdocs.pipeline.enrolment import issue_for_workbook
from pkdocs.pki import init_pki
from pkdocs.sample import build_sample
from pkdocs.signing import load_pkcs12, read_form

PROGRAM = (sys.executable, "-c", "from pkdocs.cli import main; main()")
VICTIMS = ("parent", "group")


def fail(reason: str) -> NoReturn:
    """End the benchmark: something was lost, torn or signed twice."""
    raise SystemExit(f"FAILED: {reason}")


def prepare(base: Path, people: int) -> tuple[Path, Path]:
    """Return the folder of the issued files, and the key file of the person who signs most of them."""
    workbook, out, pki = base / "book.xlsx", base / "issued", base / "pki"
    at = datetime.now(UTC) - timedelta(minutes=1)
    workbook.write_bytes(build_sample(people, at.date()))
    subprocess.run([*PROGRAM, "generate", str(workbook), "--out", str(out)], check=True, capture_output=True)
    init_pki(pki, at=at)
    issue_for_workbook(pki, workbook, person_key=TRIAL_KEY, at=at, renew=False)
    index = read_index(out)
    if index is None:
        fail("nothing was made")
    busiest, _ = Counter(person for entry in index.agreements for person in entry.persons.values()).most_common(1)[0]
    return out, next(p12 for p12 in sorted((pki / "signers").glob("*.p12")) if person_of(p12) == busiest)


def person_of(p12: Path) -> str:
    """Return whose key it is."""
    return load_pkcs12(p12.read_bytes(), p12.with_suffix(".pass").read_text(encoding="ascii").strip()).person


def start(folders: list[Path], p12: Path) -> subprocess.Popen[bytes]:
    """Start ``sign`` in a session of its own."""
    secret = ("--p12", str(p12), "--passphrase-file", str(p12.with_suffix(".pass")))
    command = [*PROGRAM, "sign", *map(str, folders), *secret, "--any-order", "--yes", "--json"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)


def kill(process: subprocess.Popen[bytes], victim: str) -> None:
    """Kill ``victim``."""
    if victim == "parent":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def copies(issued: Path, base: Path, count: int) -> list[Path]:
    """Return ``count`` fresh copies of the issued folder."""
    folders = [base / f"copy-{number}" for number in range(count)]
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(issued, folder)
    return folders


def demand_complete(folders: list[Path], issued: Path, person: str, said: bytes) -> int:
    """Return how many files were signed; each exactly once, with one whole receipt, and nothing left over."""
    signed = 0
    for folder in folders:
        for file in folder.rglob("*.pdf"):
            place = file.relative_to(folder)
            if place.parts[0] == "tanda-terima":
                continue
            data, before = file.read_bytes(), (issued / place).read_bytes()
            form = read_form(data)
            wanted = sum(1 for role in form.content.roles if _is(form.content.party(role), person))
            found = sum(signature.person == person for signature in form.signatures)
            if not data.startswith(before) or found != wanted:
                fail(f"{place}: {found} signatures instead of {wanted}, or another file")
            signed += found
    if left := [str(file) for folder in folders for file in folder.rglob(".pkdocs-*")]:
        fail(f"left over: {left[:3]}")
    receipts = [file for folder in folders for file in folder.glob("tanda-terima/*.json")]
    if len(receipts) != 1:
        fail(f"{len(receipts)} receipts")
    receipt = json.loads(receipts[0].read_bytes())
    outcomes = Counter(document["outcome"] for document in receipt["documents"])
    # a run that was killed when all was done leaves nothing to say for the next
    last = json.loads(said)["receipt"]
    if outcomes != {"signed": _distinct(receipt)} or (last and last["batch"] != receipt["batch"]):
        fail(f"the receipt says {dict(outcomes)}")
    if not receipts[0].with_suffix(".pdf").read_bytes().rstrip().endswith(b"%%EOF"):
        fail("the receipt's PDF is not whole")
    if _distinct(receipt) != signed:
        fail(f"the receipt names {_distinct(receipt)} of {signed}")
    return signed


def _distinct(receipt: dict[str, list[object]]) -> int:
    return len(receipt["documents"])


def _is(party: object, person: str) -> bool:
    return getattr(party, "person", None) == person


def main(kills: int, people: int, count: int, seed: int) -> None:
    """Kill ``kills`` times, let the last run end, and print what was seen."""
    chance = random.Random(seed)  # noqa: S311  no secret
    tally: Counter[str] = Counter()
    ends = files = 0
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        base = Path(folder)
        issued, p12 = prepare(base, people)
        person = person_of(p12)
        folders = copies(issued, base, count)
        began = time.monotonic()
        said, _ = start(folders, p12).communicate()
        longest = time.monotonic() - began
        print(f"seed {seed}; a batch of {demand_complete(folders, issued, person, said)}, {longest:.1f} s", flush=True)
        folders = copies(issued, base, count)
        while True:
            process = start(folders, p12)
            try:
                # a run that goes on has more to look at than the first
                wait = chance.uniform(0, 2 * longest) if tally.total() < kills else None
                said, error = process.communicate(timeout=wait)
            except subprocess.TimeoutExpired:
                victim = chance.choice(VICTIMS)
                kill(process, victim)
                tally[victim] += 1
                continue
            if process.returncode != 0:
                fail(f"exit {process.returncode}: {error.decode(errors='replace')}")
            files += demand_complete(folders, issued, person, said)
            ends += 1
            print(f"{tally.total()} kills, {ends} batches ended", flush=True)
            if tally.total() >= kills:
                break
            folders = copies(issued, base, count)
    seen = f"{tally.total()} kills, {ends} batches, {files} signatures"
    print(f"{dict(tally)}: {seen}: nothing lost, torn or signed twice")


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*given, *(100, 60, 8, random.randrange(10**6))[len(given) :])  # noqa: S311  no secret
