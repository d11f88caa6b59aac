// Questions on the page: which apply, what was answered, and the pieces that scripts add.

export const form = document.querySelector("form[data-pandu]");
const potongan = document.getElementById("pandu").content;

/** A copy of one piece of <template id="pandu">. */
export const ambil = (nama) => potongan.querySelector(`[data-bagian=${nama}]`).cloneNode(true);

/** A text of the page with its #places filled in. */
export const isi = (kata, apa) => kata.replace(/#(\w+)/g, (_, nama) => apa[nama]);

export const cariSoal = (nama) => form.querySelector(`[data-soal="${nama}"]`);
export const cariLayar = (kunci) => form.querySelector(`[data-layar="${kunci}"]`);
export const soalDi = (layar) => [...layar.querySelectorAll("[data-soal]")];
export const isian = (soal) => [...soal.querySelectorAll("input[name], select, textarea")];

/** The answer to a question by its name: the code or text, "" when there is none. */
export function nilai(nama) {
  return String(new FormData(form).get(nama) ?? "").trim();
}

/** Whether conditions like `sta_bangunan=1,2;daya=1` hold; `ragu` is what an open answer counts. */
export function cocok(syarat, ragu = false) {
  return syarat.split(";").every((satu) => {
    const [nama, kode] = satu.split("=");
    const jawab = nilai(nama);
    return jawab ? kode.split(",").includes(jawab) : ragu;
  });
}

export const berlaku = (soal, ragu) => !soal.dataset.bila || cocok(soal.dataset.bila, ragu);

/** Hide a question and keep its answer out of what is sent, or bring it back. */
export function tampilkan(soal, ya) {
  soal.hidden = !ya;
  for (const satu of isian(soal)) satu.disabled = !ya;
}

/** Show what applies now. A later question may hang on an earlier one: in the order of the page. */
export function perbarui() {
  for (const soal of form.querySelectorAll("[data-bila]")) tampilkan(soal, berlaku(soal));
}

/** The wording of a question. */
export function tanya(soal) {
  return soal.querySelector("legend, label:not(.kartu)").textContent;
}

/** The answer as people read it, "" when there is none. */
export function jawaban(soal) {
  const semua = isian(soal);
  if (semua[0].type === "radio" || semua[0].type === "checkbox") {
    const dipilih = semua.filter((satu) => satu.checked);
    return dipilih.map((satu) => satu.closest(".kartu").textContent.trim()).join(", ");
  }
  const satu = semua[0];
  if (satu.tagName === "SELECT") {
    const pilihan = satu.selectedOptions[0];
    return satu.value && `${pilihan.textContent}, ${pilihan.parentNode.label}`;
  }
  const tulisan = semua.map((kotak) => kotak.value.trim());
  if (semua.length < 3 || tulisan.includes("")) return tulisan.join(" ").trim();
  return tanggal(...tulisan.map(Number)) ?? tulisan.join(" ");
}

/** A date in words, in the order of the boxes; null when it is none. */
export function tanggal(hari, bulan, tahun) {
  const hitung = new Date(tahun, bulan - 1, hari);
  if (Number.isNaN(hitung.getTime())) return null;
  const nama = hitung.toLocaleDateString(document.documentElement.lang, { month: "long" });
  return `${hitung.getDate()} ${nama} ${hitung.getFullYear()}`;
}
