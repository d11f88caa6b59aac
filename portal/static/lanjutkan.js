// Coming back to a phone that kept a draft: its code opens it. Loaded only when there is one.

import { ambil, form, isi } from "./soal.js";
import { rapat } from "./nomor.js";
import { buka } from "./gudang.js";

const COBA_BEBAS = 5; // wrong codes until one has to wait: longer each time, never for good
const TUNGGU_TERLAMA = 300; // seconds

/** Ask for the code instead of showing the form. Gives what was kept and the key that opened it. */
export function mintaKode(simpanan, denganKode, bersihkan) {
  const layar = ambil("lanjutkan");
  const [judul, , tempat, tombol] = layar.children;
  const [label, pesan, kotak] = tempat.children;
  const { cara, garam, putaran } = simpanan;
  const kata = tombol.textContent;
  let salah = 0;
  let boleh = 0; // when one may try again

  async function coba() {
    const sisa = Math.ceil((boleh - Date.now()) / 1000);
    if (sisa > 0) return katakan(isi(pesan.dataset.tunggu, { n: sisa }));
    const kunci = cara === "hp" ? simpanan.kunci : (await denganKode(cara, rapat(kotak.value), garam, putaran)).kunci;
    const lama = await buka(kunci, simpanan);
    if (lama) return { lama, milik: { cara, garam, putaran, kunci } };
    salah += 1;
    if (salah >= COBA_BEBAS) boleh = Date.now() + 1000 * Math.min(TUNGGU_TERLAMA, 5 * 2 ** (salah - COBA_BEBAS));
    return katakan(pesan.dataset.salah);
  }

  function katakan(teks) {
    pesan.hidden = false;
    pesan.lastElementChild.textContent = teks;
    kotak.setAttribute("aria-invalid", "true");
    kotak.select();
  }

  form.hidden = true;
  form.before(layar);
  tempat.hidden = cara === "hp";
  label.textContent = label.dataset[cara] ?? "";
  for (const satu of layar.querySelectorAll("details button")) satu.addEventListener("click", bersihkan);
  judul.focus({ preventScroll: true });
  return new Promise((jadi) => {
    layar.addEventListener("submit", async (peristiwa) => {
      peristiwa.preventDefault();
      if (tombol.textContent !== kata) return;
      tombol.textContent = tombol.dataset.tunggu;
      const terbuka = await coba();
      tombol.textContent = kata;
      if (!terbuka) return;
      layar.remove();
      form.hidden = false;
      jadi(terbuka);
    });
  });
}
