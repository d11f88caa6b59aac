// 'Di mana saya sekarang?': the kelurahan around the phone, looked up on the phone: nothing is sent.

import { cariSoal, isian } from "./soal.js";
import { tombolTempat } from "./kelurahan.js";

const PALING_BANYAK = 3;
const PINGGIR = 300; // metres from the last border that may still be Jakarta: jetties, new land
const TERLALU_KASAR = 3000; // metres: who is known no better than this could be anywhere
const CUKUP_TEPAT = 100; // metres: with this an officer finds the house
const SEDERAJAT = 111_200; // metres
const CARA = { enableHighAccuracy: true, timeout: 15_000 };
const DITOLAK = 1; // GeolocationPositionError.PERMISSION_DENIED

let mencari = false;

/** Find the phone, and offer the kelurahan around it; `pilih` is told the code of the chosen one. */
export async function tunjukkan(bagian, semua, pilih) {
  const [tombol, kabar, daftar] = bagian.children;
  const tulis = (kata) => (kabar.textContent = kabar.dataset[kata]);
  if (mencari) return;
  mencari = true;
  daftar.replaceChildren();
  tulis("mencari");
  try {
    const [{ coords }, batas] = await Promise.all([letak(), ambilBatas(bagian.dataset.batas)]);
    const { latitude, longitude, accuracy } = coords;
    const kode = sekitar(batas, latitude, longitude, accuracy);
    const dekat = kode.map((satu) => semua.find((kelurahan) => kelurahan.kode === satu));
    tulis(accuracy > TERLALU_KASAR ? "gagal" : dekat.length ? "ada" : "luar");
    const ambilIni = (satu) => {
      daftar.replaceChildren();
      kabar.textContent = "";
      tombol.focus({ preventScroll: true });
      pilih(satu);
    };
    daftar.replaceChildren(...dekat.map((satu) => tombolTempat(satu, ambilIni)));
    if (dekat.length && accuracy <= CUKUP_TEPAT) tawarkanTitik(`${latitude.toFixed(5)},${longitude.toFixed(5)}`);
    bagian.scrollIntoView({ block: "nearest" });
  } catch (salah) {
    tulis(salah.code === DITOLAK ? "ditolak" : "gagal");
  } finally {
    mencari = false;
  }
}

/** Ask whether the position may be sent along: never without a tick for this very one. */
function tawarkanTitik(titik) {
  const soal = cariSoal("lokasi");
  const [centang] = isian(soal);
  Object.assign(centang, { value: titik, checked: false });
  soal.hidden = false;
}

const letak = () => new Promise((ya, tidak) => navigator.geolocation.getCurrentPosition(ya, tidak, CARA));

async function ambilBatas(alamat) {
  return (await fetch(alamat)).json();
}

/** The codes of up to three kelurahan that a phone is in or may be in, the nearest first. */
export function sekitar({ langkah, kelurahan }, lintang, bujur, akurasi) {
  if (akurasi > TERLALU_KASAR) return [];
  const meter = SEDERAJAT / langkah;
  const skala = [meter * Math.cos((lintang * Math.PI) / 180), meter];
  const jauh = Object.entries(kelurahan)
    .map(([kode, cincin]) => [kode, jarak(cincin, [bujur * langkah, lintang * langkah], skala)])
    .sort((a, b) => a[1] - b[1]);
  const terjauh = jauh[0][1] ? Math.max(akurasi, PINGGIR) : akurasi;
  return jauh.filter((satu) => satu[1] <= terjauh).slice(0, PALING_BANYAK).map(([kode]) => kode);
}

/** Metres from a point to a kelurahan, 0 inside it. Its rings are written as portal.outlines says. */
function jarak(cincin, [x, y], [skalaX, skalaY]) {
  let dalam = false;
  let dekat = Infinity;
  for (const angka of cincin) {
    let [x1, y1] = [0, 0];
    const sudut = [];
    for (let n = 0; n < angka.length; n += 2) sudut.push([(x1 += angka[n]), (y1 += angka[n + 1])]);
    for (const [x2, y2] of sudut) {
      if (y1 > y !== y2 > y && x < x1 + ((x2 - x1) * (y - y1)) / (y2 - y1)) dalam = !dalam;
      dekat = Math.min(dekat, keGaris((x - x1) * skalaX, (y - y1) * skalaY, (x2 - x1) * skalaX, (y2 - y1) * skalaY));
      [x1, y1] = [x2, y2];
    }
  }
  return dalam ? 0 : dekat;
}

/** The distance of a point from the line that goes from the origin to a corner. */
function keGaris(x, y, sudutX, sudutY) {
  const bagian = (x * sudutX + y * sudutY) / (sudutX ** 2 + sudutY ** 2) || 0;
  const t = Math.min(1, Math.max(0, bagian));
  return Math.hypot(x - t * sudutX, y - t * sudutY);
}
