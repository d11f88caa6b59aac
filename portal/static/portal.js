// On every page. Conveniences only: each page works without this file.

import { baca, bisaMenyimpan, hapus, sapu } from "./gudang.js";

// 'Dengarkan' shows where scripts run. What reads aloud is loaded when it is pressed, not before.
const pengeras = document.querySelector("[data-dengar]");
let lagi = ""; // a module that did not load is asked for under another name: phones remember

async function dengarkan() {
  pengeras.classList.add("berbunyi"); // at once: the network may be slow
  try {
    (await import(`./suara.js${lagi}`)).dengar(pengeras);
  } catch {
    lagi = `?${Date.now()}`;
    pengeras.classList.remove("berbunyi");
    pengeras.lastElementChild.hidden = false;
  }
}

if (pengeras) {
  pengeras.hidden = false;
  pengeras.firstElementChild.addEventListener("click", dengarkan);
}

// What is older than seven days goes, with the receipt the draft that was sent; and what waits to be
// sent is.
await sapu();
const terkirim = bisaMenyimpan && document.querySelector(".bukti") && (await baca("serah"));
if (terkirim) await hapus("isian", "serah");
if (await baca("kotak")) await import("./kirim.js");
