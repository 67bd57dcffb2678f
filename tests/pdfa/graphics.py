"""ISO 19005-3, 6.2.2 to 6.2.10: colours, images, forms, transparency."""

from collections.abc import Iterator
from typing import Any, Final

from pikepdf import Array, Name, Object, Stream

from tests.pdfa.opened import Done, Opened

_OPERATORS: Final = frozenset(
    {
        *("b", "B", "b*", "B*", "BDC", "BMC", "BT", "BX", "c", "cm", "CS", "cs", "d", "Do", "DP", "EI", "EMC", "ET"),
        *("EX", "f", "F", "f*", "G", "g", "gs", "h", "i", "j", "J", "K", "k", "l", "m", "M", "MP", "n", "q", "Q", "re"),
        *("RG", "rg", "ri", "s", "S", "SC", "sc", "SCN", "scn", "sh", "T*", "Tc", "Td", "TD", "Tf", "Tj", "TJ", "TL"),
        *("Tm", "Tr", "Ts", "Tw", "Tz", "v", "w", "W", "W*", "y", "'", '"'),
    }
)
_COMPONENTS: Final = {b"RGB ": 3, b"CMYK": 4, b"GRAY": 1}
_DEVICE: Final = {"/DeviceGray": {b"RGB ", b"CMYK", b"GRAY"}, "/DeviceRGB": {b"RGB "}, "/DeviceCMYK": {b"CMYK"}}
_SETTING: Final = {"g": "/DeviceGray", "G": "/DeviceGray", "rg": "/DeviceRGB", "RG": "/DeviceRGB"} | {
    "k": "/DeviceCMYK",
    "K": "/DeviceCMYK",
}
_BLENDING: Final = frozenset(
    {
        *("/Normal", "/Compatible", "/Multiply", "/Screen", "/Overlay", "/Darken", "/Lighten", "/ColorDodge"),
        *("/ColorBurn", "/HardLight", "/SoftLight", "/Difference", "/Exclusion"),
        *("/Hue", "/Saturation", "/Color", "/Luminosity"),
    }
)
_INTENTS: Final = frozenset({"/RelativeColorimetric", "/AbsoluteColorimetric", "/Perceptual", "/Saturation"})
_USED: Final = {"Tf": "/Font", "Do": "/XObject", "gs": "/ExtGState", "sh": "/Shading"}


def clause_6_2_2_content(opened: Opened) -> Iterator[str]:
    for step in opened.done:
        if step.operator not in _OPERATORS:
            yield f"operator {step.operator}"
        kind = _USED.get(step.operator)
        if kind and str(step.operands[0]) not in step.resources.get(kind, {}):
            yield f"{step.operands[0]} is in no resources"
    for stream in (*opened.pages, *opened.forms):
        if stream and stream[-1].nested != 0:
            yield "q without Q"


def clause_6_2_3_output_intent(opened: Opened) -> Iterator[str]:
    intents = [intent for intent in opened.document.Root.get("/OutputIntents", []) if intent.get("/S") == "/GTS_PDFA1"]
    if len(intents) != 1:
        yield f"{len(intents)} intents"
    for intent in intents:
        if not str(intent.get("/OutputConditionIdentifier", "")):
            yield "no condition"
        profile = intent.get("/DestOutputProfile")
        if not isinstance(profile, Stream) or "/DestOutputProfileRef" in intent:
            yield "no profile"
        else:
            yield from _profile(profile, {b"prtr", b"mntr"})


def _profile(stream: Stream, kinds: set[bytes]) -> Iterator[str]:
    data = stream.read_bytes()
    if len(data) < 132 or int.from_bytes(data[:4], "big") != len(data) or data[36:40] != b"acsp":
        yield "no ICC profile"
        return
    if data[12:16] not in kinds:
        yield f"a profile of the class {data[12:16]!r}"
    if not 2 <= data[8] <= 4:
        yield f"a profile of version {data[8]}"
    if stream.get("/N") != _COMPONENTS.get(data[16:20]):
        yield "N is not the number of components"
    for entry in range(132, 132 + 12 * int.from_bytes(data[128:132], "big"), 12):
        start, size = (int.from_bytes(data[entry + place : entry + place + 4], "big") for place in (4, 8))
        if start + size > len(data):
            yield "a profile that is cut off"


def _destination(opened: Opened) -> bytes:
    intents = opened.document.Root.get("/OutputIntents", [])
    profiles = [intent.DestOutputProfile.read_bytes() for intent in intents if "/DestOutputProfile" in intent]
    return bytes(profiles[0][16:20]) if profiles else b""


