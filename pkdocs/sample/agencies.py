"""By what the agencies of Kota Wanasari grow: schools, puskesmas, kelurahan, field units, teams."""

from typing import Final

from pkdocs.sample.kind import Course, Kind, Measure, Outlay, Staff
from pkdocs.sample.people import Role

_SENIOR, _MIDDLE, _JUNIOR, _SKILLED = ("IV/a", "IV/b"), ("III/c", "III/d"), ("III/a", "III/b"), ("II/c", "II/d")
_DEGREE, _DIPLOMA, _SCHOOLED = ("IX",), ("VII",), ("V",)

_REPORTS: Final = Measure("Jumlah laporan pelaksanaan tugas", "laporan", Course.COUNT, 3, "Laporan setiap bulan")
_PUNCTUAL: Final = Measure(
    "Ketepatan waktu penyelesaian tugas", "%", Course.SHARE, 95, "Mengikuti jadwal kerja mingguan"
)
_OFFICE_STAFF: Final = Staff(
    "ADM",
    Role("Pengadministrasi Perkantoran", "Pelaksana", "PPPK Paruh Waktu", _SCHOOLED),
    "Tertibnya administrasi unit",
    (
        Measure("Jumlah berkas yang diarsipkan", "berkas", Course.COUNT, 120, "Pemindaian harian"),
        Measure("Jumlah aduan yang tidak dicatat", "aduan", Course.NONE, 0, "Pemeriksaan kanal aduan setiap hari"),
        _PUNCTUAL,
        _REPORTS,
    ),
)
_FIELD_STAFF: Final = Staff(
    "OPR",
    Role("Operator Layanan Operasional", "Non-ASN", "Non-ASN"),
    "Terlaksananya layanan lapangan",
    (
        Measure("Jumlah titik layanan yang dikerjakan", "titik", Course.COUNT, 90, "Sesuai jadwal regu"),
        Measure("Persentase laporan harian lengkap", "%", Course.WHOLE, 100, "Foto sebelum dan sesudah pekerjaan"),
        _PUNCTUAL,
        _REPORTS,
    ),
)

_TEACHING: Final = (
    Measure("Persentase siswa mencapai ketuntasan literasi", "%", Course.RISING, 80, "Asesmen formatif setiap bulan"),
    Measure("Jumlah perangkat ajar yang disusun", "dokumen", Course.COUNT, 2, "Menyusun modul ajar tiap triwulan"),
    Measure("Jumlah kegiatan pengembangan kompetensi", "kegiatan", Course.COUNT, 1, "Kelompok kerja guru"),
    _PUNCTUAL,
)
_SCHOOL: Final = Kind(
    superior="DISDIK",
    code="SD",
    place="SD Negeri {name}",
    lead=Role("Guru Ahli Madya", "Fungsional", "PNS", _SENIOR, "S.Pd., M.Pd."),
    assignment="Kepala SD Negeri {name}",
    goal="Meningkatnya mutu sekolah",
    measures=(
        Measure("Persentase siswa di atas kompetensi minimum literasi", "%", Course.RISING, 82, "Pojok baca"),
        Measure("Jumlah siswa putus sekolah", "siswa", Course.NONE, 0, "Kunjungan rumah"),
    ),
    parents=("DISDIK-3", "DISDIK-1"),
    staff=(
        Staff(
            "GURU",
            Role("Guru Ahli Pertama", "Fungsional", "PPPK", _DEGREE, "S.Pd."),
            "Meningkatnya hasil belajar",
            _TEACHING,
        ),
        Staff(
            "GURUMUDA",
            Role("Guru Ahli Muda", "Fungsional", "PNS", _MIDDLE, "S.Pd."),
            "Meningkatnya hasil belajar",
            _TEACHING,
        ),
        _OFFICE_STAFF,
    ),
    size=12,
)

