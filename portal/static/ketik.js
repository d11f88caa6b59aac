// Keying in from paper: Enter goes on like Tab, a full field goes on by itself, the sentence of the
// reason stands in the field as a hint. Nothing here decides anything; without it the page works too.

const formulir = document.getElementById("ketik");
const kalimat = Object.fromEntries(
  [...document.querySelectorAll("[data-alasan]")].map(({ dataset }) => [dataset.alasan, dataset.kalimat]),
);
const kolom = [...(formulir?.querySelectorAll("td input") ?? [])];

const sesudah = (masukan) => kolom[kolom.indexOf(masukan) + 1] ?? formulir.querySelector("button");

/** The next field to type in: reason and sentence only where the household is not proposed. */
function berikut(masukan) {
  const baris = masukan.closest("tr");
  const [nomor, putusan] = baris.querySelectorAll("input");
  if (masukan === putusan && putusan.value !== "2") return baris.nextElementSibling?.querySelector("input") ?? sesudah(kolom.at(-1));
  return masukan === nomor ? putusan : sesudah(masukan);
}

formulir?.addEventListener("keydown", (peristiwa) => {
  if (peristiwa.key !== "Enter" || !kolom.includes(peristiwa.target)) return;
  peristiwa.preventDefault();
  berikut(peristiwa.target).focus();
});

formulir?.addEventListener("input", ({ target }) => {
  if (target.name === "alasan") target.closest("tr").querySelector("[name=kalimat]").placeholder = kalimat[target.value.padStart(2, "0")] ?? "";
  const penuh = target.name !== "kalimat" && target.value.length === target.maxLength && target.name !== "nomor";
  if (penuh) berikut(target).focus();
});
kolom.find(({ value }) => !value)?.focus();
