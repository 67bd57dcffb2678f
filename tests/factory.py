"""Invented agreements for tests: valid values, of which a test changes one thing."""

from dataclasses import replace
from datetime import date

from pkdocs.content import (
    SCHEMA,
    Budget,
    Content,
    Expense,
    Goal,
    Organisation,
    Parties,
    Party,
    PersonScheme,
    PlanReference,
    Promise,
    Quarter,
    Reference,
    Seat,
    Type,
    Value,
)
from pkdocs.plan import Mode, Polarity, Tier
from pkdocs.roster import Level, Means, Status

MAYOR = Party(
    person="AAAAAAAAAAAAAAAA",
    label="PIHAK PERTAMA",
    position="WALIKOTA",
    office="Wali Kota Wanasari",
    status=Status.DEFINITIVE,
    means=Means.ELECTRONIC,
    name="Arum Pradnyawati",
)
HEAD = Party(
    person="BBBBBBBBBBBBBBBB",
    label="PIHAK PERTAMA",
    position="KOMINFO",
    office="Kepala Dinas Komunikasi dan Informatika",
    status=Status.DEFINITIVE,
    means=Means.ELECTRONIC,
    name="Dra. Citra Maheswari, M.M.",
    rank="Pembina Utama Muda (IV/c)",
    number="NIP. 197111021996032992",
)
DIVISION_HEAD = Party(
    person="CCCCCCCCCCCCCCCC",
    label="PIHAK PERTAMA",
    position="KOMINFO.APTIKA",
    office="Plt. Kepala Bidang Aplikasi Informatika",
    status=Status.PLT,
    means=Means.ELECTRONIC,
    name="Elok Larasasih, S.Kom., M.Kom.",
    rank="Pembina (IV/a)",
    number="NIP. 197801302003012994",
)


def second(party: Party) -> Party:
    """Return ``party`` as the superior of somebody."""
    return replace(party, label="PIHAK KEDUA")


def reference(content: Content) -> Reference:
    return Reference(content.id, content.digest)


def root_content() -> Content:
    """The mayor's agreement: one signer, answers to the RPJMD."""
    return Content(
        schema=SCHEMA,
        type=Type.AGREEMENT,
        organisation=Organisation("Pemerintah Kota Wanasari", "35.99"),
        year=2026,
        id="PK-2026-WALIKOTA-1",
        version=1,
        title="PERJANJIAN KINERJA TAHUN 2026",
        first_day=date(2026, 1, 1),
        last_day=date(2026, 12, 31),
        position=Seat("WALIKOTA", "Wali Kota Wanasari", "Pemerintah Kota Wanasari", Level.HEAD_OF_REGION),
        person_scheme=PersonScheme.TRIAL,
        parties=Parties(MAYOR),
        place="Wanasari",
        dated=date(2026, 1, 22),
        goals=(
            Goal(
                "Meningkatnya tata kelola pemerintahan",
                (
                    Promise(
                        code="IKU-RB",
                        text="Indeks Reformasi Birokrasi",
                        unit="indeks",
                        target=Value(number="86.00"),
                        polarity=Polarity.UP,
                        mode=Mode.YEARLY,
                        answers_to=("RPJMD-1",),
                        baseline=Value(number="84.12"),
                    ),
                ),
            ),
            Goal(
                "Meningkatnya pertumbuhan ekonomi yang inklusif & merata",
                (
                    Promise(
                        code="IKU-PE",
                        text="Pertumbuhan ekonomi",
                        unit="%",
                        target=Value(low="5.10", high="5.50"),
                        polarity=Polarity.UP,
                        mode=Mode.YEARLY,
                    ),
                    Promise(
                        code="IKU-MISKIN",
                        text="Persentase penduduk miskin",
                        unit="%",
                        target=Value(number="4.95"),
                        polarity=Polarity.DOWN,
                        mode=Mode.YEARLY,
                    ),
                ),
            ),
        ),
        budget=Budget(
            (
                Expense("2.16.03", Tier.PROGRAMME, "Program Aplikasi Informatika", "4215300000", "APBD"),
                Expense("2.16.01", Tier.PROGRAMME, "Program Penunjang Urusan Pemerintahan", "9874112450", "DAU"),
            ),
            "14089412450",
        ),
        plans=(
            PlanReference(
                code="RPJMD-1",
                text="Indeks Reformasi Birokrasi",
                goal="Terwujudnya tata kelola yang baik",
                unit="indeks",
                target=Value(number="86.00"),
                final_target=Value(number="90.00"),
                polarity=Polarity.UP,
            ),
        ),
    )


def head_content(parent: Content | None = None) -> Content:
    """The agreement of the head of an agency with the mayor."""
    root = parent or root_content()
    return replace(
        root,
        id="PK-2026-KOMINFO-1",
        position=Seat("KOMINFO", HEAD.office, "Dinas Komunikasi dan Informatika", Level.JPT_PRATAMA),
        parties=Parties(HEAD, second(MAYOR)),
        parent=reference(root),
        goals=(
            Goal(
                "Meningkatnya kualitas SPBE",
                (
                    Promise(
                        code="KOMINFO-1",
                        text="Indeks SPBE (Pemerintah Digital)",
                        unit="indeks",
                        target=Value(number="4.10"),
                        polarity=Polarity.UP,
                        mode=Mode.YEARLY,
                        answers_to=("IKU-RB",),
                        baseline=Value(number="3.92"),
                        definition="Nilai hasil evaluasi SPBE oleh KemenPANRB",
                        source="LHE SPBE",
                    ),
                ),
            ),
        ),
        budget=Budget(
            (Expense("2.16.03", Tier.PROGRAMME, "Program Aplikasi Informatika", "4215300000", "APBD"),), "4215300000"
        ),
        plans=(),
    )


def division_content(parent: Content | None = None) -> Content:
    """The agreement of an acting head of division with the head of the agency, quarterly targets and all."""
    above = parent or head_content()
    return replace(
        above,
        id="PK-2026-KOMINFO.APTIKA-1",
        position=Seat(
            "KOMINFO.APTIKA",
            "Kepala Bidang Aplikasi Informatika",
            "Dinas Komunikasi dan Informatika",
            Level.ADMINISTRATOR,
            subunit="Bidang Aplikasi Informatika",
        ),
        parties=Parties(DIVISION_HEAD, second(HEAD)),
        parent=reference(above),
        goals=(
            Goal(
                "Meningkatnya layanan aplikasi terintegrasi",
                (
                    Promise(
                        code="APTIKA-1",
                        text="Persentase layanan SPBE terintegrasi",
                        unit="%",
                        target=Value(number="75"),
                        polarity=Polarity.UP,
                        mode=Mode.LAST,
                        answers_to=("KOMINFO-1",),
                        quarters=tuple(Quarter(n, Value(number=t)) for n, t in enumerate(("20", "40", "60", "75"), 1)),
                        action="Menyusun peta jalan integrasi dan menguji tiap triwulan",
                    ),
                ),
            ),
        ),
        budget=None,
    )