_CARING: Final = (
    Measure("Jumlah kunjungan yang dilayani", "kunjungan", Course.COUNT, 150, "Pelayanan dalam dan luar gedung"),
    Measure("Persentase rekam medis lengkap", "%", Course.WHOLE, 100, "Pengisian pada hari pelayanan"),
    Measure("Waktu tunggu pelayanan", "menit", Course.WAIT, 30, "Triase dan antrean daring"),
    _REPORTS,
)
_CLINIC: Final = Kind(
    superior="DINKES",
    code="PKM",
    place="UPTD Puskesmas {name}",
    lead=Role("Dokter Ahli Madya", "Fungsional", "PNS", _SENIOR, "M.Kes.", degree_before="dr."),
    assignment="Kepala UPTD Puskesmas {name}",
    goal="Meningkatnya mutu layanan puskesmas",
    measures=(
        Measure("Cakupan pelayanan ibu hamil enam kali", "%", Course.RISING, 94, "Kelas ibu hamil"),
        Measure("Jumlah kematian ibu di wilayah kerja", "kejadian", Course.NONE, 0, "Rujukan terencana"),
    ),
    parents=("DINKES-UHH", "DINKES-AKI"),
    staff=(
        Staff(
            "BIDAN",
            Role("Bidan Terampil", "Fungsional", "PPPK", _DIPLOMA, "A.Md.Keb.", is_for_women=True),
            "Meningkatnya kesehatan ibu",
            _CARING,
        ),
        Staff(
            "PERAWAT",
            Role("Perawat Ahli Pertama", "Fungsional", "PNS", _JUNIOR, "S.Kep., Ners"),
            "Meningkatnya asuhan",
            _CARING,
        ),
        Staff(
            "GIZI",
            Role("Nutrisionis Ahli Pertama", "Fungsional", "PPPK", _DEGREE, "S.Gz."),
            "Menurunnya masalah gizi",
            _CARING,
        ),
        _FIELD_STAFF,
    ),
    size=15,
)
_WARD: Final = Kind(
    superior="RSUD",
    code="RUANG",
    place="Ruang {name}",
    lead=Role("Perawat Ahli Muda", "Fungsional", "PNS", _MIDDLE, "S.Kep., Ners"),
    assignment="Kepala Ruang {name}",
    goal="Meningkatnya mutu asuhan keperawatan",
    measures=(
        Measure(
            "Persentase asuhan keperawatan terdokumentasi lengkap", "%", Course.SHARE, 95, "Reviu tiap pergantian sif"
        ),
        Measure("Jumlah pasien jatuh", "kejadian", Course.NONE, 0, "Penilaian risiko jatuh"),
    ),
    parents=("RSUD-SPM", "RSUD-NDR"),
    staff=(
        Staff(
            "PERAWAT",
            Role("Perawat Terampil", "Fungsional", "PPPK", _DIPLOMA, "A.Md.Kep."),
            "Meningkatnya asuhan",
            _CARING,
        ),
        Staff(
            "NERS",
            Role("Perawat Ahli Pertama", "Fungsional", "PPPK", _DEGREE, "S.Kep., Ners"),
            "Meningkatnya asuhan",
            _CARING,
        ),
    ),
    size=14,
)
_VILLAGE: Final = Kind(
    superior="KECSM",
    code="KEL",
    place="Kelurahan {name}",
    lead=Role("Lurah {name}", "Pengawas", "PNS", _MIDDLE, "S.I.P."),
    goal="Meningkatnya kualitas pelayanan kelurahan",
    measures=(
        Measure("IKM kelurahan", "nilai", Course.RISING, 87, "Survei kepuasan pada loket"),
        Measure("Persentase usulan kelurahan dibahas di musrenbang", "%", Course.RISING, 80, "Rembuk warga RW"),
    ),
    parents=("KECSM-1", "KECSM-2"),
    staff=(
        Staff(
            "PENATA",
            Role("Penata Layanan Operasional", "Pelaksana", "PPPK", _DEGREE, "S.A.P."),
            "Tertibnya pelayanan umum",
            (
                Measure(
                    "Jumlah surat keterangan yang diterbitkan", "surat", Course.COUNT, 200, "Selesai hari itu juga"
                ),
                _PUNCTUAL,
                _REPORTS,
            ),
        ),
        _OFFICE_STAFF,
    ),
    size=6,
    outlay=Outlay("7.01.03.2.02.0002", "Pemberdayaan Masyarakat di Kelurahan", 62_500_000),
)
_ROADS: Final = Kind(
    superior="DPUPR",
    code="UPTDJALAN",
    place="UPTD Pemeliharaan Jalan Wilayah {name}",
    lead=Role("Kepala UPTD Pemeliharaan Jalan Wilayah {name}", "Pengawas", "PNS", _MIDDLE, "S.T."),
    goal="Terpeliharanya jalan wilayah",
    measures=(
        Measure("Persentase aduan jalan rusak yang ditangani tujuh hari", "%", Course.SHARE, 95, "Unit reaksi cepat"),
        Measure("Panjang drainase yang dinormalisasi", "m", Course.COUNT, 250, "Padat karya"),
    ),
    parents=("DPUPR-1", "DPUPR-2"),
    staff=(_FIELD_STAFF, _OFFICE_STAFF),
    size=10,
    outlay=Outlay("1.03.10.2.01.0051", "Pemeliharaan Rutin Jalan", 318_000_000),
    numbered=True,
)
_CLEANING: Final = Kind(
    superior="DLH",
    code="UPTDKEBERSIHAN",
    place="UPTD Kebersihan Wilayah {name}",
    lead=Role("Kepala UPTD Kebersihan Wilayah {name}", "Pengawas", "PNS", _MIDDLE, "S.T."),
    goal="Meningkatnya kebersihan wilayah",
    measures=(
        Measure("Jumlah ritase pengangkutan sampah", "rit", Course.COUNT, 270, "Penjadwalan rute"),
        Measure("Persentase bank sampah aktif", "%", Course.RISING, 85, "Pendampingan kelurahan"),
    ),
    parents=("DLH-2", "DLH-3"),
    staff=(_FIELD_STAFF, _OFFICE_STAFF),
    size=12,
    outlay=Outlay("2.11.11.2.01.0008", "Pengangkutan Sampah", 214_000_000),
    numbered=True,
)
_PATROL: Final = Kind(
    superior="SATPOLPP.GAKDA",
    code="OPS",
    place="Seksi Operasi Wilayah {name}",
    lead=Role("Kepala Seksi Operasi Wilayah {name}", "Pengawas", "PNS", _MIDDLE, "S.H."),
    goal="Meningkatnya kepatuhan terhadap perda di wilayah",
    measures=(
        Measure("Persentase pelanggaran perda yang diselesaikan", "%", Course.SHARE, 96, "Pembinaan dan teguran"),
        Measure("Jumlah patroli wilayah", "kali", Course.COUNT, 180, "Patroli dua kali sehari"),
    ),
    parents=("GAKDA-1", "GAKDA-2"),
    staff=(
        Staff(
            "POL",
            Role("Polisi Pamong Praja Terampil", "Fungsional", "PNS", _SKILLED, "A.Md."),
            "Terlaksananya patroli dan penertiban",
            (
                Measure("Jumlah patroli yang diikuti", "kali", Course.COUNT, 45, "Sesuai jadwal regu"),
                Measure("Persentase laporan pelanggaran lengkap", "%", Course.WHOLE, 100, "Foto dan titik lokasi"),
                _PUNCTUAL,
            ),
        ),
    ),
    size=10,
    outlay=Outlay("1.05.02.2.02.0003", "Penanganan atas Pelanggaran Peraturan Daerah", 48_000_000),
    numbered=True,
)


