// What this phone keeps between visits: one small store, and keys to seal what goes into it. Page
// and service worker use it. An answer, a name or a code never goes in unsealed.
//
// "isian"  the draft           "serah"  its key, while a form is on its way to the server
// "kotak"  the outbox         "kunjungan/…"  an officer's houses and visits: see kunjungan-hp.js

const WADAH = "gudang";
const TUJUH_HARI = 7 * 24 * 3600 * 1000;
const AES = { name: "AES-GCM", length: 256 };

/** Whether this phone can keep anything safely: an old one, or plain http, can not. */
export const bisaMenyimpan = Boolean(globalThis.isSecureContext && globalThis.crypto?.subtle && globalThis.indexedDB);

let sambungan = null;

const tunggu = (permintaan) => new Promise((jadi, gagal) => {
  permintaan.onsuccess = () => jadi(permintaan.result);
  permintaan.onerror = permintaan.onblocked = () => gagal(permintaan.error);
});

function sambung() {
  const minta = indexedDB.open("fmotm", 1);
  minta.onupgradeneeded = () => minta.result.createObjectStore(WADAH);
  return tunggu(minta);
}

/** Run one transaction, on disk when it is done: a battery may die the next second. */
export async function kerjakan(cara, kerja) {
  const basis = await (sambungan ??= sambung());
  const transaksi = basis.transaction(WADAH, cara, { durability: "strict" });
  const hasil = tunggu(kerja(transaksi.objectStore(WADAH)));
  await new Promise((jadi, gagal) => {
    transaksi.oncomplete = jadi;
    transaksi.onabort = transaksi.onerror = () => gagal(transaksi.error);
  });
  return hasil;
}

// A clock that is a week off either way: nobody can tell how old it is.
const basi = ({ pada }) => !(Math.abs(Date.now() - pada) < TUJUH_HARI);

/** What is kept under a name; undefined when there is none, or when it is older than 7 days. */
export async function baca(nama) {
  try {
    const ada = await kerjakan("readonly", (wadah) => wadah.get(nama));
    return ada && !basi(ada) ? ada.nilai : undefined;
  } catch {
    return undefined;
  }
}

/** Keep a value for 7 days from now. Returns whether this phone took it. */
export async function tulis(nama, nilai) {
  try {
    await kerjakan("readwrite", (wadah) => wadah.put({ nilai, pada: Date.now() }, nama));
    return true;
  } catch {
    return false;
  }
}

/** Erase what is kept under these names. */
export async function hapus(...nama) {
  try {
    await kerjakan("readwrite", (wadah) => nama.map((satu) => wadah.delete(satu)).at(-1));
  } catch {
    // No store: nothing was kept.
  }
}

/** Erase what is older than 7 days. */
export async function sapu() {
  if (!bisaMenyimpan) return;
  for (const nama of ["isian", "serah", "kotak"]) {
    const ada = await kerjakan("readonly", (wadah) => wadah.get(nama)).catch(() => null);
    if (ada && basi(ada)) await hapus(nama);
  }
}

/** A key that scripts can use and never read; the store can keep it. */
export const kunciBaru = () => crypto.subtle.generateKey(AES, false, ["encrypt", "decrypt"]);

/** The key that a code and a salt make; `putaran` is how much work each guess of the code costs. */
export async function kunciDariKode(kode, garam, putaran) {
  const bahan = await crypto.subtle.importKey("raw", new TextEncoder().encode(kode), "PBKDF2", false, ["deriveKey"]);
  const cara = { name: "PBKDF2", hash: "SHA-256", salt: garam, iterations: putaran };
  return crypto.subtle.deriveKey(cara, bahan, AES, false, ["encrypt", "decrypt"]);
}

/** Seal anything that JSON can say. */
export async function segel(kunci, isi) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const terang = new TextEncoder().encode(JSON.stringify(isi));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, kunci, terang) };
}

/** What was sealed; null when the key is another. */
export async function buka(kunci, { iv, data }) {
  try {
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, kunci, data)));
  } catch {
    return null;
  }
}
