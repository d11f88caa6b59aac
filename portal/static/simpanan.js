// One's own phone or a borrowed one. One's own keeps a draft of the answers, sealed; a borrowed one
// keeps nothing beyond the open page.

import { ambil, cariLayar, form, nilai } from "./soal.js";
import { rapat, salahNik } from "./nomor.js";
import { baca, bisaMenyimpan, hapus, kunciBaru, kunciDariKode, segel, tulis } from "./gudang.js";

const PUTARAN = 600_000; // a second on a cheap phone, and as much for each guess of the code
const KODE = /^\d{4,6}$/;

const hp = ambil("hp");
const ekor = ambil("simpanan");
const [keadaan, penghapus] = ekor.children;
const kodeBaru = hp.querySelector(".angka");
const tanpa = hp.querySelector("[type=checkbox]");

let kait = null; // what the form tells of itself, and how it takes answers back
let gembok = null; // promise of the key and how it is made; null while nothing is kept
let tanpaKode = false; // the end of the NIK is the code, as soon as it is known
let enam = ""; // the digits of the NIK that the key was made of
let kotor = false;
let menulis = false;
let tulisan; // the write under way, or the last one
let diserahkan = false;

/** Whether the person said that this phone is their own. */
export const milikSendiri = () => gembok !== null;

/** Erase the draft and keep no more: it was received, or the person wants it gone. */
export async function hapusSimpanan() {
  gembok = null;
  tanpaKode = false;
  ekor.hidden = true;
  await hapus("isian", "serah");
}

/** Erase the draft, also one that is just being written: the answers lie in the box now. */
export async function singkirkan() {
  kotor = false;
  await tulisan;
  await hapus("isian", "serah");
}

/** Ask whose phone it is, and bring back what it keeps. `terkirim`: the page has the answers. */
export async function pasangSimpanan(kaitan, terkirim) {
  kait = kaitan;
  form.append(ekor);
  cariLayar("siapa").after(hp);
  if (!bisaMenyimpan) return tanpaSimpanan();
  const [simpanan, serahan] = [await baca("isian"), await baca("serah")];
  if (serahan) await hapus("serah");
  if (simpanan && !terkirim) return lanjutkan(simpanan);
  if (simpanan && serahan) pakai(serahan);
}

async function lanjutkan(simpanan) {
  const modul = await import(ambil("lanjutkan").dataset.modul).catch(() => null);
  if (!modul) return tanpaSimpanan(); // the network went: the draft stays for another time
  const { lama, milik } = await modul.mintaKode(simpanan, denganKode, bersihkan);
  kait.pulihkan(lama);
  pakai(milik);
}

/** Let this page be as on a borrowed phone, and say so. */
function tanpaSimpanan() {
  hp.setAttribute("data-tidak-ada", "");
  bagian("pinjaman").hidden = false;
  cariLayar("siapa").append(bagian("pinjaman"));
}

const bagian = (nama) => hp.querySelector(`[data-bila-hp=${nama}]`);
const denganKode = async (cara, kode, garam, putaran) => ({ cara, garam, putaran, kunci: await kunciDariKode(kode, garam, putaran) });
const kodeSendiri = (cara, kode) => denganKode(cara, kode, crypto.getRandomValues(new Uint8Array(16)), PUTARAN);

/** Go on with a key that is there already. */
function pakai(milik) {
  gembok = Promise.resolve(milik);
  tanpaKode = milik.cara !== "kode";
  tanpa.checked = tanpaKode;
  hp.querySelector("[value=sendiri]").checked = true;
  enam = milik.cara === "nik" ? enamAngka() : "";
  tampilkanPilihan();
  catat();
}

// ---- Whose phone it is

function tampilkanPilihan() {
  const pilihan = hp.querySelector("[name=hp]:checked")?.value;
  for (const satu of hp.querySelectorAll("[data-bila-hp]")) satu.hidden = satu.dataset.bilaHp !== pilihan;
  kodeBaru.parentNode.hidden = tanpa.checked;
  bagian("sendiri").querySelector(".ada").hidden = !gembok || tanpaKode;
  salahHp("");
}

/** Take the answer of the screen 'hp'. Returns whether it is one. */
export function hpTerjawab() {
  const pilihan = hp.querySelector("[name=hp]:checked");
  const kode = rapat(kodeBaru.value);
  if (!pilihan) return salahHp("pilih", hp.querySelector("[name=hp]"));
  if (pilihan.value === "pinjaman") hapusSimpanan();
  else if (tanpa.checked) {
    if (!tanpaKode) gembok = null;
    tanpaKode = true;
  } else if (KODE.test(kode)) {
    tanpaKode = false;
    gembok = kodeSendiri("kode", kode);
  } else if (kode || tanpaKode || !gembok) return salahHp("kode", kodeBaru);
  kodeBaru.value = "";
  catat();
  tampilkanPilihan();
  return true;
}

