// The guided form: one screen of the page at a time. Without this file it is one long form.

import { ambil, berlaku, cariLayar, form, isi, isian, nilai, perbarui, soalDi } from "./soal.js";
import { anggapTanpaNik, jumlah, lahirDariNik, nomorBerkelompok, salingMeniadakan, samakanAnggota, siapkanAnggota } from "./anggota.js";
import { cariKelurahan } from "./kelurahan.js";
import { masalah, tandai } from "./periksa.js";
import { ringkas } from "./ringkasan.js";
import { catat, hapusSimpanan, hpTerjawab, milikSendiri, pasangSimpanan, serahkan, singkirkan, tempel } from "./simpanan.js";
import { kirimkan } from "./kirim.js";

const MENIT_SELANGKAH = 0.5;
const DIKIRA = 3; // people, until it is told how many there are
const kemajuan = ambil("kemajuan");
const maju = ambil("maju");
const periksa = ambil("periksa");
const kabar = document.querySelector("[role=alert]");
const kirim = form.querySelector(".kirim");
const [kembali, lanjut] = maju.children;
const tombolKirim = kirim.querySelector("button");
const KIRIM = tombolKirim.textContent;
const LANJUT = lanjut.textContent;
const ulang = new Set(); // screens to see again, because others changed what they ask

let kini = null;
let memeriksa = false; // from the check screen, 'Lanjut' leads back to it
let banyakOrang = null;
let ingatLahir; // tells anew whether birth date and sex are those of the NIK

const kunci = (layar) => layar.dataset.layar;
const semua = () => [...form.querySelectorAll("[data-layar]")];

function ada(layar, ragu = false) {
  if (layar.hasAttribute("data-tidak-ada")) return false;
  const soal = soalDi(layar);
  return !soal.length || soal.some((satu) => berlaku(satu, ragu));
}

/** The screens that lead from the first to the last, as far as the answers tell. */
const jalan = () => semua().filter((layar) => ada(layar) && !("lewati" in layar.dataset));

function selesai(layar) {
  if (ulang.has(kunci(layar)) || layar.querySelector(".salah")) return false;
  return soalDi(layar).every((soal) => soal.hidden || !masalah(soal));
}

const belum = () => semua().find((layar) => ada(layar) && layar !== periksa && !selesai(layar));

function tampil(layar, fokus = null) {
  for (const satu of semua()) satu.hidden = satu !== layar;
  kini = layar;
  const awal = layar === jalan()[0];
  const akhir = layar === periksa;
  document.documentElement.classList.toggle("melangkah", !awal);
  kirim.hidden = !akhir;
  if (akhir && kabar?.querySelector(".daftar-salah")) kabar.hidden = true; // all is mended
  maju.dataset.di = kunci(layar);
  lanjut.hidden = akhir;
  kembali.hidden = awal;
  labelLanjut();
  if (akhir) ringkas(periksa.querySelector("dl"), semua().filter((satu) => satu !== periksa && ada(satu)), ubah);
  tulisKemajuan();
  const judul = layar.querySelector("h2");
  judul.tabIndex = -1;
  scrollTo({ top: 0, behavior: "instant" });
  (fokus ?? judul).focus({ preventScroll: !fokus });
  catat();
}

function labelLanjut() {
  const tawaran = kini?.querySelector(".dari-nik:not([hidden])");
  lanjut.textContent = tawaran ? lanjut.dataset.benar : kini === jalan()[0] ? lanjut.dataset.mulai : LANJUT;
}

function tulisKemajuan() {
  const daftar = semua().filter((layar) => ada(layar, true) && !("lewati" in layar.dataset));
  const dikira = jumlah() === null ? DIKIRA : 0;
  const ke = Math.max(0, daftar.indexOf(kini));
  const sesudahJumlah = ke > daftar.indexOf(cariLayar("jumlah_anggota")) ? 0 : dikira;
  const banyak = daftar.length - 1 + sesudahJumlah;
  const [teks, batang] = kemajuan.children;
  const menit = Math.max(1, Math.ceil((banyak - ke) * MENIT_SELANGKAH));
  teks.textContent = kini === periksa ? teks.dataset.akhir : isi(teks.dataset.kata, { n: ke, semua: banyak, menit });
  batang.value = ke / banyak;
  kemajuan.hidden = ke === 0;
}

