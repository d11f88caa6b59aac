// The list of houses: take some along, sealed, to where there is no network.

import "./antrean.js";
import { bisaMenyimpan } from "./gudang.js";
import { bawa } from "./kunjungan-hp.js";

const form = document.getElementById("bawa");

/** Let the service worker keep the page that works without a network; tells whether it did. */
async function simpanHalaman(alamat) {
  await navigator.serviceWorker.register("/sw.js", { type: "module" });
  const { active } = await navigator.serviceWorker.ready;
  const { port1, port2 } = new MessageChannel();
  return new Promise((jadi) => {
    port1.onmessage = ({ data }) => jadi(data);
    active.postMessage(alamat, [port2]);
  });
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
      if (!(await simpanHalaman(form.dataset.luring))) throw new Error("Halaman luring belum tersimpan. Coba sekali lagi.");
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
