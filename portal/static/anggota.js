// The people of the household: a screen for each, their names to tick, and what a NIK tells.

import { ambil, cariLayar, cariSoal, form, isi, isian, jawaban, nilai, soalDi, tampilkan } from "./soal.js";
import { berkelompok, dariNik, rapat, salahNik } from "./nomor.js";
import { masalah, tandai } from "./periksa.js";

const TERBANYAK = 20;
const ORANG = [...form.querySelectorAll("[data-jenis=orang]")];
const { innerHTML: templat, dataset: kata } = document.getElementById("orang");

/** How many people live with the applicant; null while it is not told. */
export function jumlah() {
  const teks = nilai("jumlah_anggota");
  return /^\d{1,2}$/.test(teks) && Number(teks) <= TERBANYAK ? Number(teks) : null;
}

/** Make as many screens as there are people. One too many is kept, and not sent. */
export function samakanAnggota() {
  const n = jumlah() ?? 0;
  let terakhir = cariLayar("jumlah_anggota");
  for (let nomor = 1; nomor <= TERBANYAK; nomor += 1) {
    let layar = cariLayar(`anggota-${nomor}`);
    if (!layar && nomor > n) break;
    if (!layar) layar = buat(nomor, terakhir);
    layar.toggleAttribute("data-tidak-ada", nomor > n);
    for (const satu of layar.querySelectorAll("[name]")) satu.disabled = nomor > n;
    if (nomor <= n) tanyakanLahir(layar);
    terakhir = layar;
  }
  ORANG.forEach((soal) => namaNama(soal, n));
}

function buat(nomor, sesudah) {
  const wadah = document.createElement("div");
  wadah.innerHTML = templat.replace(/anggota-0\b/g, `anggota-${nomor}`);
  const layar = wadah.firstElementChild;
  layar.querySelector("h2").textContent = isi(kata.ke, { n: nomor });
  layar.hidden = true;
  sesudah.after(layar);
  siapkanAnggota(layar);
  return layar;
}

/** Add to a member's screen what is asked only of those who have no NIK. */
export function siapkanAnggota(layar) {
  const [, nik, ...lain] = soalDi(layar);
  const diri = lain.slice(0, 3); // birth date, that it is not known, sex
  const kartu = ambil("tanpa-nik");
  const centang = kartu.querySelector("input");
  centang.checked = !nilai(nik.dataset.soal) && diri.some(terisi);
  nik.after(kartu);
  for (const soal of [diri[0], diri[2]]) soal.querySelector(".bantuan")?.setAttribute("hidden", "");
  centang.addEventListener("change", () => tanyakanLahir(layar));
  nomorBerkelompok(nik);
  tanyakanLahir(layar);
}

/** A NIK that was left empty is none: ask what it would tell. Returns whether that is new. */
export function anggapTanpaNik(layar) {
  const [nama, nik] = soalDi(layar);
  const centang = layar.querySelector("input:not([name])");
  if (centang.checked || nilai(nik.dataset.soal) || !nilai(nama.dataset.soal)) return false;
  centang.checked = true;
  tandai(nik, "");
  tanyakanLahir(layar);
  return true;
}

/** Ask a member's birth date and sex of nobody who has a NIK: it tells both. */
function tanyakanLahir(layar) {
  const tanpa = layar.querySelector("input:not([name])").checked;
  const [, nik, lahir, tanpaLahir, kelamin] = soalDi(layar);
  tampilkan(nik, !tanpa);
  for (const soal of [lahir, tanpaLahir, kelamin]) {
    tampilkan(soal, tanpa);
    if (soal !== tanpaLahir) soal.dataset.wajib = "1";
  }
}

/** Name the people to tick: the applicant, each member, nobody. */
function namaNama(soal, n) {
  const kartu = [...soal.querySelectorAll(".kartu")];
  const [saya, tidakAda] = [kartu[0], kartu.at(-1)];
  const nama = nilai("nama");
  if (nama) saya.querySelector("span").textContent = isi(kata.anda, { nama });
  for (const satu of kartu.slice(n + 1, -1)) satu.remove();
  for (let nomor = 1; nomor <= n; nomor += 1) {
    let satu = soal.querySelector(`input[value="${nomor}"]`)?.closest(".kartu");
    if (!satu) {
      satu = saya.cloneNode(true);
      const centang = satu.querySelector("input");
      Object.assign(centang, { value: nomor, id: `${soal.dataset.soal}-${nomor}-orang`, checked: false });
      tidakAda.before(satu);
    }
    satu.querySelector("span").textContent = nilai(`anggota-${nomor}-nama`) || isi(kata.ke, { n: nomor });
  }
}