/** Go to a screen, so that the phone's back button leads back from it. */
function ke(layar) {
  history.pushState({ langkah: (history.state?.langkah ?? 0) + 1 }, "", `#/${kunci(layar)}`);
  tampil(layar);
}

function ubah(layar, soal) {
  memeriksa = true;
  const diTempatLain = tempatLain(soal);
  ke(diTempatLain ?? layar);
  soal.dispatchEvent(new Event("pandu:ubah"));
  if (!diTempatLain && soal !== soalDi(layar)[0]) kePertanyaan(soal);
}

/** Who said at the address that there is no house changes it there. */
const tempatLain = (soal) => (soal.dataset.soal === "sta_bangunan" && tanpaRumah.checked ? cariLayar("alamat") : null);

function berikut() {
  const daftar = jalan();
  const sesudah = daftar[daftar.indexOf(kini) + 1] ?? periksa;
  return memeriksa || sesudah === periksa ? belum() ?? periksa : sesudah;
}

function teruskan() {
  if (kunci(kini) === "hp" && !hpTerjawab()) return;
  if (kunci(kini).startsWith("anggota-") && anggapTanpaNik(kini)) {
    return kePertanyaan(soalDi(kini)[2]);
  }
  const pertanyaan = soalDi(kini).filter((soal) => !soal.hidden);
  const salah = pertanyaan.filter((soal) => {
    const pesan = masalah(soal);
    tandai(soal, pesan);
    return pesan;
  });
  if (salah.length) return kePertanyaan(salah[0]);
  ulang.delete(kunci(kini));
  perbarui();
  samakan();
  ke(berikut());
}

function kePertanyaan(soal) {
  const kotak = [...soal.querySelectorAll("[role=combobox]"), ...isian(soal)].find((satu) => satu.offsetParent);
  kotak.focus({ preventScroll: true });
  soal.scrollIntoView({ block: "start", behavior: "instant" });
}

function samakan() {
  samakanAnggota();
  const banyak = jumlah();
  if (banyakOrang !== null && banyak > banyakOrang) {
    for (const soal of form.querySelectorAll("[data-jenis=orang]")) {
      if (isian(soal).some((satu) => satu.checked)) ulang.add(soal.dataset.soal);
    }
  }
  banyakOrang = banyak;
}

function mundur() {
  if (history.state?.langkah) return history.back();
  const daftar = jalan();
  const layar = daftar[Math.max(0, daftar.indexOf(kini) - 1)];
  history.replaceState({ langkah: 0 }, "", `#/${kunci(layar)}`);
  tampil(layar);
}

/** The screen of an address, as far as the answers before it are there. */
function dariAlamat() {
  const diminta = cariLayar(decodeURIComponent(location.hash.slice(2)) || "siapa");
  const kurang = belum();
  if (!diminta || !ada(diminta) || !nilai("persetujuan")) return cariLayar("siapa");
  const urutan = semua();
  return kurang && urutan.indexOf(kurang) < urutan.indexOf(diminta) ? kurang : diminta;
}

// Who has no house says so where the address is asked, and is not asked again whose house it is.
const kartuRumah = ambil("tanpa-rumah");
const tanpaRumah = kartuRumah.querySelector("input");

function samakanRumah() {
  const [alamat, patokan] = soalDi(cariLayar("alamat"));
  const [rumah] = soalDi(cariLayar("rumah"));
  tanpaRumah.checked = nilai("sta_bangunan") === "0";
  for (const soal of [alamat, patokan]) soal.hidden = tanpaRumah.checked;
  rumah.hidden = tanpaRumah.checked && kini !== cariLayar("rumah");
}

function siapkan() {
  document.documentElement.classList.add("dipandu");
  form.prepend(kemajuan);
  kirim.before(periksa);
  form.append(maju);
  form.querySelector(".tanpa-skrip").remove();
  for (const soal of form.querySelectorAll("[data-jenis=nik], [data-jenis=kk]")) {
    if (!soal.closest("[data-layar^=anggota-]")) nomorBerkelompok(soal);
  }
  form.querySelectorAll("[data-layar^=anggota-]").forEach(siapkanAnggota);
  ingatLahir = lahirDariNik();
  cariKelurahan(cariLayar("kelurahan").querySelector("[data-soal]"));
  cariLayar("alamat").append(kartuRumah);
  salingMeniadakan();
  perbarui();
  samakan();
  samakanRumah();
}

