// The outbox: forms on their way. On one's own phone each lies sealed in the store, where page and
// service worker find it; on a borrowed one it is in the open page alone.
//
// A form: {id, keadaan, pada, boleh, coba, sebab} in clear; `ke`, `badan`, `bukti` sealed with `kunci`.
// keadaan: "menunggu" to be sent, "terkirim", "perbaiki" somebody must look, "dibuka" does so now.
// sebab, why it waits: "putus" no network, "sibuk" the service is busy, "ramai" the NIK was.

import { baca, hapus, kunciBaru, buka, segel, tulis } from "./gudang.js";

const KOTAK = "kotak";
const UMUR = 7 * 24 * 3600 * 1000;
const SABAR = 20_000; // what takes longer counts as no network
const [MULA, TERLAMA] = [5, 60]; // seconds

/** Seconds until the next try: as the server says, and spread, so that phones do not come at once. */
export function jeda(coba, tunggu = 0, acak = Math.random()) {
  return Math.max(1, tunggu + acak * Math.min(TERLAMA, MULA * 2 ** coba));
}

// One at a time, over all pages and the service worker.
const giliran = (apa, kerja) => (navigator.locks ? navigator.locks.request(`fmotm-${apa}`, kerja) : kerja());

const segar = (semua = []) => semua.filter(({ pada }) => Math.abs(Date.now() - pada) < UMUR);

const ubah = (kerja) => giliran("kotak", async () => {
  const semua = kerja(segar(await baca(KOTAK)));
  return semua.length ? tulis(KOTAK, semua) : hapus(KOTAK);
});

async function tersegel({ ke, badan, bukti, ...luar }) {
  return { ...luar, isi: await segel(luar.kunci, { ke, badan, bukti }) };
}

async function simpan(surat) {
  const baru = await tersegel(surat);
  await ubah((semua) => semua.map((lama) => (lama.id === surat.id ? baru : lama)));
}

/** All forms in the outbox, opened; what is older than 7 days is erased. */
export async function semuaSurat() {
  const ada = await baca(KOTAK);
  if (!ada) return [];
  if (segar(ada).length < ada.length) await ubah((semua) => semua);
  const terbuka = segar(ada).map(async ({ isi, ...luar }) => ({ ...luar, ...(await buka(luar.kunci, isi)) }));
  return Promise.all(terbuka);
}

const dibuka = ({ keadaan }) => keadaan === "dibuka";

/** A form to be sent. On one's own phone it is kept, in place of the one that it mends. */
export async function titip(ke, badan, sendiri) {
  const surat = { keadaan: "menunggu", pada: Date.now(), boleh: 0, coba: 0, ke, badan };
  if (!sendiri && !(await semuaSurat()).some(dibuka)) return surat;
  const disimpan = { ...surat, id: crypto.randomUUID(), kunci: await kunciBaru() };
  const baru = await tersegel(disimpan);
  const jadi = await ubah((semua) => [...semua.filter((satu) => !dibuka(satu)), baru]);
  return jadi ? disimpan : surat;
}

/** Take a form out of the outbox. */
export const buang = ({ id }) => ubah((semua) => semua.filter((satu) => satu.id !== id));

/** Note that somebody looks at a form that has to be mended, or that nobody does. */
export const tandai = (surat, keadaan) => simpan({ ...surat, keadaan });

/** Try once to send a form; gives it as it is now. "hilang": it was taken out meanwhile. */
export const antar = (surat) => giliran("kirim", async () => {
  const kini = surat.id ? (await semuaSurat()).find(({ id }) => id === surat.id) : surat;
  if (kini?.keadaan !== "menunggu") return kini ?? { keadaan: "hilang" };
  const baru = { ...kini, ...(await tanya(kini)) };
  if (baru.id) await simpan(baru);
  return baru;
});

async function tanya({ ke, badan, coba }) {
  const batas = new AbortController();
  const jam = setTimeout(() => batas.abort(), SABAR);
  const lagi = (sebab, tunggu) => ({ coba: coba + 1, boleh: Date.now() + 1000 * jeda(coba, tunggu), sebab });
  try {
    const body = new URLSearchParams(badan);
    const jawab = await fetch(ke, { method: "POST", headers: { Accept: "application/json" }, body, signal: batas.signal });
    const { bukti, perbaiki, tunggu, tiket } = await jawab.json();
    if (bukti) return { keadaan: "terkirim", bukti, badan: "" };
    if (perbaiki) return { keadaan: "perbaiki" };
    if (tiket) body.set("tiket", tiket);
    return { badan: String(body), ...lagi(tiket ? "ramai" : "sibuk", tunggu) };
  } catch {
    return lagi("putus");
  } finally {
    clearTimeout(jam);
  }
}

/** Try to send all that may be sent now; gives how many are still to be sent. */
export async function antarSemua() {
  let belum = 0;
  for (const surat of await semuaSurat()) {
    const kini = surat.boleh > Date.now() && surat.sebab !== "putus" ? surat : await antar(surat);
    if (kini.keadaan === "menunggu") belum += 1;
  }
  return belum;
}
