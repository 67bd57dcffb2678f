"""How signatures look, as the profile says: words and a picture, from the templates to where ``sign`` finds them."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from pkdocs.errors import ConflictError, TemplateError
from pkdocs.files import digest
from pkdocs.index import PICTURE_NAME, Index, Look, write_index
from pkdocs.pipeline.looks import Dress, choose_look, dress_of
from pkdocs.profile import Profile
from pkdocs.settings import default_templates
from pkdocs.signing import load_emblem
from pkdocs.signing.emblem import MAX_BYTES
from pkdocs.verification import examine_pdf
from tests.city import Town, change, sheets, wishes

PROFILE = Profile("Pemerintah Kota Wanasari", 2026, "Wanasari", date(2026, 1, 22))


def picture(width: int = 40, height: int = 20, colour: tuple[int, ...] = (200, 0, 0, 255)) -> bytes:
    """Return a PNG picture of one colour."""
    written = BytesIO()
    Image.new("RGBA", (width, height), colour).save(written, "PNG")
    return written.getvalue()


def index(look: Look | None, town: Town) -> Index:
    return replace(town.index, look=look)


def test_nothing_said_is_nothing_laid_down(tmp_path: Path, town: Town) -> None:
    chosen = choose_look(PROFILE, tmp_path)
    chosen.put(tmp_path / "hasil")
    assert chosen.look is None
    assert not (tmp_path / "hasil" / PICTURE_NAME).exists()
    assert dress_of(town.out, town.index) == dress_of(town.out, None) == Dress()


def test_words_alone_need_no_picture(tmp_path: Path, town: Town) -> None:
    chosen = choose_look(replace(PROFILE, signature_words="Telah disetujui oleh:"), tmp_path)
    assert chosen.look == Look("Telah disetujui oleh:")
    assert dress_of(tmp_path, index(chosen.look, town)) == Dress("Telah disetujui oleh:")


def test_picture_comes_from_the_templates_to_the_signature(tmp_path: Path, town: Town) -> None:
    (tmp_path / "lambang.png").write_bytes(picture())
    chosen = choose_look(replace(PROFILE, signature_picture="lambang.png"), tmp_path)
    chosen.put(town.out)
    found = dress_of(town.out, index(chosen.look, town)).emblem
    assert found is not None
    assert (found.width, found.height) == (40, 20)


def test_picture_that_is_not_there_or_none_stops_before_anything_is_made(tmp_path: Path) -> None:
    profile = replace(PROFILE, signature_picture="lambang.png")
    with pytest.raises(TemplateError, match="SIGNATURE_PICTURE_ABSENT"):
        choose_look(profile, tmp_path)
    (tmp_path / "lambang.png").write_bytes(b"GIF89a")
    with pytest.raises(TemplateError, match="SIGNATURE_PICTURE_DAMAGED"):
        choose_look(profile, tmp_path)


@pytest.mark.parametrize("data", [b"", picture()[:60], picture(4001, 1), b"\0" * (MAX_BYTES + 1)])
def test_what_is_no_usable_picture_is_refused_with_its_name(data: bytes) -> None:
    with pytest.raises(TemplateError) as caught:
        load_emblem(data, "lambang.png")
    assert "lambang.png" in caught.value.message("id")


def test_large_picture_is_made_smaller_and_what_shines_through_is_white() -> None:
    emblem = load_emblem(picture(1000, 500, (0, 0, 0, 0)), "lambang.png")
    assert (emblem.width, emblem.height) == (160, 80)
    assert len(emblem.pixels) < 200


@pytest.mark.parametrize("changed", [b"", picture(41, 20)])
def test_picture_that_was_changed_or_is_gone_stops_signing(changed: bytes, town: Town) -> None:
    known = index(Look(None, digest(picture())), town)
    if changed:
        (town.out / PICTURE_NAME).write_bytes(changed)
    with pytest.raises(ConflictError, match="SIGNATURE_PICTURE_CHANGED"):
        dress_of(town.out, known)


def test_generate_lays_words_and_picture_down(tmp_path: Path, town: Town) -> None:
    (tmp_path / "templat").mkdir()
    for file in default_templates().iterdir():
        (tmp_path / "templat" / file.name).symlink_to(file)
    (tmp_path / "templat" / "lambang.png").write_bytes(picture())
    city = sheets()
    for key, value in {"Kata Tanda Tangan": "Disetujui:", "Gambar Tanda Tangan": "lambang.png"}.items():
        city["Profil"].append({"Kunci": key, "Nilai": value})
    town.write(change(city, "Profil", "Tempat", "Nilai", "Wanasari"))
    town.generate(**vars_of(tmp_path))
    assert town.index.look == Look("Disetujui:", digest(picture()))
    assert dress_of(town.out, town.index).words == "Disetujui:"


def vars_of(folder: Path) -> dict[str, object]:
    return {"templates": folder / "templat", "person_key": wishes().person_key}


def test_signature_shows_what_generate_laid_down(tmp_path: Path, town: Town) -> None:
    (town.out / PICTURE_NAME).write_bytes(picture())
    look = Look("Disetujui:", digest(picture()))
    write_index(town.out, replace(town.index, look=look))
    signed = town.sign("WALIKOTA", town.pdf("WALIKOTA"))
    assert signed.exit_code == 0
    with pikepdf.open(town.pdf("WALIKOTA")) as opened:
        (field,) = opened.Root.AcroForm.Fields
        assert field.AP.N.Resources.XObject.Im0.Width == 40
    assert examine_pdf(town.pdf("WALIKOTA").read_bytes()).findings == ()


def test_changed_picture_refuses_each_document_by_name(town: Town) -> None:
    write_index(town.out, replace(town.index, look=Look(None, digest(picture()))))
    done = town.sign("WALIKOTA", town.pdf("WALIKOTA"))
    assert [one.error.code for one in done.refused] == ["SIGNATURE_PICTURE_CHANGED"]
    assert done.exit_code == 8
