"""Damaged inputs end in an error with its exit code, never in a traceback, and leave nothing half-written."""

import io
import random
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from pkdocs.sample import build_sample
from pkdocs.settings import default_templates
from pkdocs.signing import load_pkcs12
from tests.city import KEYS, Town, number_of, sheets, snapshot
from tests.cli.runner import pkdocs

Damage = Callable[[bytes], bytes]


def damages() -> Iterator[tuple[str, Damage]]:
    """Yield ways to damage a file: cut off, other bytes, single bytes changed; the same at each run."""
    yield "nothing", lambda data: data[:0]
    yield "another kind", lambda data: b"%PDF-1.7\n" if not data.startswith(b"%PDF") else b"PK\x03\x04"
    for share in (0.1, 0.5, 0.9, 0.999):
        yield f"cut at {share}", lambda data, share=share: data[: int(len(data) * share)]
    for seed in range(3):
        yield f"noise {seed}", lambda data, seed=seed: chance(seed).randbytes(len(data) // 10 + 1)
    for seed in range(6):
        yield f"spots {seed}", lambda data, seed=seed: spotted(data, seed)
    yield "twice", lambda data: data + data


def chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  for damage, not for keys


def spotted(data: bytes, seed: int) -> bytes:
    choose, spots = chance(seed), bytearray(data)
    for _ in range(choose.choice((1, 5, 40))):
        spots[choose.randrange(len(spots))] = choose.randrange(256)
    return bytes(spots)


every_damage = pytest.mark.parametrize("damage", [how for _, how in damages()], ids=[name for name, _ in damages()])


@every_damage
def test_a_damaged_workbook(tmp_path: Path, damage: Damage) -> None:
    book = tmp_path / "kota.xlsx"
    book.write_bytes(damage(build_sample(4, date(2026, 1, 22))))
    checked = pkdocs("check", book, "--json")
    assert checked.exit in {0, 3}
    assert checked.json.keys() in ({"error"}, {"findings", "counts"})
    made = pkdocs("generate", book, "--out", tmp_path / "hasil", "--format", "docx", "--json")
    assert made.exit == checked.exit
    assert (tmp_path / "hasil").exists() == (made.exit == 0)


@every_damage
def test_a_damaged_sheet_of_a_folder(town: Town, tmp_path: Path, damage: Damage) -> None:
    sheet = town.workbook / "Pejabat.csv"
    sheet.write_bytes(damage(sheet.read_bytes()))
    assert pkdocs("check", town.workbook, "--json").exit in {0, 3}


@every_damage
def test_a_damaged_part_of_a_workbook(tmp_path: Path, damage: Damage) -> None:
    packed = io.BytesIO()
    whole = io.BytesIO(build_sample(3, date(2026, 1, 22)))
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, damage(data) if name.startswith("xl/worksheets/sheet3") else data)
    (tmp_path / "kota.xlsx").write_bytes(packed.getvalue())
    assert pkdocs("check", tmp_path / "kota.xlsx", "--json").exit in {0, 3}


@every_damage
def test_a_damaged_template(town: Town, tmp_path: Path, damage: Damage) -> None:
    folder = tmp_path / "templat"
    folder.mkdir()
    for file in default_templates().glob("*.docx"):
        (folder / file.name).write_bytes(damage(file.read_bytes()))
    run = pkdocs(
        "generate", town.workbook, "--out", tmp_path / "baru", "--templates", folder, "--format", "docx", "--json"
    )
    assert run.exit in {0, 1, 4}
    if run.exit == 4:
        assert not (tmp_path / "baru").exists()


@every_damage
def test_a_damaged_agreement(signed_town: Town, damage: Damage) -> None:
    file = signed_town.pdf("INSP.IRBAN1")
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    before = snapshot(signed_town.out)
    verified = pkdocs("verify", file, "--trust", signed_town.trust, "--json")
    assert verified.exit in {9, 10}
    assert verified.json["summary"]["TOTAL-PASSED"] == 0
    assert pkdocs("status", signed_town.out, "--json").exit == 0
    key = signed_town.p12("INSP")
    signed = pkdocs("sign", file, "--p12", key, "--passphrase-file", key.with_suffix(".pass"), "--yes", "--json")
    assert signed.exit == 7
    assert pkdocs("generate", signed_town.workbook, "--out", signed_town.out, "--json").exit in {0, 8}
    if b"/ByteRange" in damage(whole):
        assert (
            snapshot(signed_town.out)[file.relative_to(signed_town.out).as_posix()]
            == before[file.relative_to(signed_town.out).as_posix()]
        )


