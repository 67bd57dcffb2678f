"""The two generations of the client service that are in use."""

from enum import StrEnum


class Version(StrEnum):
    """V1: multipart, one file a call. V2: JSON, several files a call."""

    V1 = "v1"
    V2 = "v2"
