"""One file under audit, looked at in a process of its own or in one that lasts; what comes of it goes to the parent."""

from dataclasses import dataclass
from typing import Final

from pkdocs.messages import Said
from pkdocs.pipeline.renderers import Renderer
from pkdocs.pipeline.sources import Source, SourceError
from pkdocs.verification import Facts, Vouched, examine_pdf, unread_facts
from pkdocs.verification.parcel import pack
from pkdocs.vouched import examine_listed, examine_thoroughly

NOTHING_VOUCHED: Final = Vouched()


def examine_file(file: Source, vouched: Vouched = NOTHING_VOUCHED) -> Facts:
    """Return the facts of a file; one that cannot be read counts as such.

    Of what is ``vouched`` for pages are not read.
    """
    try:
        return examine_pdf(file.read(), vouched)
    except SourceError as fault:
        return unread_facts(fault.refusal.reason, code=fault.refusal.code)


def lost_file(_file: Source) -> Facts:
    """Return the facts of a file whose process did not come to an end."""
    return unread_facts(Said("EXAMINATION_LOST"))


@dataclass(frozen=True, slots=True)
class Look:
    """How files are looked at where a register vouches for ``vouched``; what is found comes packed.

    ``renderers`` are those that look at pages when it is done thoroughly.
    """

    vouched: Vouched
    renderers: tuple[Renderer, ...] = ()

    def quickly(self, file: Source) -> bytes | None:
        """Return the facts of a listed file exactly in our own form; None of any other, and of one that is not read.

        No library sees its bytes that they could lead astray.
        """
        try:
            facts = examine_listed(file.read(), self.vouched)
        except SourceError:
            return None
        return pack(facts) if facts else None

    def strictly(self, file: Source) -> bytes:
        """Return the facts of any file."""
        return pack(examine_file(file, self.vouched))

    def thoroughly(self, file: Source) -> bytes:
        """Return the facts of any file, looked at in every way: vouched for or not."""
        renderers = {one.name: one.draw for one in self.renderers}
        try:
            return pack(examine_thoroughly(file.read(), self.vouched, examine_listed, renderers))
        except SourceError as fault:
            return pack(unread_facts(fault.refusal.reason, code=fault.refusal.code))

    def lost(self, file: Source) -> bytes:
        """Return the facts of a file whose process did not come to an end."""
        return pack(lost_file(file))
