"""Where choices come from."""

from pathlib import Path

import pytest

from pkdocs import settings
from pkdocs.errors import UsageError
from pkdocs.settings import FILE_NAME, Settings, default_templates, read_settings


def write(folder: Path, text: str) -> None:
    (folder / FILE_NAME).write_text(text, encoding="utf-8")


def test_without_any_choice_the_defaults_are_in_force(tmp_path: Path) -> None:
    assert read_settings(tmp_path, {"PATH": "/bin"}) == Settings("id", None, None, 0, None)


def test_an_empty_environment_is_not_that_of_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PKDOCS_LANG", "en")
    assert read_settings(tmp_path, {}).lang == "id"
    assert read_settings(tmp_path).lang == "en"


def test_paths_of_the_file_are_relative_to_the_workplace(tmp_path: Path) -> None:
    write(tmp_path, 'lang = "en"\nperson_key = "person.key"\ntemplates = "/srv/templat"\njobs = 3\n')
    log = tmp_path / "pkdocs.log"
    assert read_settings(tmp_path, {}) == Settings("en", tmp_path / "person.key", Path("/srv/templat"), 3, log)


def test_services_are_named_once_for_all(tmp_path: Path) -> None:
    write(tmp_path, 'tsa = "https://tsa.example"\ntrust = "trust.toml"\nservice_authorities = "/etc/ca.pem"\n')
    found = read_settings(tmp_path, {})
    assert (found.tsa, found.trust) == ("https://tsa.example", tmp_path / "trust.toml")
    assert found.service_authorities == Path("/etc/ca.pem")
    assert read_settings(tmp_path, {"PKDOCS_TSA": "https://lain.example"}).tsa == "https://lain.example"


def test_the_environment_comes_after_the_file(tmp_path: Path) -> None:
    write(tmp_path, 'lang = "en"\njobs = 3\n')
    given = {"PKDOCS_JOBS": "5", "PKDOCS_PERSON_KEY": "k", "PKDOCS_TEMPLATES": "", "PKDOCS_OTHER": "x"}
    assert read_settings(tmp_path, given) == Settings("en", Path("k"), None, 5, tmp_path / "pkdocs.log")


@pytest.mark.parametrize(
    ("text", "environment", "log"),
    [
        ("", {}, "pkdocs.log"),
        ('log = "catatan/a.jsonl"', {}, "catatan/a.jsonl"),
        ('log = "/var/log/pkdocs"', {}, "/var/log/pkdocs"),
        ('log = ""', {}, None),
        ('log = ""', {"PKDOCS_LOG": "/var/log/b"}, "/var/log/b"),
    ],
)
def test_a_workplace_has_a_log_unless_it_says_otherwise(
    tmp_path: Path, text: str, environment: dict[str, str], log: str | None
) -> None:
    write(tmp_path, text)
    assert read_settings(tmp_path, environment).log == (tmp_path / log if log else None)


def test_outside_of_a_workplace_a_log_is_kept_where_it_was_asked_for(tmp_path: Path) -> None:
    assert read_settings(tmp_path, {}).log is None
    assert read_settings(tmp_path, {"PKDOCS_LOG": "a.jsonl"}).log == Path("a.jsonl")


@pytest.mark.parametrize(
    "text",
    [
        'lang = "jv"',
        "lang = 1",
        "jobs = -1",
        "jobs = 1.5",
        "jobs = true",
        'jobs = "banyak"',
        "person_key = 5",
        "templates = ['a']",
        'colour = "biru"',
        "[jobs]\na = 1",
        "log = true",
    ],
)
def test_a_setting_that_is_unknown_or_of_another_kind_is_named(tmp_path: Path, text: str) -> None:
    write(tmp_path, text)
    with pytest.raises(UsageError, match="SETTING_UNKNOWN") as stop:
        read_settings(tmp_path, {})
    assert stop.value.params["known"] == "lang, person_key, templates, jobs, log, tsa, trust, service_authorities"
    assert stop.value.params["name"] in text


@pytest.mark.parametrize(("name", "value"), [("PKDOCS_LANG", "jv"), ("PKDOCS_JOBS", "-1")])
def test_a_wrong_variable_is_named_too(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(UsageError, match=r"SETTING_UNKNOWN.*PKDOCS_\*"):
        read_settings(tmp_path, {name: value})


@pytest.mark.parametrize("data", [b"lang = ", b"\xff", b"lang = 'a'\nlang = 'b'"])
def test_a_damaged_file_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(data)
    with pytest.raises(UsageError, match="SETTINGS_DAMAGED") as stop:
        read_settings(tmp_path, {})
    assert stop.value.params["file"] == str(tmp_path / FILE_NAME)


def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(UsageError, match="SETTINGS_DAMAGED"):
        read_settings(tmp_path, {})


def test_templates_come_with_the_package_or_lie_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (default_templates() / "umum.docx").is_file()
    monkeypatch.setattr(settings, "__file__", str(tmp_path / "pkdocs" / "settings.py"))
    assert default_templates() == tmp_path / "templates"
    (tmp_path / "pkdocs" / "_templates").mkdir(parents=True)
    assert default_templates() == tmp_path / "pkdocs" / "_templates"