function salahHp(apa, tempat) {
  const pesan = hp.querySelector(".pesan");
  pesan.hidden = !apa;
  pesan.lastElementChild.textContent = pesan.dataset[apa] ?? "";
  kodeBaru.setAttribute("aria-invalid", apa === "kode");
  tempat?.focus();
  (apa === "kode" ? kodeBaru : hp.querySelector(".bergambar")).before(pesan);
  return !apa;
}

// ---- Keeping

const enamAngka = () => {
  const nik = rapat(nilai("nik"));
  return nik.length === 16 && !salahNik(nik) ? nik.slice(-6) : "";
};

/** Without a code: a key of this phone's own until the NIK is known, then one made of the NIK. */
function samakanGembok() {
  const kini = enamAngka();
  if (!tanpaKode || (gembok && kini === enam)) return;
  enam = kini;
  gembok = kini ? kodeSendiri("nik", kini) : kunciBaru().then((kunci) => ({ cara: "hp", kunci }));
}

/** Keep what stands in the form now. Writes one after another; the latest wins. */
export async function catat() {
  if (form.hasAttribute("aria-busy")) return; // being sent: the answers lie in the outbox
  samakanGembok();
  if (!gembok) return;
  if (diserahkan) {
    diserahkan = false;
    hapus("serah"); // not sent after all
  }
  kotor = true;
  ekor.dataset.keadaan = "menyimpan";
  if (menulis) return;
  menulis = true;
  while (kotor && gembok) {
    kotor = false;
    kabari(await (tulisan = simpan()));
  }
  menulis = false;
}

async function simpan() {
  const milik = gembok;
  const { kunci, ...cara } = await milik;
  const segelan = await segel(kunci, { ...kait.keadaan(), isian: potret() });
  if (gembok !== milik) return true; // erased, or another key: that one's write comes next
  return tulis("isian", { ...cara, ...(cara.cara === "hp" && { kunci }), ...segelan });
}

function kabari(tersimpan) {
  ekor.hidden = !gembok;
  if (kotor || !gembok) return;
  ekor.dataset.keadaan = tersimpan ? "tersimpan" : "gagal";
  const kata = keadaan.dataset[ekor.dataset.keadaan];
  if (keadaan.textContent !== kata) keadaan.textContent = kata;
}

/** Leave the key for the page that answers a form: it has the answers, and keeps what is mended. */
export async function serahkan() {
  if (!gembok) return;
  diserahkan = true;
  await tulis("serah", await gembok);
}

async function bersihkan() {
  await hapusSimpanan();
  await hapus("kotak");
  location.replace(location.pathname);
}

hp.addEventListener("change", tampilkanPilihan);
penghapus.querySelector("button").addEventListener("click", bersihkan);
for (const apa of ["input", "change", "pandu:ubah"]) form.addEventListener(apa, catat);

// ---- Everything that stands in the form, as it stands there: taken out, and put back

const bulat = (satu) => /radio|checkbox/.test(satu.type);

/** What is asked on the screens; the phone's own code belongs to another form. */
const kolom = () => [...form.elements].filter((satu) => satu.matches("[data-layar] :is(input, select, textarea)"));

/** What a control is kept under: what is never sent has no name. */
const nama = (satu) => satu.name || `${satu.closest("[data-layar]").dataset.layar}/${satu.type}`;

/** Every answer by the name of its control: a text, or the codes that are chosen. */
function potret() {
  const isian = {};
  for (const satu of kolom()) {
    if (!bulat(satu)) isian[nama(satu)] = satu.value;
    else if (satu.checked) (isian[nama(satu)] ??= []).push(satu.value);
  }
  return isian;
}

/** Put answers back. What the form no longer asks is passed over, what it asks anew stays empty. */
export function tempel(isian) {
  for (const satu of kolom()) {
    const jawab = isian[nama(satu)];
    if (jawab && satu.closest("[data-jenis=lokasi]")) titik(satu, jawab[0]);
    else if (bulat(satu)) satu.checked = Boolean(jawab?.includes(satu.value));
    else if (jawab !== undefined) satu.value = jawab;
    if (satu.closest("[data-jenis=nik], [data-jenis=kk]")) satu.dispatchEvent(new Event("input"));
  }
}

/** A position is asked about only where the phone has found one. */
function titik(centang, letak) {
  Object.assign(centang, { value: letak, checked: true });
  centang.closest("[data-soal]").hidden = false;
}
