// 'Periksa jawaban Anda': every answer, each with 'Ubah'.

import { jawaban, soalDi, tanya } from "./soal.js";

/** Fill the list with the answers of these screens; `ubah` is told which screen and question. */
export function ringkas(daftar, semuaLayar, ubah) {
  daftar.replaceChildren(...semuaLayar.flatMap((layar) => {
    const soal = soalDi(layar).filter((satu) => !satu.hidden || "tetap" in satu.dataset);
    return soal.filter(perlu).map((satu) => baris(daftar, layar, satu, () => ubah(layar, satu)));
  }));
}

/** A tick that may stay empty is no answer until it is set. */
function perlu(soal) {
  return !/centang|lokasi/.test(soal.dataset.jenis) || jawaban(soal);
}

function baris(daftar, layar, soal, ubah) {
  const unsur = (nama, teks, kelas = "") => Object.assign(document.createElement(nama), { textContent: teks, className: kelas });
  const orang = layar.dataset.layar.startsWith("anggota-") ? `${layar.querySelector("h2").textContent}: ` : "";
  const judul = `${orang}${tanya(soal)}`;
  const tombol = unsur("button", daftar.dataset.ubah, "ubah");
  tombol.type = "button";
  tombol.append(unsur("span", ` ${judul}`, "suara"));
  tombol.addEventListener("click", ubah);
  const tempat = unsur("dd", "");
  tempat.append(tombol);
  const kotak = unsur("div", "");
  kotak.dataset.dari = soal.dataset.soal;
  const jawab = jawaban(soal);
  kotak.append(unsur("dt", judul), unsur("dd", jawab || daftar.dataset.kosong, jawab ? "" : "redup"), tempat);
  return kotak;
}
