// 'Pilih dari kecamatan': every kota unfolds its kecamatan, and these their kelurahan.

import { ambil } from "./soal.js";

const buat = (nama, isi) => Object.assign(document.createElement(nama), isi);

/** A button for a kelurahan; `pilih` is told its code. */
export function tombolTempat({ kode, nama, kecamatan }, pilih) {
  const tombol = buat("button", { type: "button", className: "tempat", textContent: nama });
  tombol.append(buat("span", { textContent: kecamatan }));
  tombol.addEventListener("click", () => pilih(kode));
  return tombol;
}

/** The folded list of all kelurahan; `pilih` is told the code of the one that is pressed. */
export function dariKecamatan(semua, pilih) {
  const daftar = ambil("wilayah");
  const cari = (kode) => daftar.querySelector(`[data-kode="${kode}"]`);
  const ambilIni = (kode) => {
    daftar.open = false;
    daftar.firstElementChild.focus({ preventScroll: true });
    pilih(kode);
  };
  const susun = () => {
    for (const satu of semua) {
      const kode = satu.kode.slice(0, 8);
      if (!cari(kode)) {
        const lipatan = buat("details", {});
        lipatan.dataset.kode = kode;
        lipatan.append(buat("summary", { textContent: satu.kecamatan }));
        cari(satu.kode.slice(0, 5)).append(lipatan);
      }
      cari(kode).append(tombolTempat(satu, ambilIni));
    }
  };
  daftar.addEventListener("toggle", susun, { once: true });
  daftar.addEventListener("toggle", ({ target }) => target.open && target.scrollIntoView(), true);
  return daftar;
}
