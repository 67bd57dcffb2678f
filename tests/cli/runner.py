"""Commands called as a user calls them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from pkdocs.cli import main


@dataclass(frozen=True)
class Run:
    """What a command gave."""

    exit: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which is JSON alone."""
        return json.loads(self.out)

    @property
    def error(self) -> tuple[str, int]:
        """Code and exit code of what stopped the command, the one that it ended with."""
        assert self.json.keys() == {"error"}
        said = self.json["error"]
        assert said.keys() == {"code", "message", "exit"}
        assert said["exit"] == self.exit
        return said["code"], said["exit"]


def pkdocs(*arguments: str | Path, typed: str | None = None, env: dict[str, str] | None = None) -> Run:
    """Call ``pkdocs``; anything but an orderly end is a fault of the program."""
    result = CliRunner().invoke(main, list(map(str, arguments)), input=typed, env=env)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert "Traceback" not in result.output
    return Run(result.exit_code, result.stdout, result.stderr)
