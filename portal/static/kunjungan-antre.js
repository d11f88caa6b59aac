// Visits that have not arrived: says so, and sends them when it can. On every page of visits.

import { antarSemua, buangKiriman, semuaKiriman } from "./kunjungan-hp.js";

const ULANGI = 30_000;
const KATA = {
  menunggu: "Menunggu jaringan.",
  putus: "Belum ada jaringan. Terkirim sendiri saat jaringan ada.",
  sibuk: "Layanan sedang sibuk. Dicoba lagi sendiri.",
  masuk: "Masuk lagi untuk mengirim.",
};

const papan = document.getElementById("antrean");
const sampai = [];
let mengirim = false;
let sekaliLagi = false; // asked for while it was trying

const unsur = (nama, teks, ...anak) => {
  const baru = document.createElement(nama);
  if (teks) baru.textContent = teks;
  baru.append(...anak);
  return baru;
};

function baris(kiriman) {
  const kata = kiriman.keadaan === "ditolak" ? kiriman.pesan : KATA[kiriman.keadaan];
  const isi = unsur("li", "", unsur("b", kiriman.siapa), `: ${kiriman.tiba ? "kunjungannya sudah sampai, fotonya belum. " : ""}${kata ?? ""}`);
  if (kiriman.keadaan === "masuk") {
    const masuk = unsur("a", "Masuk");
    masuk.href = `/masuk?next=/musyawarah/${kiriman.kel}/kunjungan`;
    isi.append(" ", masuk);
  }
  if (kiriman.keadaan === "ditolak") {
    const tombol = unsur("button", "Hapus dari HP ini");
    tombol.className = "tombol kedua";
    tombol.type = "button";
    tombol.addEventListener("click", async () => {
      if (tombol.dataset.yakin) {
        await buangKiriman(kiriman);
        return tunjukkan();
      }
      tombol.dataset.yakin = "ya";
      tombol.textContent = "Tekan sekali lagi: kunjungan ini hilang";
    });
    isi.append(unsur("p", "", tombol));
  }
  return isi;
}

/** Show what waits, and what arrived. */
export async function tunjukkan() {
  if (!papan) return;
  const semua = await semuaKiriman();
  papan.hidden = !semua.length && !sampai.length;
  papan.classList.toggle("buruk", semua.length > 0);
  papan.classList.toggle("baik", !semua.length);
  const isi = [];
  if (semua.length) {
    isi.push(unsur("p", "", unsur("strong", `${semua.length} kunjungan BELUM terkirim`)));
    isi.push(unsur("ul", "", ...semua.map(baris)));
  }
  for (const satu of sampai) isi.push(unsur("p", "", unsur("b", `Terkirim: ${satu.siapa}.`), ` ${satu.pesan ?? ""}`));
  papan.replaceChildren(...isi);
}

/** Try now, or as soon as the try that is under way has ended. */
export async function kirimSekarang() {
  sekaliLagi = true;
  if (mengirim) return;
  mengirim = true;
  try {
    while (sekaliLagi) {
      sekaliLagi = false;
      sampai.push(...(await antarSemua()));
      await tunjukkan();
    }
  } finally {
    mengirim = false;
  }
}

addEventListener("online", kirimSekarang);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && kirimSekarang());
setInterval(async () => (await semuaKiriman()).some(({ keadaan }) => keadaan !== "ditolak") && kirimSekarang(), ULANGI);
tunjukkan().then(kirimSekarang);
