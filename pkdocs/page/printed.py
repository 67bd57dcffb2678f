"""What the page's text must say, so that judging finds in the PDF what the content promises."""

from pkdocs.content import Content
from pkdocs.page.build import build_page
from pkdocs.page.view import Page, PlanRow

Runs = tuple[tuple[str, ...], ...]


def printed_values(content: Content) -> Runs:
    """Return the runs of strings that the page's text must contain, each run in reading order.

    The runs are: statement (of a withdrawal with what it ends and why), indicator table, budget table with total (if
    there is one), attachment's signatures, details of the indicators, plans (if any), document data. A withdrawal has
    no attachment. Line breaks fall anywhere, so compare without white space; between two values of a run other text
    may stand, such as labels and repeated headings.
    """
    page = build_page(content)
    runs = (
        _statement_run(page),
        _indicator_run(page),
        _budget_run(page),
        () if page.pencabutan else _attachment_run(page),
        _detail_run(page),
        tuple(text for row in page.rencana for text in _plan_texts(row)),
        tuple(text for detail in page.data_dokumen for text in (detail.nama, detail.nilai)),
    )
    return tuple(tuple(text for text in run if text) for run in runs if run)


def absent_value(text: str, runs: Runs) -> str | None:
    """Return the first printed value that ``text`` lacks in its run's order; None if it has them all."""
    packed = "".join(text.split())
    for run in runs:
        position = 0
        for value in run:
            wanted = "".join(value.split())
            found = packed.find(wanted, position)
            if found < 0:
                return value
            position = found + len(wanted)
    return None


def _statement_run(page: Page) -> tuple[str, ...]:
    first, second = page.pihak_pertama, page.pihak_kedua
    ended = page.pencabutan
    ending = (ended.id, ended.mulai, ended.alasan) if ended else ()
    head = (page.judul, page.nomor, first.nama, first.jabatan, page.peran)
    if second is None:
        return (*head, *ending, page.tempat_tanggal, first.jabatan, first.nama, first.pangkat, first.nomor)
    return (
        *head, first.sebutan, second.nama, second.jabatan, second.sebutan, *ending, page.tempat_tanggal,
        second.sebutan, first.sebutan, second.jabatan, first.jabatan,
        second.nama, second.pangkat, second.nomor, first.nama, first.pangkat, first.nomor,
    )  # fmt: skip


def _indicator_run(page: Page) -> tuple[str, ...]:
    if page.pencabutan:
        return ()
    heading = (page.judul, page.jabatan, page.unit)
    rows = (
        text
        for goal in page.sasaran
        for text in (goal.nomor, goal.teks, *(part for row in goal.indikator for part in (row.teks, row.target)))
    )
    return (*heading, *rows)


def _budget_run(page: Page) -> tuple[str, ...]:
    if page.anggaran is None:
        return ()
    several = page.anggaran.gabungan
    rows = (
        text
        for row in page.anggaran.baris
        for text in (row.nomor, row.kode, row.tingkat if several else "", row.uraian, row.jumlah, row.keterangan)
    )
    return (page.anggaran.judul, *rows, page.anggaran.jumlah)


def _attachment_run(page: Page) -> tuple[str, ...]:
    first, second = page.pihak_pertama, page.pihak_kedua
    if second is None:
        return (page.tempat_tanggal, first.jabatan, first.nama)
    return (page.tempat_tanggal, second.jabatan, first.jabatan, second.nama, first.nama)


def _detail_run(page: Page) -> tuple[str, ...]:
    return tuple(
        text
        for goal in page.sasaran
        for row in goal.indikator
        for text in (row.nomor, row.kode, row.teks, *(part for d in row.rincian for part in (d.nama, d.nilai)))
    )


def _plan_texts(row: PlanRow) -> tuple[str, ...]:
    return (row.kode, row.sasaran, row.indikator, row.satuan, row.target, row.target_akhir, row.arah)