tanpaRumah.addEventListener("change", () => {
  const rumah = isian(cariLayar("rumah").querySelector("[data-soal]"));
  for (const satu of rumah) satu.checked = tanpaRumah.checked && satu.value === "0";
  perbarui();
  samakanRumah();
});

/** Take a message away once it is not true any more. */
function mendingan(soal) {
  if (soal?.classList.contains("salah") && !masalah(soal)) tandai(soal, "");
}

// Already while typing: if the page shrank when the box is left, 'Lanjut' would move from under the thumb.
form.addEventListener("input", ({ target }) => mendingan(target.closest("[data-soal]")));
form.addEventListener("change", ({ target }) => {
  if (target === tanpaRumah) return;
  const soal = target.closest("[data-soal]");
  const tadi = new Set(soalDi(kini).filter((satu) => satu.hidden));
  perbarui();
  if (target.name === "sta_bangunan") samakanRumah();
  mendingan(soal);
  const baru = soalDi(kini).find((satu) => tadi.has(satu) && !satu.hidden);
  if (baru && baru !== soal) baru.scrollIntoView({ block: "nearest" });
});

form.addEventListener("keydown", (peristiwa) => {
  if (peristiwa.key !== "Enter" || peristiwa.defaultPrevented || peristiwa.isComposing) return;
  if (!peristiwa.target.matches("input, textarea, select")) return;
  peristiwa.preventDefault();
  teruskan();
});

async function kirimSekarang() {
  tombolKirim.textContent = tombolKirim.dataset.tunggu;
  const pergi = await kirimkan({ milikSendiri, hapusSimpanan, catat, serahkan, singkirkan });
  if (!pergi) tombolKirim.textContent = KIRIM;
}

form.addEventListener("submit", (peristiwa) => {
  const tombol = peristiwa.submitter;
  if (tombol?.value === "bahasa") {
    tombol.setAttribute("formaction", tombol.formAction.split("#")[0] + location.hash); // the same screen
    serahkan();
    return;
  }
  peristiwa.preventDefault();
  const kurang = belum();
  if (kini === periksa && !kurang) return kirimSekarang();
  if (kini !== periksa) return teruskan();
  memeriksa = true;
  ke(kurang);
});

form.addEventListener("pandu:tawaran", labelLanjut);
lanjut.addEventListener("click", teruskan);
kembali.addEventListener("click", mundur);
addEventListener("pageshow", () => (tombolKirim.textContent = KIRIM));
addEventListener("popstate", () => {
  if (location.hash && !location.hash.startsWith("#/")) return; // 'Langsung ke isi'
  const layar = cariLayar(decodeURIComponent(location.hash.slice(2)) || "siapa");
  if (layar && ada(layar)) tampil(layar);
  else history.back(); // a screen that no longer applies
});

/** Put back what the phone kept: answers first, for some decide what else there is to fill in. */
function pulihkan(simpanan) {
  for (let kali = 0; kali < 2; kali += 1) {
    tempel(simpanan.isian);
    perbarui();
    samakan();
  }
  samakanRumah();
  ingatLahir();
  memeriksa = simpanan.memeriksa;
  simpanan.ulang.forEach((satu) => ulang.add(satu));
  const layar = cariLayar(simpanan.layar);
  mulaiDi(layar && ada(layar) ? layar : belum() ?? periksa);
}

function mulaiDi(layar) {
  history.replaceState({ langkah: 0 }, "", `#/${kunci(layar)}`);
  tampil(layar, layar.querySelector(".salah input:not([hidden]), .salah textarea"));
}

siapkan();
memeriksa = Boolean(kabar);
const keadaan = () => ({ layar: kunci(kini), memeriksa, ulang: [...ulang] });
pasangSimpanan({ keadaan, pulihkan }, "terisi" in form.dataset);
mulaiDi(kabar ? belum() ?? periksa : dariAlamat());
