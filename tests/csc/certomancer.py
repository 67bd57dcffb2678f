"""A real CSC server of version 1, certomancer's, on a loopback port, with keys and certificates made for it.

It demands no token and no PIN (``authMode`` is implicit), and it binds digests where it is told to.
"""

import asyncio
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from certomancer.registry import CertomancerConfig
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from csc_dummy.csc_dummy_server import CSCWithCertomancer, DummyServiceParams

from pkdocs.content import Party
from pkdocs.pki import KeyKind

CREDENTIAL = "uji/pejabat"


@contextmanager
def serving(
    folder: Path, party: Party, kind: KeyKind, *, multisign: int, binds: bool
) -> Iterator[tuple[str, list[str]]]:
    """Yield the address of a service that keeps a key of ``party``, and the methods that it was asked for, in order."""
    params = DummyServiceParams(hash_pinning_required=binds, multisign=multisign)
    config = CertomancerConfig(_config(folder, party, kind), str(folder))
    with warnings.catch_warnings():
        # names of settings as aiohttp liked them when that server was written
        warnings.simplefilter("ignore", web.NotAppKeyWarning)
        server = CSCWithCertomancer(config, service_params=params)
    server.register_routes()
    asked: list[str] = []

    @web.middleware
    async def note(request: web.Request, handler: Any) -> Any:
        asked.append(request.path.removeprefix("/csc/"))
        return await handler(request)

    server.app.middlewares.append(note)
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(server.app)
    loop.run_until_complete(runner.setup())
    site = web.TCPSite(runner, "127.0.0.1", 0)
    loop.run_until_complete(site.start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", asked
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _config(folder: Path, party: Party, kind: KeyKind) -> dict[str, Any]:
    for name in ("root", "pejabat"):
        encoded = kind.make_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / f"{name}.pem").write_bytes(encoded)
    return {
        "keysets": {"uji": {"keys": {name: {"path": f"{name}.pem"} for name in ("root", "pejabat")}}},
        "pki-architectures": {
            "uji": {
                "keyset": "uji",
                "entities": {
                    "root": {"common-name": "Induk Uji (BUKAN UNTUK DIPAKAI RESMI)"},
                    "pejabat": {"common-name": party.name, "serial-number": party.person},
                },
                "certs": {
                    "root": _certificate("root", ["key_cert_sign", "crl_sign"], is_authority=True),
                    "pejabat": _certificate("pejabat", ["digital_signature", "non_repudiation"], is_authority=False),
                },
            }
        },
    }


def _certificate(name: str, usage: list[str], *, is_authority: bool) -> dict[str, Any]:
    return {
        "subject": name,
        "subject-key": name,
        "issuer": "root",
        "authority-key": "root",
        "validity": {"valid-from": "2026-01-05T00:00:00+0000", "valid-to": "2030-01-05T00:00:00+0000"},
        "extensions": [
            {"id": "basic_constraints", "critical": True, "value": {"ca": is_authority}},
            {"id": "key_usage", "critical": True, "smart-value": {"schema": "key-usage", "params": usage}},
        ],
    }
