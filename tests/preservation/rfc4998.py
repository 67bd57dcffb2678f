"""RFC 4998 a second time, straight from its text: its module in asn1crypto's own words, and sections 4.3 and 5.3.

Nothing here knows pkdocs. A token is taken for what it says; its signature is OpenSSL's matter.
"""

import hashlib

from asn1crypto import algos, cms, core, tsp


class PartialHashtree(core.SequenceOf):
    _child_spec = core.OctetString


class PartialHashtrees(core.SequenceOf):
    _child_spec = PartialHashtree


class Attributes(core.SetOf):
    _child_spec = cms.CMSAttribute


class ArchiveTimeStamp(core.Sequence):
    _fields = [  # noqa: RUF012  asn1crypto's form
        ("digest_algorithm", algos.DigestAlgorithm, {"implicit": 0, "optional": True}),
        ("attributes", Attributes, {"implicit": 1, "optional": True}),
        ("reduced_hashtree", PartialHashtrees, {"implicit": 2, "optional": True}),
        ("time_stamp", cms.ContentInfo),
    ]


class ArchiveTimeStampChain(core.SequenceOf):
    _child_spec = ArchiveTimeStamp


class ArchiveTimeStampSequence(core.SequenceOf):
    _child_spec = ArchiveTimeStampChain


class DigestAlgorithms(core.SequenceOf):
    _child_spec = algos.DigestAlgorithm


class CryptoInfos(core.SequenceOf):
    _child_spec = cms.CMSAttribute


class EvidenceRecord(core.Sequence):
    _fields = [  # noqa: RUF012  asn1crypto's form
        ("version", core.Integer),
        ("digest_algorithms", DigestAlgorithms),
        ("crypto_infos", CryptoInfos, {"implicit": 0, "optional": True}),
        ("encryption_info", core.Sequence, {"implicit": 1, "optional": True}),
        ("archive_time_stamp_sequence", ArchiveTimeStampSequence),
    ]


def info_of(stamp: ArchiveTimeStamp) -> tsp.TSTInfo:
    signed = stamp["time_stamp"]["content"]
    return tsp.TSTInfo.load(signed["encap_content_info"]["content"].parsed.dump())


def algorithm_of(stamp: ArchiveTimeStamp) -> str:
    """4.1: without digestAlgorithm that of the timestamp is used."""
    if stamp["digest_algorithm"].native is not None:
        return stamp["digest_algorithm"]["algorithm"].native
    return info_of(stamp)["message_imprint"]["hash_algorithm"]["algorithm"].native


def root_of(stamp: ArchiveTimeStamp, h: bytes, algorithm: str) -> bytes:
    """4.3, steps 1 to 3, of a data object with the hash ``h``."""
    lists = stamp["reduced_hashtree"].native
    if lists is None:
        return h
    assert h in lists[0], "4.3, step 2: not in the first list"
    for one in lists:
        assert one == sorted(one), "4.2: in binary ascending order"
    current = list(lists[0])
    for following in [*lists[1:], None]:
        # a group of one is not hashed again (4.2, step 3)
        h = current[0] if len(current) == 1 else hashlib.new(algorithm, b"".join(sorted(current))).digest()
        current = [h, *(following or [])]
    return h


def verify(encoded: bytes, data: bytes) -> list[tuple[str, bytes, bytes]]:
    """Return algorithm, root and token of each archive timestamp (5.3); raises AssertionError where one does not hold.

    Also that times ascend (5.1).
    """
    record = EvidenceRecord.load(encoded, strict=True)
    assert record["version"].native == 1
    named = {one["algorithm"].native for one in record["digest_algorithms"]}
    sequence = record["archive_time_stamp_sequence"]
    found, times = [], []
    for place, chain in enumerate(sequence):
        algorithm = algorithm_of(chain[0])
        assert algorithm in named
        h = hashlib.new(algorithm, data).digest()
        if place:
            # 5.2, step 3 and 4: all chains before, as a sequence of their own
            older = ArchiveTimeStampSequence(list(sequence)[:place]).dump()
            h = hashlib.new(algorithm, h + hashlib.new(algorithm, older).digest()).digest()
        for stamp in chain:
            assert algorithm_of(stamp) == algorithm, "5.1: one algorithm in a chain"
            root, imprint = root_of(stamp, h, algorithm), info_of(stamp)["message_imprint"]
            assert imprint["hashed_message"].native == root, "4.3, step 4"
            assert imprint["hash_algorithm"]["algorithm"].native == algorithm, "4.3, step 4"
            times.append(info_of(stamp)["gen_time"].native)
            found.append((algorithm, root, stamp["time_stamp"].dump()))
            # 5.3, step 2: the next one is over the hash of this timestamp
            h = hashlib.new(algorithm, stamp["time_stamp"].dump()).digest()
    assert times == sorted(times), "5.1: ascending by time"
    return found
