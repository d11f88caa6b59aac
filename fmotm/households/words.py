"""Words that made-up households are put together from: common ones, joined at random."""

from typing import Final

MEN: Final = (
    "Agus", "Ahmad", "Andi", "Arif", "Asep", "Bambang", "Budi", "Cecep", "Dedi", "Deni", "Didik",
    "Dwi", "Edi", "Eko", "Fajar", "Fauzi", "Gunawan", "Hadi", "Hamzah", "Hasan", "Hendra", "Heri",
    "Ibrahim", "Imam", "Indra", "Irfan", "Iwan", "Jaenal", "Joko", "Junaedi", "Kurnia", "Lukman",
    "Maman", "Marwan", "Mulyadi", "Nanang", "Nasrul", "Nur", "Parman", "Petrus", "Rahmat", "Ridwan",
    "Rizki", "Rohman", "Rudi", "Saiful", "Samsul", "Slamet", "Sugeng", "Sukirman", "Sunarto",
    "Supri", "Suryadi", "Tarno", "Taufik", "Teguh", "Tono", "Udin", "Usman", "Wahyu", "Wawan",
    "Yanto", "Yohanes", "Yusuf", "Zainal",
)  # fmt: skip
WOMEN: Final = (
    "Aisyah", "Ani", "Aminah", "Asih", "Atun", "Ayu", "Dede", "Desi", "Dewi", "Dian", "Eka",
    "Elis", "Endang", "Ernawati", "Euis", "Fatimah", "Fitri", "Halimah", "Hartati", "Ida", "Iin",
    "Indah", "Jumiati", "Kartini", "Kokom", "Lestari", "Lilis", "Lina", "Maemunah", "Maria",
    "Mariam", "Marlina", "Maya", "Mulyani", "Murni", "Nani", "Neneng", "Nining", "Nur", "Nurul",
    "Partini", "Puji", "Putri", "Ratna", "Rini", "Rohayati", "Rosita", "Rukmini", "Saodah", "Sari",
    "Siti", "Sri", "Sulastri", "Sumiati", "Suparti", "Surti", "Tini", "Titin", "Tuti", "Wati",
    "Wiwin", "Yanti", "Yuli", "Yuni", "Zubaidah",
)  # fmt: skip
MEN_LAST: Final = (
    "Abdullah", "Firmansyah", "Gunadi", "Hakim", "Hermawan", "Hidayat", "Iskandar", "Kurniawan",
    "Kusuma", "Maulana", "Ma'ruf", "Mustofa", "Nugroho", "Permana", "Pranoto", "Prasetyo",
    "Purnomo", "Rahman", "Ramadhan", "Santoso", "Saputra", "Setiawan", "Simanjuntak", "Siregar",
    "Subagyo", "Suhendar", "Sulaiman", "Susanto", "Sutrisno", "Syahputra", "Utomo", "Wibowo",
    "Widodo", "Wijaya",
)  # fmt: skip
WOMEN_LAST: Final = (
    "Agustina", "Amelia", "Anggraini", "Apriani", "Astuti", "Aulia", "Febriani", "Handayani",
    "Hasanah", "Hidayati", "Khasanah", "Komariah", "Kurniasih", "Kusumawati", "Lestari",
    "Maharani", "Maulida", "Ningsih", "Nurhayati", "Oktaviani", "Permatasari", "Puspita",
    "Rahayu", "Rahmawati", "Safitri", "Setiawati", "Simanjuntak", "Siregar", "Sulistiawati",
    "Susanti", "Utami", "Wahyuni", "Widiastuti", "Wulandari",
)  # fmt: skip

STREETS: Final = (
    "Anggrek", "Asem", "Bakti", "Belimbing", "Cempaka", "Damai", "Delima", "Flamboyan", "H. Ali",
    "H. Mansur", "Jambu", "Kamboja", "Kecapi", "Kenanga", "Kramat", "Lontar", "Mangga", "Mawar",
    "Melati", "Nangka", "Pepaya", "Pisang", "Rambutan", "Rawa", "Sawo", "Swadaya", "Tanah Rendah",
    "Teratai",
)  # fmt: skip
ROADS: Final = ("Gang", "Gang", "Gg.", "Jl.", "Jalan")
BESIDE: Final = (
    "di belakang", "sebelah", "di depan", "dekat", "seberang", "masuk lewat samping",
)  # fmt: skip
LANDMARKS: Final = (
    "musala Al-Huda", "musala Nurul Iman", "masjid Al-Ikhlas", "warung Bu Sri", "warung Pak Haji",
    "warteg", "pos RW", "pos ronda", "posyandu", "SD negeri", "PAUD", "balai warga",
    "lapangan bulu tangkis", "pangkalan ojek", "bengkel motor", "tukang tambal ban",
    "agen gas", "depot isi ulang", "MCK umum", "jembatan kali", "rel kereta", "pasar",
    "gereja", "makam wakaf", "lapak barang bekas", "bank sampah",
)  # fmt: skip
SLEEPS: Final = (
    "di kolong jembatan", "di emperan toko dekat pasar", "di gerobak, dekat stasiun",
    "di pinggir rel", "di kolong tol", "di lapak barang bekas", "di teras masjid",
    "pindah-pindah, sering di terminal",
)  # fmt: skip
