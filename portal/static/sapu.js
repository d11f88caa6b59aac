// On every page: what is older than seven days goes, with the receipt the draft that was sent; and
// what waits to be sent is.

import { baca, bisaMenyimpan, hapus, sapu } from "./gudang.js";

await sapu();
const terkirim = bisaMenyimpan && document.querySelector(".bukti") && (await baca("serah"));
if (terkirim) await hapus("isian", "serah");
if (await baca("kotak")) await import("./kirim.js"); // what waits to be sent
