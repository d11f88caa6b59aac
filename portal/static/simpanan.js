// One's own phone or a borrowed one, and the draft that one's own keeps.

import { hapus } from "./gudang.js";

let kunci = null; // what seals the draft; null while nothing is kept

/** Whether the person said that this phone is their own. */
export const milikSendiri = () => kunci !== null;

/** Erase the draft and keep no more: it was received, or the person wants it gone. */
export async function hapusSimpanan() {
  kunci = null;
  await hapus("isian", "serah");
}
