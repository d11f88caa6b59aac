// Visits without a network: the houses that were taken along, and the form for each.

import { kirimSekarang, tunjukkan } from "./kunjungan-antre.js";
import { kecilkan } from "./foto.js";
import { hidupkan, letak } from "./kunjungan-formulir.js";
import { adaBawaan, bacaDraf, bukaBawaan, dariTeks, hapusDraf, keTeks, lupakan, simpanBawaan, simpanDraf, titip } from "./kunjungan-hp.js";

const TERLAMA = 6 * 3600 * 1000;
const JAM = new Intl.DateTimeFormat("id-ID", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Jakarta" });
const ambil = (id) => document.getElementById(id);
const [kosong, gembok, daftar, tempat] = ["kosong", "gembok", "bawaan", "isi-rumah"].map(ambil);
const salin = (id) => ambil(id).content.firstElementChild.cloneNode(true);

let kunci = null;
let isi = null; // {petugas, kel, kelurahan, rumah: [...]}

function tampilkan(bagian) {
  for (const satu of [kosong, gembok, daftar, tempat]) satu.hidden = satu !== bagian;
  bagian.querySelector("h1, h2")?.focus();
}

// ---- The list

/** Put what is known of a house into its place; what is not known goes. */
function lengkapi(bagian, rumah) {
  for (const satu of bagian.querySelectorAll("[data-isi]")) {
    const nilai = rumah[satu.dataset.isi];
    const baris = satu.closest("[data-baris]") ?? satu;
    if (!nilai || !nilai.length) baris.remove();
    else if (Array.isArray(nilai)) satu.replaceChildren(...nilai.map((teks) => Object.assign(document.createElement("li"), { textContent: teks })));
    else satu.textContent = nilai;
  }
  const telepon = bagian.querySelector("a.telepon");
  if (telepon) telepon.href = `tel:${rumah.phone}`;
  const peta = bagian.querySelector("a.peta");
  if (rumah.position) peta.href = `geo:${rumah.position}?q=${rumah.position}`;
  else peta.closest("[data-baris]").remove();
}

/** Metres between two positions, near enough within a city. */
function jarak(satu, dua) {
  const [[lintang, bujur], [lintang2, bujur2]] = [satu, dua].map((titik) => titik.split(",").map(Number));
  return 111_200 * Math.hypot(lintang - lintang2, (bujur - bujur2) * Math.cos((lintang * Math.PI) / 180));
}

function susun(dari) {
  const semua = isi.rumah.filter(({ selesai }) => !selesai).map((rumah) => ({ rumah, jauh: dari && rumah.position ? jarak(dari, rumah.position) : Infinity }));
  if (dari) semua.sort((a, b) => a.jauh - b.jauh);
  const kartu = semua.map(({ rumah, jauh }) => {
    const baru = salin("kartu-rumah");
    lengkapi(baru, { ...rumah, jauh: jauh < Infinity ? `${Math.round(jauh)} meter dari sini` : "" });
    baru.querySelector("button").addEventListener("click", () => isiRumah(rumah));
    return baru;
  });
  daftar.querySelector(".rumah-rumah").replaceChildren(...kartu);
  daftar.querySelector(".sisa").textContent = semua.length ? `${semua.length} rumah menunggu Anda.` : "Semua rumah yang dibawa sudah dikunjungi.";
}

function bukaDaftar() {
  susun();
  tampilkan(daftar);
}

gembok.addEventListener("submit", async (peristiwa) => {
  peristiwa.preventDefault();
  const [kode, pesan, tombol] = [ambil("kode-hari"), gembok.querySelector(".pesan"), gembok.querySelector("button")];
  tombol.disabled = true;
  const hasil = await bukaBawaan(kode.value.trim());
  tombol.disabled = false;
  pesan.hidden = Boolean(hasil);
  if (hasil) {
    ({ kunci, isi } = hasil);
    kode.value = "";
    return bukaDaftar();
  }
  if (!(await adaBawaan())) return tampilkan(kosong);
  kode.focus();
});

ambil("terdekat").addEventListener("click", async () => {
  const kabar = ambil("kabar-letak");
  kabar.textContent = "Mencari letak HP ini ...";
  try {
    const { coords } = await letak();
    susun(`${coords.latitude},${coords.longitude}`);
    kabar.textContent = "Diurutkan dari yang terdekat. Yang letaknya tidak diketahui ada di bawah.";
  } catch {
    kabar.textContent = "Letak HP ini tidak ditemukan. Urutannya menurut RT.";
  }
});

ambil("hapus-bawaan").addEventListener("click", async () => {
  await lupakan();
  kunci = isi = null;
  tampilkan(kosong);
});

// ---- The form for a house

async function isiRumah(rumah) {
  const draf = (await bacaDraf(kunci, rumah.id)) ?? {};
  const baru = draf.id && Date.now() - draf.mulai < TERLAMA;
  const catatan = baru ? draf : { id: heksa(), mulai: Date.now(), isian: draf.isian ?? [] };
  const bagian = salin("formulir");
  lengkapi(bagian, rumah);
  if (!rumah.phone) bagian.querySelector("[data-bila=telepon]").remove();
  bagian.querySelector(".orang-orang").replaceChildren(...rumah.people.map(orang));
  tempat.replaceChildren(bagian);
  const form = bagian.querySelector("form");
  pulihkan(form, catatan.isian);
  hidupkan(form);
  bagian.querySelector(".mulai").textContent = JAM.format(catatan.mulai);
  const simpan = penyimpan(form, rumah, catatan);
  form.addEventListener("input", simpan);
  for (const satu of form.querySelectorAll("input[type=file]")) pasangFoto(satu, rumah);
  pasangKtp(bagian, rumah);
  bagian.querySelector(".ke-daftar").addEventListener("click", async () => { await simpan(); bukaDaftar(); });
  form.addEventListener("submit", async (peristiwa) => { peristiwa.preventDefault(); await simpan(); selesai(form, rumah, catatan); });
  await simpan();
  tampilkan(tempat);
}

/** Keep the form as it is now, one time after the other, and say whether all of it is kept. */
function penyimpan(form, rumah, catatan) {
  const kabar = form.querySelector(".draf");
  let [giliran, terakhir] = [Promise.resolve(), 0];
  return () => {
    const ini = ++terakhir;
    kabar.textContent = "Menyimpan ...";
    giliran = giliran.then(async () => {
      if (ini !== terakhir) return; // a later one keeps this too
      const tersimpan = await simpanDraf(kunci, rumah.id, { ...catatan, isian: potret(form) });
      if (ini === terakhir) kabar.textContent = tersimpan ? "✓ Isian tersimpan di HP ini." : "HP ini penuh: isian belum tersimpan. Hapus sesuatu dari HP.";
    });
    return giliran;
  };
}

const heksa = () => [...crypto.getRandomValues(new Uint8Array(16))].map((satu) => satu.toString(16).padStart(2, "0")).join("");

/** One person's questions: the template's '#' is the person's number. */
function orang(nama, nomor) {
  const baru = salin("seorang");
  baru.querySelector("summary span").textContent = nama;
  for (const satu of baru.querySelectorAll("[name], [id], [for]")) {
    for (const apa of ["name", "id", "for"]) if (satu.hasAttribute(apa)) satu.setAttribute(apa, satu.getAttribute(apa).replace("#", nomor));
  }
  return baru;
}

const potret = (form) => [...new FormData(form)].filter(([, nilai]) => typeof nilai === "string");

function pulihkan(form, isian) {
  const ada = new Map();
  for (const [nama, nilai] of isian) ada.set(nama, [...(ada.get(nama) ?? []), nilai]);
  for (const satu of form.elements) {
    const nilai = ada.get(satu.name);
    if (!nilai) continue;
    if (/radio|checkbox/.test(satu.type)) satu.checked = nilai.includes(satu.value);
    else if (satu.type !== "file") [satu.value] = nilai;
  }
}

const fotoDraf = (rumah, jenis) => `${rumah.id}/${jenis}`;

async function pasangFoto(masukan, rumah) {
  const [jenis, kabar, kanvas] = [masukan.dataset.jenis, masukan.parentNode.querySelector("[role=status]"), masukan.parentNode.querySelector("canvas")];
  const tunjuk = async (teks) => {
    const berkas = new Blob([dariTeks(teks)], { type: "image/jpeg" });
    kabar.textContent = `✓ Foto tersimpan di HP ini (${Math.round(berkas.size / 1024)} KB)`;
    const gambar = await createImageBitmap(berkas);
    kanvas.width = 160;
    kanvas.height = Math.round((160 * gambar.height) / gambar.width);
    kanvas.getContext("2d").drawImage(gambar, 0, 0, kanvas.width, kanvas.height);
    kanvas.hidden = false;
  };
  masukan.addEventListener("change", async () => {
    if (!masukan.files.length) return;
    kabar.textContent = "Foto sedang disiapkan ...";
    try {
      const teks = await keTeks(await kecilkan(masukan.files[0]));
      await tunjuk(teks); // what cannot be shown cannot be sent
      if (!(await simpanDraf(kunci, fotoDraf(rumah, jenis), teks))) throw new Error("full");
    } catch {
      kanvas.hidden = true;
      kabar.textContent = "Ini bukan foto yang bisa dibaca, atau HP ini penuh. Potret lagi.";
    }
  });
  const lama = await bacaDraf(kunci, fotoDraf(rumah, jenis));
  if (lama) await tunjuk(lama);
}

function pasangKtp(bagian, rumah) {
  const [tombol, kabar, kanvas] = ["button", "[role=status]", "canvas"].map((satu) => bagian.querySelector(`.ktp ${satu}`));
  tombol.addEventListener("click", async () => {
    kabar.textContent = "Membuka ...";
    try {
      const jawab = await fetch(`/musyawarah/${isi.kel}/kunjungan/${rumah.id}/warga/ktp`, { cache: "no-store" });
      if (!jawab.ok || !/image/.test(jawab.headers.get("Content-Type"))) throw new Error(jawab.status);
      const gambar = await createImageBitmap(await jawab.blob());
      Object.assign(kanvas, { width: gambar.width, height: gambar.height, hidden: false });
      kanvas.getContext("2d").drawImage(gambar, 0, 0);
      kabar.textContent = "";
    } catch (salah) {
      kabar.textContent = salah.message === "404" ? "Keluarga ini tidak mengirim foto KTP." : "Perlu jaringan, dan Anda harus masuk.";
    }
  });
}

function keluhan(form, catatan, sampai) {
  const nilai = (nama) => form.elements[nama]?.value;
  if (!nilai("hasil")) return ["Pilih hasil kunjungan ini.", "hasil"];
  if (nilai("hasil") === "met" && !nilai("ktp")) return ["Pilih hasil pemeriksaan KTP.", "ktp"];
  if (sampai < catatan.mulai) return ["Jam di HP ini mundur. Perbaiki jamnya, lalu coba lagi.", "hasil"];
  return null;
}

async function selesai(form, rumah, catatan) {
  const pesan = form.querySelector(".belum");
  const sampai = Date.now();
  if (sampai - catatan.mulai > TERLAMA) {
    await isiRumah(rumah); // measured anew: it was left open
    const ulang = tempat.querySelector(".belum");
    ulang.textContent = "Formulir ini terbuka lebih dari 6 jam. Waktunya diukur ulang dari sekarang.";
    ulang.hidden = false;
    return ulang.focus();
  }
  const salah = keluhan(form, catatan, sampai);
  pesan.hidden = !salah;
  if (salah) {
    [pesan.textContent] = salah;
    return form.querySelector(`[name=${salah[1]}]`).focus();
  }
  const badan = new URLSearchParams(potret(form));
  badan.set("id", catatan.id);
  badan.set("petugas", isi.petugas);
  badan.set("mulai", new Date(catatan.mulai).toISOString());
  badan.set("selesai", new Date(sampai).toISOString());
  const foto = {};
  for (const { dataset: { jenis } } of form.querySelectorAll("input[type=file]")) {
    const teks = await bacaDraf(kunci, fotoDraf(rumah, jenis));
    if (teks) foto[jenis] = teks;
  }
  if (!(await titip(catatan.id, { kel: isi.kel, rumah: rumah.id, siapa: rumah.name, badan: `${badan}`, foto }))) {
    pesan.textContent = "HP ini penuh: kunjungan belum tersimpan. Hapus sesuatu dari HP, lalu tekan lagi.";
    pesan.hidden = false;
    return pesan.focus();
  }
  await catatSelesai(form, rumah, catatan.mulai);
  await hapusDraf(rumah.id);
  bukaDaftar();
  ambil("baru-saja").textContent = `Kunjungan ke ${rumah.name} selesai: ${JAM.format(catatan.mulai)} sampai ${JAM.format(sampai)}${Object.keys(foto).length ? "" : ", tanpa foto"}.`;
  await tunjukkan();
  kirimSekarang();
}

/** A house where somebody was met is done; the others stay, with what was tried. */
async function catatSelesai(form, rumah, mulai) {
  rumah.selesai = form.elements.hasil.value === "met";
  const hasil = form.querySelector("[name=hasil]:checked").parentNode.textContent.trim().toLowerCase();
  rumah.visits = [...rumah.visits, `hari ini pukul ${JAM.format(mulai)}: ${hasil}`];
  if (rumah.selesai) isi.rumah = isi.rumah.filter(({ id }) => id !== rumah.id);
  await simpanBawaan(kunci, isi);
}

tampilkan((await adaBawaan()) ? gembok : kosong);