@every_damage
def test_a_damaged_key_file(town: Town, tmp_path: Path, damage: Damage) -> None:
    key = town.p12("INSP")
    (tmp_path / "kunci.p12").write_bytes(damage(key.read_bytes()))
    before = snapshot(town.out)
    arguments = ("--p12", tmp_path / "kunci.p12", "--passphrase-file", key.with_suffix(".pass"))
    run = pkdocs("sign", town.out, *arguments, "--yes", "--json")
    if run.exit == 0:
        # some bytes of a key file say nothing, such as a parameter that is always NULL: the key is whole
        secret = key.with_suffix(".pass").read_text().strip()
        assert load_pkcs12((tmp_path / "kunci.p12").read_bytes(), secret).person == town.signer("INSP").person
        return
    assert run.error[1] == 6
    assert snapshot(town.out) == before


@every_damage
def test_a_damaged_trust_file(signed_town: Town, tmp_path: Path, damage: Damage) -> None:
    (tmp_path / "trust.toml").write_bytes(damage(signed_town.trust.read_bytes()))
    run = pkdocs("verify", signed_town.pdf("WALIKOTA"), "--trust", tmp_path / "trust.toml", "--json")
    assert run.exit in {0, 6, 9, 10}
    assert run.exit != 6 or run.error[1] == 6


@every_damage
def test_a_damaged_index(town: Town, damage: Damage) -> None:
    index = town.out / "index.json"
    index.write_bytes(damage(index.read_bytes()))
    assert pkdocs("status", town.out, "--json").exit in {0, 8}
    assert pkdocs("generate", town.workbook, "--out", town.out, "--json").exit in {0, 8}


@pytest.mark.parametrize(
    "cell", ["9" * 5000, "1" + ".000" * 500, "=1+1", "{{ 7*7 }}", "<w:p>&", "\u202eabc", "é" * 40000]
)
@pytest.mark.parametrize(
    ("sheet", "column"), [("Indikator", "Target"), ("Anggaran", "Anggaran"), ("Pejabat", "Nama"), ("Profil", "Nilai")]
)
def test_a_strange_cell(town: Town, tmp_path: Path, sheet: str, column: str, cell: str) -> None:
    city = sheets()
    city[sheet][2][column] = cell
    town.write(city)
    checked = pkdocs("check", town.workbook, "--json")
    assert checked.exit in {0, 3}
    made = pkdocs("generate", town.workbook, "--out", tmp_path / "baru", "--format", "docx", "--json")
    assert made.exit in {checked.exit, 1}


def test_no_number_of_a_person_is_in_what_the_commands_say_or_leave(town: Town, tmp_path: Path) -> None:
    numbers = [number_of(key) for key in KEYS]
    key = town.p12("INSP.IRBAN1")
    passphrase = key.with_suffix(".pass")
    out = tmp_path / "baru"
    runs = [
        pkdocs("check", town.workbook, "--all", "--json"),
        pkdocs("check", town.workbook, "--all"),
        pkdocs("generate", town.workbook, "--out", out),
        pkdocs("generate", town.workbook, "--out", out, "--json"),
        pkdocs("sign", out, "--p12", key, "--passphrase-file", passphrase, "--as", key.stem, "--yes", "--json"),
        pkdocs("sign", out, "--p12", key, "--passphrase-file", passphrase, "--as", numbers[0], "--yes"),
        pkdocs("status", out, "--person", numbers[1]),
        pkdocs("status", out, "--json"),
        pkdocs("pki", "init", tmp_path / "pki", "--registrar", numbers[0]),
        pkdocs("pki", "issue", tmp_path / "pki", "--workbook", town.workbook, "--json"),
        pkdocs("pki", "revoke", tmp_path / "pki", numbers[0]),
        pkdocs("verify", out, "--trust", town.trust),
    ]
    said = "".join(run.out + run.err for run in runs)
    names = " ".join(
        [*snapshot(out), *(name for name in snapshot(tmp_path / "pki") if not name.startswith("signers/"))]
    )
    assert not [number for number in numbers if number in said + names]
    assert not [number for number in numbers if number in (out / "index.json").read_text(encoding="utf-8")]
    assert {Path(name).suffix for name in snapshot(tmp_path / "pki") if name.startswith("signers/")} == {
        ".p12",
        ".pass",
    }
