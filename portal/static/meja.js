// On every page of the signed-in: signing out erases what this phone took along.

import { bisaMenyimpan } from "./gudang.js";
import { lupakan, sapuKunjungan } from "./kunjungan-hp.js";

const keluar = document.querySelector("form.keluar");

if (bisaMenyimpan) {
  sapuKunjungan();
  keluar?.addEventListener("submit", async (peristiwa) => {
    peristiwa.preventDefault();
    await lupakan();
    keluar.submit();
  });
}
