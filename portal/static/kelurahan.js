// Kelurahan by any part of its name, or of its kecamatan's: a combobox over the page's <select>.
// Beside it, folded lists by kota and kecamatan, and the phone's position, for which lokasi.js comes
// when asked.

import { ambil, isi } from "./soal.js";

const PALING_BANYAK = 40;
const lipat = (teks) => teks.normalize("NFKD").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** Put a box to type in over the list; the list stays what is sent. */
export function cariKelurahan(soal) {
  const daftar = soal.querySelector("select");
  const semua = [...daftar.options].filter((satu) => satu.value).map((satu) => ({
    kode: satu.value, nama: satu.textContent, kecamatan: satu.parentNode.label,
    kunci: lipat(satu.textContent), induk: lipat(satu.parentNode.label.replace("Kec.", "")),
  }));
  const bungkus = ambil("cari");
  const [kotak, hasil, kabar] = bungkus.children;
  daftar.hidden = true;
  daftar.after(bungkus);
  soal.querySelector("label").htmlFor = kotak.id;
  kotak.setAttribute("aria-describedby", daftar.getAttribute("aria-describedby") ?? "");
  let aktif = -1;

  function tutup() {
    hasil.hidden = true;
    kotak.setAttribute("aria-expanded", "false");
    sorot(-1);
  }

  function sorot(nomor) {
    aktif = nomor;
    [...hasil.children].forEach((baris, n) => baris.setAttribute("aria-selected", n === nomor));
    const baris = hasil.children[nomor];
    if (!baris) return kotak.removeAttribute("aria-activedescendant");
    kotak.setAttribute("aria-activedescendant", baris.id);
    baris.scrollIntoView({ block: "nearest" });
  }

  function pilih(kode) {
    daftar.value = kode;
    daftar.dispatchEvent(new Event("change", { bubbles: true }));
    bungkus.scrollIntoView({ block: "nearest" });
  }

  /** Show what is chosen, in the box and below it. */
  function sebut() {
    const dipilih = semua.find((satu) => satu.kode === daftar.value);
    if (!dipilih) return beriTahu(kabar.dataset.awal);
    kotak.value = `${dipilih.nama}, ${dipilih.kecamatan}`;
    beriTahu(isi(kabar.dataset.dipilih, { nama: kotak.value }), true);
    tutup();
  }

  function beriTahu(teks, dipilih = false) {
    kabar.textContent = teks;
    kabar.classList.toggle("dipilih", dipilih);
  }

  function cari() {
    const kunci = lipat(kotak.value);
    if (!kunci) {
      beriTahu(kabar.dataset.awal);
      return tutup();
    }
    const urutan = (satu) => [
      satu.kunci.startsWith(kunci), satu.kunci.includes(kunci), satu.induk.includes(kunci),
    ].indexOf(true);
    const cocok = semua.filter((satu) => urutan(satu) >= 0)
      .sort((a, b) => urutan(a) - urutan(b)).slice(0, PALING_BANYAK);
    hasil.replaceChildren(...cocok.map(baris));
    beriTahu(isi(cocok.length ? kabar.dataset.ada : kabar.dataset.nihil, { n: cocok.length }));
    hasil.hidden = !cocok.length;
    kotak.setAttribute("aria-expanded", String(cocok.length > 0));
    sorot(-1);
  }

  function baris(satu, nomor) {
    const unsur = document.createElement("li");
    const kecamatan = document.createElement("span");
    kecamatan.textContent = satu.kecamatan;
    unsur.append(`${satu.nama} `, kecamatan);
    unsur.id = `kelurahan-${nomor}`;
    unsur.setAttribute("role", "option");
    unsur.dataset.kode = satu.kode;
    return unsur;
  }

  function diManaSaya() {
    const lokasi = ambil("lokasi");
    const [tombol, kata] = lokasi.children;
    tombol.addEventListener("click", () => {
      import("./lokasi.js").then(({ tunjukkan }) => tunjukkan(lokasi, semua, pilih), () => {
        kata.textContent = kata.dataset.gagal;
      });
    });
    return lokasi;
  }

  sebut();
  bungkus.after(dariKecamatan(semua, pilih), ...(isSecureContext ? [diManaSaya()] : []));
  daftar.addEventListener("change", sebut);
  kotak.addEventListener("input", () => {
    daftar.value = ""; // what is typed anew is not chosen yet
    cari();
  });
  hasil.addEventListener("mousedown", (peristiwa) => peristiwa.preventDefault());
  hasil.addEventListener("click", (peristiwa) => {
    const baris = peristiwa.target.closest("[role=option]");
    if (baris) pilih(baris.dataset.kode);
  });
  kotak.addEventListener("keydown", (peristiwa) => {
    const banyak = hasil.children.length;
    const langkah = { ArrowDown: 1, ArrowUp: -1 }[peristiwa.key];
    if (langkah && hasil.hidden) cari();
    else if (langkah && banyak) sorot((aktif + langkah + (aktif < 0 && langkah < 0 ? 1 : 0) + banyak) % banyak);
    else if (peristiwa.key === "Escape" && !hasil.hidden) tutup();
    else if (peristiwa.key === "Enter" && !hasil.hidden && (aktif >= 0 || banyak === 1)) {
      pilih(hasil.children[Math.max(aktif, 0)].dataset.kode);
    } else return;
    peristiwa.preventDefault();
  });
}

const buat = (nama, isi) => Object.assign(document.createElement(nama), isi);

/** A button for a kelurahan; `pilih` is told its code. */
export function tombolTempat({ kode, nama, kecamatan }, pilih) {
  const tombol = buat("button", { type: "button", className: "tempat", textContent: nama });
  tombol.append(buat("span", { textContent: kecamatan }));
  tombol.addEventListener("click", () => pilih(kode));
  return tombol;
}

/**
 * 'Pilih dari kecamatan': every kota unfolds its kecamatan, and these their kelurahan; `pilih` is told
 * the code of the one that is pressed.
 */
function dariKecamatan(semua, pilih) {
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