/** A tick for nobody takes the others away, and the other way round. */
export function salingMeniadakan() {
  for (const soal of ORANG) {
    soal.addEventListener("change", ({ target }) => {
      const tiada = target.value === "tidak_ada";
      if (!target.checked) return;
      for (const satu of isian(soal)) if ((satu.value === "tidak_ada") !== tiada) satu.checked = false;
    });
  }
}

/** Group the digits of NIK or KK, count them, and say at once what can not be right. */
export function nomorBerkelompok(soal) {
  const [kotak] = isian(soal);
  const hitungan = ambil("hitungan");
  berkelompok(kotak);
  kotak.after(hitungan);
  const hitung = () => {
    const angka = rapat(kotak.value);
    const utuh = angka.length === 16 && !masalah(soal);
    hitungan.textContent = utuh ? hitungan.dataset.lengkap : isi(hitungan.dataset.kata, { n: angka.length });
    hitungan.classList.toggle("lengkap", utuh);
    hitungan.hidden = !angka || angka.length > 16 || /\D/.test(angka);
    const pasti = soal.dataset.jenis === "nik" ? salahNik(angka) : /\D/.test(angka);
    if (angka.length >= 16 || pasti) tandai(soal, masalah(soal));
    else if (soal.classList.contains("salah")) tandai(soal, "");
  };
  kotak.addEventListener("input", hitung);
  if (!soal.classList.contains("salah")) hitung();
}

const LAHIR = { hari: "lahir-hari", bulan: "lahir-bulan", tahun: "lahir-tahun" };

/**
 * On the NIK's screen: the birth date and sex that it tells, to confirm; the boxes are for who differs.
 * Returns what looks anew at the answers, after they were put back.
 */
export function lahirDariNik() {
  const layar = cariLayar("lahir");
  const soal = soalDi(layar);
  const [lahir, kelamin] = soal;
  const [nik] = isian(cariSoal("nik"));
  const tawaran = ambil("dari-nik");
  const [kalimat, , bukan] = tawaran.children;
  let sendiri = false;

  function samakan() {
    const angka = rapat(nik.value);
    const tahu = dariNik(angka);
    if (!sendiri) {
      for (const [bagian, nama] of Object.entries(LAHIR)) form.elements[nama].value = tahu?.[bagian] ?? "";
      for (const satu of isian(kelamin)) satu.checked = satu.value === tahu?.kelamin;
    }
    const tanyakan = sendiri || (!tahu && angka.length === 16 && !salahNik(angka));
    for (const satu of soal) satu.hidden = !tanyakan;
    tawaran.hidden = tanyakan || !tahu;
    kalimat.textContent = isi(kalimat.dataset.kata, { lahir: jawaban(lahir), kelamin: jawaban(kelamin).toLowerCase() });
    if (document.activeElement === nik) tawaran.scrollIntoView({ block: "nearest" });
    form.dispatchEvent(new Event("pandu:tawaran"));
  }

  function ingat() {
    sendiri = soal.some((satu) => satu.matches(".salah")) || (terisi(lahir) && !sama(dariNik(rapat(nik.value))));
    samakan();
  }

  function buka() {
    sendiri = true; // from here on it is the person's own answer
    samakan();
    isian(lahir)[0].focus();
  }

  cariLayar("nik").append(tawaran, ...soal);
  layar.remove();
  for (const satu of soal) {
    satu.dataset.tetap = ""; // an answer also while it is out of sight
    satu.addEventListener("pandu:ubah", buka);
  }
  bukan.addEventListener("click", buka);
  nik.addEventListener("input", samakan);
  ingat();
  return ingat;
}

const terisi = (soal) => isian(soal).some((satu) => (/radio|checkbox/.test(satu.type) ? satu.checked : satu.value.trim()));

function sama(tahu) {
  const lahir = Object.entries(LAHIR).every(([bagian, nama]) => Number(form.elements[nama].value) === tahu?.[bagian]);
  return lahir && [tahu.kelamin, ""].includes(nilai("jenis_kelamin"));
}