def _team(superior: str, title: str, subject: str, parents: tuple[str, str], degree: str) -> Kind:
    """A work team: its lead has no delegated authority, so its staff sign with the superior (PermenPANRB 7/2022)."""
    works = (
        Measure("Jumlah layanan yang diselesaikan", "layanan", Course.COUNT, 12, "Papan kerja mingguan"),
        Measure("Rata-rata waktu penyelesaian", "hari", Course.WAIT, 3, "Pembagian tugas harian"),
        _PUNCTUAL,
        _REPORTS,
    )
    return Kind(
        superior=superior,
        code="TIM",
        place=f"Tim Kerja {subject} {{name}}",
        lead=Role(f"{title} Ahli Muda", "Fungsional", "PNS", _MIDDLE, degree),
        assignment=f"Ketua Tim Kerja {subject} {{name}}",
        goal=f"Meningkatnya {subject.lower()}",
        measures=(
            Measure("Jumlah layanan yang difasilitasi", "layanan", Course.COUNT, 24, "Rencana kerja tim"),
            Measure("Indeks kepuasan pengguna layanan", "nilai", Course.RISING, 88, "Survei pengguna"),
        ),
        parents=parents,
        staff=(
            Staff(
                "STAF",
                Role(f"{title} Ahli Pertama", "Fungsional", "PPPK", _DEGREE, degree),
                "Terselesaikannya layanan",
                works,
            ),
            Staff(
                "PELAKSANA",
                Role("Penelaah Teknis Kebijakan", "Pelaksana", "PNS", _JUNIOR, "S.A.P."),
                "Terselesaikannya layanan",
                works,
            ),
        ),
        size=6,
        numbered=True,
    )


