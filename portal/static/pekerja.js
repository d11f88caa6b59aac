// The service worker: opens the form without a network, and sends what waits in the outbox.
// It keeps pages that are the same for everybody and what they need, nothing else, ever.

import { sapu } from "./gudang.js";
import { antarSemua } from "./kotak.js";

const WADAH = `fmotm ${import.meta.url}`; // another version of the scripts, another cache
const AWALAN = /^(\/[a-z]{2})?(?=\/)/; // the language
const DISIMPAN = /^(\/[a-z]{2})?\/(daftar)?$/;
const KUNJUNGAN = /^\/musyawarah\/[\d.]+\/kunjungan/; // kept by kunjungan.js
const STATIS = /\/static\/[^"'#\s]+(?<!\.json)(?=["'#])/g; // .json: only when it is asked for
const SABAR = 5000;

/** Keep a page, after all that it names: never a page without its scripts. */
async function simpan(alamat, jawab) {
  if (!jawab.ok || jawab.redirected || /no-store/.test(jawab.headers.get("Cache-Control"))) return;
  const wadah = await caches.open(WADAH);
  const [cap, lama] = [jawab.headers.get("ETag"), await wadah.match(alamat)];
  if (cap && lama?.headers.get("ETag") === cap) return;
  const perlu = new Set((await jawab.clone().text()).match(STATIS));
  await Promise.all([...perlu].map(async (satu) => (await wadah.match(satu)) ?? wadah.add(satu)));
  await wadah.put(alamat, jawab);
}

/** Keep the pages of one language. */
async function simpanSemua(awalan) {
  await Promise.all(["/daftar", "/luring"].map(async (nama) => simpan(awalan + nama, await fetch(awalan + nama))));
}

async function pasang() {
  const terbuka = await clients.matchAll({ includeUncontrolled: true, type: "window" });
  const awalan = terbuka.map(({ url }) => AWALAN.exec(new URL(url).pathname)[0]);
  await Promise.all([...new Set(awalan)].map(simpanSemua));
  await skipWaiting();
}

async function bersihkan() {
  const lama = (await caches.keys()).filter((nama) => nama.startsWith("fmotm ") && nama !== WADAH);
  await Promise.all(lama.map((nama) => caches.delete(nama)));
}

/** A page: from the network, and if that fails or dawdles, as it was. */
async function halaman(peristiwa) {
  const { request } = peristiwa;
  const { pathname } = new URL(request.url);
  const jaringan = fetch(request).then((jawab) => {
    if (DISIMPAN.test(pathname)) peristiwa.waitUntil(simpan(pathname, jawab.clone()).catch(() => {}));
    return jawab;
  }, () => null);
  const kunjungan = KUNJUNGAN.exec(pathname);
  const lama = (kunjungan || DISIMPAN.test(pathname)) && (await caches.match(pathname));
  const sabar = lama && new Promise((jadi) => setTimeout(jadi, SABAR));
  const jawab = await (lama ? Promise.race([jaringan, sabar]) : jaringan);
  if (jawab && !(lama && jawab.status >= 500)) return jawab;
  return lama || (kunjungan && (await caches.match(`${kunjungan}/luring`))) || (await caches.match(`${AWALAN.exec(pathname)[0]}/luring`)) || (await caches.match("/luring")) || Response.error();
}

addEventListener("install", (peristiwa) => peristiwa.waitUntil(pasang()));
addEventListener("activate", (peristiwa) => peristiwa.waitUntil(bersihkan()));

addEventListener("fetch", (peristiwa) => {
  const { request } = peristiwa;
  if (request.method !== "GET" || request.headers.has("Range")) return;
  if (request.mode === "navigate") peristiwa.respondWith(halaman(peristiwa));
  else if (new URL(request.url).pathname.startsWith("/static/")) {
    peristiwa.respondWith(caches.match(request.url).then((ada) => ada ?? fetch(request)));
  }
});

addEventListener("sync", (peristiwa) => peristiwa.waitUntil((async () => {
  const belum = await antarSemua();
  for (const satu of await clients.matchAll({ includeUncontrolled: true })) satu.postMessage("kotak");
  if (belum) throw new Error("not yet"); // the browser tries again later
})()));

sapu();
