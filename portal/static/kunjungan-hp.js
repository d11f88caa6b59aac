// What an officer's phone keeps of visits, all of it sealed: the houses taken along and forms begun,
// with the code of the day; finished visits, each with a key of its own, so that they go by
// themselves when the network is back. See docs/adr/0014.
//
// "kunjungan/bawaan"        {pada, garam, putaran, salah, isi}   24 hours, or until signing out
// "kunjungan/draf/<rumah>"  the form; "…/<jenis>" a photo of it  as long
// "kunjungan/antar/<id>"    {pada, keadaan, pesan, kunci, isi}   until it is sent

import { baca, buka, hapus, kerjakan, kunciBaru, kunciDariKode, segel, tulis } from "./gudang.js";

const BAWAAN = "kunjungan/bawaan";
const DRAF = "kunjungan/draf/";
const ANTAR = "kunjungan/antar/";
const PUTARAN = 600_000;
const SEHARI = 24 * 3600 * 1000;
const SALAH = 10; // wrong codes until the houses are erased: they can be taken again
const SABAR = 60_000;

/** The names under which something is kept that begin with this. */
async function namaSemua(awal) {
  const semua = await kerjakan("readonly", (wadah) => wadah.getAllKeys()).catch(() => []);
  return semua.filter((nama) => nama.startsWith(awal));
}

const basi = ({ pada }) => !(Math.abs(Date.now() - pada) < SEHARI);

// ---- Houses taken along

async function ada() {
  const bawaan = await baca(BAWAAN);
  if (!bawaan || !basi(bawaan)) return bawaan;
  await lupakan();
  return undefined;
}

/** Whether houses were taken along that still may be opened. */
export const adaBawaan = async () => Boolean(await ada());

/** Erase houses and forms that were begun. Finished visits stay until they are sent. */
export async function lupakan() {
  await hapus(BAWAAN, ...(await namaSemua(DRAF)));
}

/** Erase what is older than a day. */
export const sapuKunjungan = ada;

/** Open the houses: {kunci, isi}; null when the code is another. */
export async function bukaBawaan(kode) {
  const bawaan = await ada();
  if (!bawaan) return null;
  const kunci = await kunciDariKode(kode, bawaan.garam, bawaan.putaran);
  const isi = await buka(kunci, bawaan.isi);
  if (isi) {
    if (bawaan.salah) await tulis(BAWAAN, { ...bawaan, salah: 0 });
    return { kunci, isi };
  }
  if (bawaan.salah + 1 >= SALAH) await lupakan();
  else await tulis(BAWAAN, { ...bawaan, salah: bawaan.salah + 1 });
  return null;
}

/** Keep the houses as they are now, for as long as before. */
export async function simpanBawaan(kunci, isi) {
  const bawaan = await ada();
  return Boolean(bawaan) && tulis(BAWAAN, { ...bawaan, isi: await segel(kunci, isi) });
}

/** Take houses along, beside those of the day; false when the code of those is another. */
export async function bawa(kode, baru) {
  if (await ada()) {
    const lama = await bukaBawaan(kode);
    if (!lama || lama.isi.petugas !== baru.petugas || lama.isi.kel !== baru.kel) return false;
    const ini = new Set(baru.rumah.map(({ id }) => id));
    const rumah = [...lama.isi.rumah.filter(({ id }) => !ini.has(id)), ...baru.rumah];
    return simpanBawaan(lama.kunci, { ...baru, rumah });
  }
  const garam = crypto.getRandomValues(new Uint8Array(16));
  const kunci = await kunciDariKode(kode, garam, PUTARAN);
  return tulis(BAWAAN, { pada: Date.now(), garam, putaran: PUTARAN, salah: 0, isi: await segel(kunci, baru) });
}

// ---- Forms that were begun

export const simpanDraf = async (kunci, nama, isi) => tulis(DRAF + nama, await segel(kunci, isi));

export async function bacaDraf(kunci, nama) {
  const tersegel = await baca(DRAF + nama);
  return tersegel ? buka(kunci, tersegel) : null;
}

export const hapusDraf = async (nama) => hapus(...(await namaSemua(DRAF + nama)));

// ---- Finished visits

async function simpanKiriman({ nama, kel, rumah, siapa, badan, tiba, foto, ...luar }) {
  const isi = await segel(luar.kunci, { kel, rumah, siapa, badan, tiba, foto });
  return tulis(nama, { ...luar, isi });
}