def clause_6_2_4_colour_spaces(opened: Opened) -> Iterator[str]:
    destination = _destination(opened)
    for space in _spaces(opened):
        name = str(space[0]) if isinstance(space, Array) else str(space)
        if name in _DEVICE:
            if destination not in _DEVICE[name]:
                yield f"{name} without an intent for it"
        elif name == "/ICCBased":
            yield from _profile(space[1], {b"prtr", b"mntr", b"scnr", b"spac"})
        elif name == "/Indexed":
            base = space[1]
            if str(base) not in _DEVICE or destination not in _DEVICE[str(base)]:
                yield f"{name} of {base}"
        elif name != "/Pattern":
            yield f"{name} is not known here"


def _spaces(opened: Opened) -> Iterator[Any]:
    """Yield every colour space: set by operators, of images and groups, in resources."""
    yield from (Name(_SETTING[step.operator]) for step in opened.done if step.operator in _SETTING)
    for step in opened.done:
        if step.operator in {"cs", "CS"}:
            yield step.resources.get("/ColorSpace", {}).get(str(step.operands[0]), step.operands[0])
        if step.operator == "EI":
            yield from (Name("/InlineImage") for _ in step.operands)
    for found in opened.dictionaries:
        if "/ColorSpace" in found and isinstance(found["/ColorSpace"], Name | Array):
            yield found["/ColorSpace"]
        if found.get("/S") == Name.Transparency and "/CS" in found:
            yield found["/CS"]


def clause_6_2_5_graphics_state(opened: Opened) -> Iterator[str]:
    for state in _states(opened):
        if {"/TR", "/HTP", "/HT"}.intersection(state.keys()):
            yield "a transfer function or halftone"
        if state.get("/TR2", Name.Default) != Name.Default:
            yield "TR2"
        if str(state.get("/RI", "/Perceptual")) not in _INTENTS:
            yield "rendering intent"
    for step in opened.done:
        if step.operator == "ri" and str(step.operands[0]) not in _INTENTS:
            yield "rendering intent"


def _states(opened: Opened) -> Iterator[Object]:
    for found in opened.dictionaries:
        if "/ExtGState" in found:
            yield from found.ExtGState.as_dict().values()


def _drawn(opened: Opened, kind: Name) -> Iterator[Stream]:
    return (found for found in opened.objects if isinstance(found, Stream) and found.get("/Subtype") == kind)


def clause_6_2_8_images(opened: Opened) -> Iterator[str]:
    for image in _drawn(opened, Name.Image):
        if {"/Alternates", "/OPI"}.intersection(image.keys()):
            yield "another image instead"
        if bool(image.get("/Interpolate", False)):
            yield "interpolated"
        if int(image.get("/BitsPerComponent", 1)) not in {1, 2, 4, 8, 16}:
            yield "bits"
        if bool(image.get("/ImageMask", False)) and int(image.get("/BitsPerComponent", 1)) != 1:
            yield "a mask of more than a bit"


def clause_6_2_9_forms(opened: Opened) -> Iterator[str]:
    for form in _drawn(opened, Name.Form):
        if foreign := {"/OPI", "/Ref", "/PS", "/Subtype2"}.intersection(form.keys()):
            yield f"a form with {foreign}"
    if any(True for _ in _drawn(opened, Name.PS)):
        yield "PostScript"


def clause_6_2_10_transparency(opened: Opened) -> Iterator[str]:
    for state in _states(opened):
        modes = state.get("/BM", Name.Normal)
        for mode in modes if isinstance(modes, Array) else [modes]:
            if str(mode) not in _BLENDING:
                yield f"blend mode {mode}"
    for number, (page, steps) in enumerate(zip(opened.document.pages, opened.pages, strict=True), 1):
        group = page.obj.get("/Group")
        if _is_transparent(steps) and not _destination(opened) and (group is None or "/CS" not in group):
            yield f"page {number} is blended in no colour space"
        if group is not None and (group.get("/S") != Name.Transparency or "/CS" not in group):
            yield f"page {number} is a group without a colour space"


def _is_transparent(steps: list[Done]) -> bool:
    for step in steps:
        if step.operator == "Do":
            drawn = step.resources.XObject[step.operands[0]]
            if "/SMask" in drawn or "/Group" in drawn:
                return True
        if step.operator == "gs":
            state = step.resources.ExtGState[step.operands[0]]
            if (
                any(float(state.get(key, 1)) < 1 for key in ("/ca", "/CA"))
                or state.get("/BM", Name.Normal) != Name.Normal
            ):
                return True
    return False


RULES: Final = (
    clause_6_2_2_content,
    clause_6_2_3_output_intent,
    clause_6_2_4_colour_spaces,
    clause_6_2_5_graphics_state,
    clause_6_2_8_images,
    clause_6_2_9_forms,
    clause_6_2_10_transparency,
)