_APPLICATIONS: Final = _team(
    "KOMINFO.APTIKA", "Pranata Komputer", "Layanan Aplikasi", ("APTIKA-1", "APTIKA-3"), "S.Kom."
)
_COMPETENCE: Final = _team(
    "BKPSDM.PKP", "Analis Sumber Daya Manusia Aparatur", "Pengembangan Kompetensi", ("PKP-1", "PKP-2"), "S.Psi."
)
_ORGANISATION: Final = _team("SETDA.ORG", "Analis Kebijakan", "Tata Laksana", ("ORG-1", "ORG-3"), "S.Sos.")
_PLANNING: Final = _team("BAPPERIDA.PPE", "Perencana", "Perencanaan Sektor", ("PPE-1", "PPE-2"), "S.E.")
_AUDIT: Final = _team("INSP.IRBAN1", "Auditor", "Pengawasan", ("IRBAN1-1", "IRBAN1-2"), "S.E., Ak.")
_SOCIAL: Final = _team("DINSOS.REHSOS", "Pekerja Sosial", "Pendampingan Sosial", ("REHSOS-1", "REHSOS-2"), "S.Tr.Sos.")
_RECORDS: Final = _team(
    "DUKCAPIL.DAFDUK", "Pranata Komputer", "Pendaftaran Penduduk", ("DAFDUK-1", "DAFDUK-2"), "S.Kom."
)

CYCLE: Final = (
    _SCHOOL, _CLINIC, _VILLAGE, _SCHOOL, _WARD, _APPLICATIONS, _SCHOOL, _CLINIC, _ROADS, _SCHOOL,
    _CLEANING, _ORGANISATION, _SCHOOL, _WARD, _VILLAGE, _AUDIT, _SCHOOL, _PATROL, _PLANNING, _SCHOOL,
    _CLINIC, _COMPETENCE, _RECORDS, _SCHOOL, _SOCIAL,
)  # fmt: skip
"""The order in which groups join the city, again and again: mostly teachers and health workers, as in real ones."""

PLACES: Final = (
    "Cempakasari", "Tegalrejo Indah", "Bojongmulya", "Karangwaru", "Sidoasri", "Wangunharja", "Pasirjati", "Kedungsari",
    "Mulyaharja", "Rancabungur", "Tamanwinangun", "Girimekar", "Sumberasih", "Padusarana", "Leuwimanggu", "Kalianyar",
    "Banjarwangi", "Purwasari", "Cikaret Hilir", "Gunungjaya", "Ngestiharjo", "Tirtamukti", "Wonokerso", "Sindangrasa",
)  # fmt: skip
