// The list of houses: take some along, sealed, to where there is no network.

import "./kunjungan-antre.js";
import { bisaMenyimpan } from "./gudang.js";
import { bawa } from "./kunjungan-hp.js";

const form = document.getElementById("bawa");

const STATIS = /\/static\/[^"'#\s]+(?=["'#])/g;

/** Keep the page that works without a network and all that it names; the service worker finds it. */
async function simpanHalaman(alamat) {
  await navigator.serviceWorker.register("/sw.js", { type: "module" });
  await navigator.serviceWorker.ready;
  const [jawab, wadah] = await Promise.all([fetch(alamat, { cache: "no-store" }), caches.open("kunjungan")]);
  if (!jawab.ok) throw new Error("Halaman luring belum tersimpan. Coba sekali lagi.");
  const perlu = new Set((await jawab.clone().text()).match(STATIS));
  await wadah.addAll([...perlu]); // never a page without its scripts
  await wadah.put(alamat, jawab);
  for (const lama of await wadah.keys()) {
    const { pathname } = new URL(lama.url);
    if (pathname.startsWith("/static/") && !perlu.has(pathname)) await wadah.delete(lama);
  }
}

function pasang() {
  const kabar = document.getElementById("kabar-bawa");
  const kode = document.getElementById("kode-hari");
  const centang = [...document.querySelectorAll("input[name=rumah]")];
  const dipilih = () => centang.filter(({ checked }) => checked);
  const katakan = (teks, tempat) => {
    kabar.hidden = !teks;
    kabar.textContent = teks;
    tempat?.focus();
  };
  form.hidden = false;
  for (const satu of centang) satu.parentNode.hidden = false;
  const hitung = () => (document.getElementById("dipilih").textContent = dipilih().length);
  document.addEventListener("change", hitung);
  hitung();

  form.addEventListener("submit", async (peristiwa) => {
    peristiwa.preventDefault();
    const banyak = Number(form.dataset.palingBanyak);
    if (!dipilih().length) return katakan("Pilih dulu rumahnya: beri tanda 'Bawa' di bawah.");
    if (dipilih().length > banyak) return katakan(`Pilih paling banyak ${banyak} rumah.`);
    if (kode.value.trim().length < 6) return katakan("Tulis kode, paling sedikit 6 huruf atau angka.", kode);
    const tombol = form.querySelector("button");
    tombol.disabled = true;
    katakan("Menyimpan ...");
    try {
      const badan = new URLSearchParams(dipilih().map(({ value }) => ["rumah", value]));
      const headers = { Accept: "application/json", "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content };
      const jawab = await fetch(form.action, { method: "POST", headers, body: badan });
      const isi = await jawab.json();
      if (!jawab.ok) throw new Error(isi.galat);
      await simpanHalaman(form.dataset.luring);
      const baru = { petugas: isi.petugas, kel: form.dataset.kelurahan, kelurahan: isi.kelurahan, rumah: isi.rumah };
      if (!(await bawa(kode.value.trim(), baru))) return katakan("Kode ini berbeda dari kode yang Anda pakai tadi di HP ini. Pakai kode yang sama, atau buka yang dibawa lalu hapus.", kode);
      location.assign(form.dataset.luring);
    } catch (salah) {
      katakan(salah instanceof TypeError || !salah.message ? "Tidak ada jaringan. Coba lagi." : salah.message);
    } finally {
      tombol.disabled = false;
    }
  });
}

if (form && bisaMenyimpan && navigator.serviceWorker) pasang();
