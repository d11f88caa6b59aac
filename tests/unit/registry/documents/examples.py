"""Made-up papers: nobody in them exists."""

from datetime import UTC, date, datetime

from registry.documents.content import (
    Agenda,
    AgendaItem,
    Attendee,
    Counts,
    Line,
    Minutes,
    Place,
    Sheet,
    SheetLine,
    with_verify_url,
)

VERIFY = "https://daftar.example.go.id/berita-acara/"

GAMBIR = Place(
    province="DKI Jakarta",
    kota="Kota Administrasi Jakarta Pusat",
    kecamatan="Gambir",
    kelurahan="Gambir",
    code="31.71.01.1001",
)

_NAMES = ("Sri Wahyuni", "Budi Santoso", "Siti Aminah", "Agus Salim", "Maria Goreti Simanjuntak")
_STATUS = ("Diusulkan", "Diusulkan", "Tidak diusulkan", "Kunjungan lapangan", "Ditunda")
_WHY = (
    "",
    "Disahkan dalam daftar RW",
    "Memiliki mobil. Mobil terlihat di halaman dan dibenarkan dua sumber.",
    "Alamat belum ditemukan",
    "Menunggu jawaban warga tentang status rumah",
)
FACTS = (
    ("Rumah", "Kontrak atau sewa"),
    ("Lantai", "Semen atau bata merah"),
    ("Dinding", "Kayu, papan, atau tripleks"),
    ("WC", "WC bersama beberapa keluarga"),
    ("Listrik", "Listrik PLN 450"),
    ("Air", "Air isi ulang"),
)
HOSTILE = (
    '#import "@preview/evil:1.0.0"',
    "] #panic() [",
    "\\ \\u{41} $x^2$ *tebal* _miring_ `kode` <label> @rujuk",
    "=cmd|'/c calc'!A0",
    "Siti 😀 Aminah",
    "محمد بن عبد الله",
    "A" * 200,
    "garis\x00bawah\nbaris",
)
READABLE = tuple(
    "".join(text.replace("\x00", " ").split())
    for text in HOSTILE
    # The fonts have no emoji; Arabic is read from the other side.
    if not {"😀", "م"} & set(text)
)
"""Those of HOSTILE that a PDF's text has as they are, without white space."""


def nik(number: int) -> str:
    return f"317101{(number % 28) + 1:02}0185{number % 9000 + 1:04}"


def lines(count: int) -> tuple[Line, ...]:
    return tuple(
        Line(
            number=number,
            nik=nik(number),
            name=f"{_NAMES[number % len(_NAMES)]} {number}",
            address=f"Gang Mawar {number % 17 + 1} nomor {number % 90 + 1}",
            rt=f"{number % 12 + 1:03}",
            rw=f"{number % 7 + 1:03}",
            status_label=_STATUS[number % len(_STATUS)],
            description=_WHY[number % len(_WHY)],
        )
        for number in range(1, count + 1)
    )


ATTENDANCE = tuple(
    Attendee(number=number, name=name, element_label=element, role=role)
    for number, (name, element, role) in enumerate(
        [
            ("Rahmat Hidayat", "Lurah", "Lurah Gambir"),
            ("Joko Susilo", "RT/RW", "Ketua RW 001"),
            ("Tuti Handayani", "RT/RW", "Ketua RT 003/001"),
            ("Dewi Lestari", "PKK/Dasawisma", "Kader Dasawisma"),
            ("Andreas Manurung", "Pendamping", "Pendamping sosial"),
            ("H. Abdul Karim", "Tokoh masyarakat", ""),
            ("Pdt. Yohanes Wibowo", "Tokoh agama", ""),
            ("Nur Aini", "Peninjau", "Mahasiswa"),
        ],
        start=1,
    )
)


def minutes(count: int = 5, **changed: object) -> Minutes:
    """Minutes with `count` lines in the annex, and their address."""
    given: dict[str, object] = {
        "number": "BA-001/31.71.01.1001/2026-1",
        "place": GAMBIR,
        "period_title": "Periode 2026-1",
        "session_number": 2,
        "held_on": date(2026, 11, 18),
        "began": datetime(2026, 11, 18, 12, 30, tzinfo=UTC),
        "ended": datetime(2026, 11, 18, 15, 5, tzinfo=UTC),
        "chair_name": "Rahmat Hidayat",
        "officer_names": ("Ratna Sari", "Bayu Nugroho"),
        "attendance": ATTENDANCE,
        "quorum_sentence": "Kuorum adalah 5 orang dari 4 unsur; hadir 7 orang dari 6 unsur, "
        "sehingga kuorum tercapai.",
        "quorate": True,
        "counts": Counts(
            proposed=2841,
            not_proposed=402,
            field_check=61,
            postponed=21,
            open=175,
            by_reason=(("Memiliki mobil", 212), ("Alamat tidak ditemukan", 190)),
            by_part=(
                ("Bagian a: disahkan sebagai daftar menurut RW", 2900),
                ("Bagian b: keterangan dari dua sumber", 250),
                ("Bagian c: dibahas satu per satu", 350),
            ),
        ),
        "totals_on_paper": True,
        "lines": lines(count),
        "stepped_aside": ("Nomor 12: seorang dari unsur RT/RW menarik diri (hubungan keluarga).",),
        "dissent": ("Nomor 40: unsur tokoh masyarakat berpendapat lain.",),
        "notes": "Listrik padam pukul 20.10 sampai 20.25 WIB; pencatatan dilanjutkan di kertas.",
        "closed_at": datetime(2026, 11, 19, 2, 15, tzinfo=UTC),
    }
    return with_verify_url(Minutes(**(given | changed)), VERIFY)  # type: ignore[arg-type]


def sheet(count: int = 40) -> Sheet:
    return Sheet(
        number="L-0042",
        place=GAMBIR,
        period_title="Periode 2026-1",
        rt="003",
        rw="001",
        source_label="Dasawisma",
        prepared_at=datetime(2026, 11, 2, 3, 0, tzinfo=UTC),
        until=datetime(2026, 11, 12, 16, 59, tzinfo=UTC),
        url="https://daftar.example.go.id/lembar/4Q7KX2M9",
        lines=tuple(
            SheetLine(number=line.number, name=line.name, address=line.address)
            for line in lines(count)
        ),
    )


def item(number: int, **changed: object) -> AgendaItem:
    given: dict[str, object] = {
        "number": number,
        "name": f"{_NAMES[number % len(_NAMES)]} {number}",
        "rt": f"{number % 12 + 1:03}",
        "rw": f"{number % 7 + 1:03}",
        "size": number % 6 + 1,
        "facts": FACTS,
    }
    return AgendaItem(**(given | changed))  # type: ignore[arg-type]


def agenda(per_rw: int = 40, against: int = 6, single: int = 20) -> Agenda:
    listed = tuple(
        (f"{rw:03}", tuple(item(rw * 1000 + n, rw=f"{rw:03}") for n in range(1, per_rw + 1)))
        for rw in (1, 2)
    )
    return Agenda(
        number="AG-002/31.71.01.1001/2026-1",
        place=GAMBIR,
        period_title="Periode 2026-1",
        session_number=2,
        held_on=date(2026, 11, 18),
        frozen_at=datetime(2026, 11, 17, 9, 0, tzinfo=UTC),
        lists=listed if per_rw else (),
        against=tuple(
            item(n, note="Pindah ke luar DKI: RT dan Dasawisma") for n in range(1, against + 1)
        ),
        one_by_one=tuple(
            item(n, note="Satu sumber: tidak ditemukan" if n % 3 == 0 else "")
            for n in range(against + 1, against + single + 1)
        ),
    )
