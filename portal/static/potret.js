// Everything that stands in the form, as it stands there: taken out, and put back.

import { form } from "./soal.js";

const bulat = (satu) => /radio|checkbox/.test(satu.type);

/** What is asked on the screens; the phone's own code belongs to another form. */
const kolom = () => [...form.elements].filter((satu) => satu.matches("[data-layar] :is(input, select, textarea)"));

/** What a control is kept under: what is never sent has no name. */
const nama = (satu) => satu.name || `${satu.closest("[data-layar]").dataset.layar}/${satu.type}`;

/** Every answer by the name of its control: a text, or the codes that are chosen. */
export function potret() {
  const isian = {};
  for (const satu of kolom()) {
    if (!bulat(satu)) isian[nama(satu)] = satu.value;
    else if (satu.checked) (isian[nama(satu)] ??= []).push(satu.value);
  }
  return isian;
}

/** Put answers back. What the form no longer asks is passed over, what it asks anew stays empty. */
export function tempel(isian) {
  for (const satu of kolom()) {
    const jawab = isian[nama(satu)];
    if (jawab && satu.closest("[data-jenis=lokasi]")) titik(satu, jawab[0]);
    else if (bulat(satu)) satu.checked = Boolean(jawab?.includes(satu.value));
    else if (jawab !== undefined) satu.value = jawab;
    if (satu.closest("[data-jenis=nik], [data-jenis=kk]")) satu.dispatchEvent(new Event("input"));
  }
}

/** A position is asked about only where the phone has found one. */
function titik(centang, letak) {
  Object.assign(centang, { value: letak, checked: true });
  centang.closest("[data-soal]").hidden = false;
}
