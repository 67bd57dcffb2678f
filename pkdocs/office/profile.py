"""LibreOffice's settings in a worker's private profile: nothing from outside, nothing that runs, nothing kept."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape, quoteattr

_NOBODY: Final = ("127.0.0.1", 9)  # the discard port: should a worker have a network, nobody answers there

_COMMON: Final = "/org.openoffice.Office.Common"
_SUBSTITUTION: Final = f"{_COMMON}/Font/Substitution"
_INTERNET: Final = "/org.openoffice.Inet/Settings"
_SETTINGS: Final[tuple[tuple[str, str, str | int | bool], ...]] = (
    (f"{_COMMON}/Security/Scripting", "BlockUntrustedRefererLinks", True),
    (f"{_COMMON}/Security/Scripting", "DisableMacrosExecution", True),
    (f"{_COMMON}/Security/Scripting", "DisableActiveContent", True),
    (f"{_COMMON}/Security/Scripting", "MacroSecurityLevel", 3),
    (f"{_COMMON}/Security/Scripting", "CheckDocumentEvents", True),
    (f"{_COMMON}/Misc", "CrashReport", False),
    (f"{_COMMON}/Misc", "UseOpenCL", False),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", 0),  # never
    ("/org.openoffice.Office.WriterWeb/Content/Update", "Link", 0),
    ("/org.openoffice.Office.Recovery/AutoSave", "Enabled", False),
    ("/org.openoffice.Office.Recovery/RecoveryInfo", "Enabled", False),
    ("/org.openoffice.Office.Java/VirtualMachine", "Enable", False),
    ("/org.openoffice.Office.Update/Update", "Enabled", False),
    ("/org.openoffice.Setup/Office", "ooSetupInstCompleted", True),
    (_INTERNET, "ooInetProxyType", 2),
    *((_INTERNET, f"ooInet{protocol}ProxyName", _NOBODY[0]) for protocol in ("HTTP", "HTTPS", "FTP")),
    *((_INTERNET, f"ooInet{protocol}ProxyPort", _NOBODY[1]) for protocol in ("HTTP", "HTTPS", "FTP")),
    (_INTERNET, "ooInetNoProxy", ""),
    (_SUBSTITUTION, "Replacement", True),
)


def write_profile(profile: Path, replacements: Iterable[tuple[str, str]] = ()) -> None:
    """Make the folder ``profile`` with the settings.

    ``replacements`` are families with those that LibreOffice takes instead, whatever fontconfig would choose.
    """
    user = profile / "user"
    user.mkdir(parents=True)
    items = [_item(path, _prop(name, value)) for path, name, value in _SETTINGS]
    items += [_replacement(number, *pair) for number, pair in enumerate(replacements)]
    (user / "registrymodifications.xcu").write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">\n'
        f"{''.join(items)}</oor:items>\n",
        encoding="utf-8",
    )


def _replacement(number: int, family: str, instead: str) -> str:
    """Say it in the table of Tools, Options, Fonts; without ``Always`` it would be one proposal among fontconfig's."""
    pair = ("ReplaceFont", family), ("SubstituteFont", instead), ("Always", True), ("OnScreenOnly", False)
    props = "".join(_prop(name, value) for name, value in pair)
    node = f'<node oor:name="_{number}" oor:op="replace">{props}</node>'
    return _item(f"{_SUBSTITUTION}/FontPairs", node)


def _item(path: str, content: str) -> str:
    return f"<item oor:path={quoteattr(path)}>{content}</item>\n"


def _prop(name: str, value: str | int | bool) -> str:  # noqa: FBT001  a value, not a switch
    return f'<prop oor:name={quoteattr(name)} oor:op="fuse"><value>{_written(value)}</value></prop>'


def _written(value: str | int | bool) -> str:  # noqa: FBT001  a value, not a switch
    return str(value).lower() if isinstance(value, bool) else escape(str(value))