/** Put a finished visit with its photos (kind → base64) into the outbox; tells whether it is kept. */
export async function titip(id, isi) {
  return simpanKiriman({ nama: ANTAR + id, id, pada: Date.now(), keadaan: "menunggu", kunci: await kunciBaru(), ...isi });
}

/** Visits that have not arrived, opened. */
export async function semuaKiriman() {
  const semua = (await namaSemua(ANTAR)).map(async (nama) => {
    const luar = await baca(nama);
    const isi = luar && (await buka(luar.kunci, luar.isi));
    return isi && { ...luar, ...isi, nama };
  });
  return (await Promise.all(semua)).filter(Boolean);
}

export const buangKiriman = ({ nama }) => hapus(nama);

/** Try to send all that waits, one page at a time; gives what did arrive: [{siapa, pesan}]. */
export const antarSemua = () => (navigator.locks ? navigator.locks.request("fmotm-kunjungan", giliran) : giliran());

async function giliran() {
  const sampai = [];
  for (const kiriman of await semuaKiriman()) {
    if (kiriman.keadaan === "ditolak") continue;
    const { keadaan, pesan } = await antar(kiriman);
    if (keadaan === "terkirim") sampai.push({ siapa: kiriman.siapa, pesan });
    if (keadaan === "putus" || keadaan === "masuk") break; // the others would fare the same
  }
  return sampai;
}

async function antar(kiriman) {
  const tandai = async (apa) => {
    Object.assign(kiriman, apa);
    await simpanKiriman(kiriman);
    return kiriman;
  };
  try {
    const alamat = `/musyawarah/${kiriman.kel}/kunjungan`;
    const { token } = await tanya(`${alamat}/token`);
    if (!kiriman.tiba) {
      const { pesan } = await tanya(`${alamat}/${kiriman.rumah}`, token, new URLSearchParams(kiriman.badan));
      await tandai({ tiba: true, pesan });
    }
    for (const [jenis, isi] of Object.entries(kiriman.foto)) {
      await antarFoto(`${alamat}/${kiriman.id}/foto/${jenis}`, token, isi, kiriman);
      delete kiriman.foto[jenis];
      await tandai({});
    }
    await hapus(kiriman.nama);
    return { ...kiriman, keadaan: "terkirim" };
  } catch (gagal) {
    return tandai({ keadaan: gagal.keadaan ?? "putus", pesan: gagal.pesan ?? kiriman.pesan });
  }
}

/** Send one photo. One that the server can not use is let go: the visit itself has arrived. */
async function antarFoto(alamat, token, isi, kiriman) {
  const badan = new FormData();
  badan.append("foto", new Blob([dariTeks(isi)], { type: "image/jpeg" }), "foto.jpg");
  badan.append("csrf_token", token);
  try {
    await tanya(alamat, token, badan);
  } catch (gagal) {
    if (gagal.keadaan !== "ditolak") throw gagal;
    kiriman.pesan = `${kiriman.pesan} Satu foto tidak dapat dipakai: ${gagal.pesan}`;
  }
}

/** Ask the server; throws {keadaan, pesan}: "masuk" sign in, "sibuk" later, "ditolak" never. */
async function tanya(alamat, token, body) {
  const batas = new AbortController();
  const jam = setTimeout(() => batas.abort(), SABAR);
  try {
    const headers = { Accept: "application/json", ...(token && { "X-CSRFToken": token }) };
    const jawab = await fetch(alamat, { method: body ? "POST" : "GET", headers, body, signal: batas.signal, cache: "no-store" });
    const json = /json/.test(jawab.headers.get("Content-Type")) ? await jawab.json() : null;
    if (jawab.ok && json) return json;
    throw { keadaan: keadaanDari(jawab, json), pesan: json?.galat ?? (jawab.status === 404 ? "Rumah ini tidak ada dalam wilayah Anda." : undefined) };
  } finally {
    clearTimeout(jam);
  }
}

function keadaanDari({ status, redirected }, json) {
  if (status === 401 || redirected || (status < 300 && !json)) return "masuk";
  if ([404, 409, 413, 422].includes(status)) return "ditolak";
  return "sibuk";
}

// ---- Photos as text: what is sealed is what JSON can say

export async function keTeks(berkas) {
  const bita = new Uint8Array(await berkas.arrayBuffer());
  let teks = "";
  for (let n = 0; n < bita.length; n += 32_768) teks += String.fromCharCode(...bita.subarray(n, n + 32_768));
  return btoa(teks);
}

export const dariTeks = (teks) => Uint8Array.from(atob(teks), (satu) => satu.charCodeAt(0));
