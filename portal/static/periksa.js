// What is wrong with an answer, before it is sent. It stops only what the server would refuse, in
// the server's words; what it cannot judge, it lets pass.

import { ambil, cocok, form, isian, nilai } from "./soal.js";
import { adaTanggal, rapat, salahNik } from "./nomor.js";

const PESAN = JSON.parse(form.dataset.pesan);
const ADA = /[\p{L}\p{N}]/u;
const ANGKA_LAIN = /[^\x00-\x7f]/; // digits of other scripts: the server reads them
const NAMA = /^[\p{L}\p{M} '’‘`´ʼʻ′.,\-‐‑‒–—−/]*$/u;

const cek = {
  nik: (teks, soal) => nik(rapat(teks), soal.dataset.soal),
  kk(teks) {
    const angka = rapat(teks);
    if (/[^0-9]/.test(angka)) return "kk_letters";
    if (angka.length !== 16) return "kk_length";
    if (angka === "0".repeat(16)) return "kk_zeros";
    return angka === rapat(nilai("nik")) ? "kk_is_nik" : "";
  },
  nama(teks) {
    const bersih = teks.normalize("NFC").replace(/\s+/g, " ").replace(/\p{C}/gu, "");
    if ([...bersih].length > 100) return "name_long";
    return NAMA.test(bersih) && /\p{L}/u.test(bersih) ? "" : "name_letters";
  },
  nomor(teks) {
    if (!/\d/.test(teks)) return "number_invalid";
    return /^0+$/.test(teks) ? "number_range" : "";
  },
  jumlah(teks, soal) {
    if (/\D/.test(teks)) return "number_invalid";
    return Number(teks) > Number(soal.dataset.maks) ? "number_range" : "";
  },
  telepon(teks) {
    if (/\p{L}/u.test(teks)) return "phone_letters";
    return teks.replace(/\D/g, "").length < 7 ? "phone_length" : "";
  },
  tanggal(_, soal) {
    const bagian = isian(soal).map((kotak) => kotak.value.trim());
    if (!bagian.every((satu) => /^\d{1,4}$/.test(satu)) || bagian[2] < 100) return "date_incomplete";
    return adaTanggal(...bagian.map(Number)) ? "" : "date_impossible";
  },
  pilihan: (_, soal) => (soal.dataset.soal.endsWith("hubungan") ? kepala(soal) : ""),
};

function nik(angka, nama) {
  const salah = salahNik(angka) || (angka.length === 16 ? "" : "nik_length");
  if (salah) return salah;
  const semua = [...form.querySelectorAll("[data-jenis=nik]")].filter((soal) => {
    return !soal.closest("section").hasAttribute("data-tidak-ada");
  });
  const sebelum = semua.slice(0, semua.findIndex((soal) => soal.dataset.soal === nama));
  return sebelum.some((soal) => rapat(nilai(soal.dataset.soal)) === angka) ? "nik_twice" : "";
}

function kepala(soal) {
  if (nilai(soal.dataset.soal) !== "1") return "";
  const semua = [...form.querySelectorAll("[data-soal$=hubungan] input:checked:enabled[value='1']")];
  return semua[0].name === soal.dataset.soal ? "" : "two_heads";
}

/** The message for a question, "" when the server would take its answer. */
export function masalah(soal) {
  const { jenis, soal: nama, kosong, wajib, kecuali } = soal.dataset;
  const terjawab = isian(soal).some((satu) => {
    return /radio|checkbox/.test(satu.type) ? satu.checked : ADA.test(satu.value);
  });
  if (!terjawab) {
    const gantinya = /^r[tw]$/.test(nama) && nilai(nama === "rt" ? "rw" : "rt").includes("/");
    return wajib && !gantinya && !(kecuali && cocok(kecuali)) ? kosong : "";
  }
  const teks = nilai(isian(soal)[0].name);
  const digit = /nik|kk|nomor|jumlah|tanggal/.test(jenis);
  if (digit && ANGKA_LAIN.test(teks)) return "";
  return PESAN[cek[jenis]?.(teks, soal)] ?? "";
}

/** Put a message at its question, as the server does, or take it away. */
export function tandai(soal, pesan) {
  const id = `salah-${soal.dataset.soal}`;
  document.getElementById(id)?.remove();
  soal.classList.toggle("salah", Boolean(pesan));
  const kelompok = soal.tagName === "FIELDSET";
  const kotak = [...soal.querySelectorAll("[role=combobox]"), ...isian(soal)];
  for (const satu of kotak) {
    if (pesan && !kelompok) satu.setAttribute("aria-invalid", "true");
    else satu.removeAttribute("aria-invalid");
  }
  const dijelaskan = kelompok ? soal : kotak[0];
  const lain = (dijelaskan.getAttribute("aria-describedby") ?? "").split(" ").filter((satu) => satu && satu !== id);
  dijelaskan.setAttribute("aria-describedby", [...lain, ...(pesan ? [id] : [])].join(" "));
  if (!dijelaskan.getAttribute("aria-describedby")) dijelaskan.removeAttribute("aria-describedby");
  if (!pesan) return;
  const baris = ambil("pesan");
  baris.id = id;
  baris.lastElementChild.textContent = pesan;
  const sebelum = soal.querySelector(".kartu, .tanggal, .cari, input, select, textarea");
  (sebelum.closest(".bergambar") ?? sebelum).before(baris);
}
