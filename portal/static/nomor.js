// Numbers as people type them: NIK and KK in groups of four, and what a NIK says.

const PEMISAH = /[\s.．·−\p{Pd}\p{Cf}]/gu;

/** The text without what people put between digits. */
export const rapat = (teks) => teks.replace(PEMISAH, "");

/** The code of what no NIK can have, in what has been typed so far; "" while it may become one. */
export function salahNik(angka) {
  if (/[^0-9]/.test(angka)) return "nik_letters";
  if (angka.length > 16) return "nik_length";
  const hari = angka.slice(6, 8);
  if (hari.length === 2 && (hari % 40 < 1 || hari % 40 > 31 || hari > 71)) return "nik_day";
  const bulan = angka.slice(8, 10);
  if (bulan.length === 2 && (bulan < 1 || bulan > 12)) return "nik_month";
  return angka.slice(12) === "0000" ? "nik_serial" : "";
}

/** Birth date and sex that a whole NIK tells, the latest that has been; null when there is none. */
export function dariNik(nik) {
  if (nik.length !== 16 || salahNik(nik)) return null;
  const hari = Number(nik.slice(6, 8));
  const kini = new Date();
  // A phone whose clock was never set: this form is not older than 2026.
  const tahunIni = Math.max(kini.getFullYear(), 2026);
  let tahun = tahunIni - ((tahunIni - Number(nik.slice(10, 12))) % 100 + 100) % 100;
  const lahir = { hari: hari % 40, bulan: Number(nik.slice(8, 10)), kelamin: hari > 40 ? "2" : "1" };
  if (tahun === kini.getFullYear() && new Date(tahun, lahir.bulan - 1, lahir.hari) > kini) tahun -= 100;
  return adaTanggal(lahir.hari, lahir.bulan, tahun) ? { ...lahir, tahun } : null;
}

/** Whether the calendar has this day. */
export function adaTanggal(hari, bulan, tahun) {
  const hitung = new Date(2000, 0, 1);
  hitung.setFullYear(tahun, bulan - 1, hari);
  return hitung.getMonth() === bulan - 1 && hitung.getDate() === hari;
}

/** Show digits in groups of four while they are typed; the caret stays behind its digit. */
export function berkelompok(kotak) {
  let sebelum = rapat(kotak.value);
  const tulis = (angka, kursor) => {
    kotak.value = angka.replace(/(.{4})(?=.)/g, "$1 ");
    const letak = kursor + Math.max(0, Math.ceil(kursor / 4) - 1);
    if (document.activeElement === kotak) kotak.setSelectionRange(letak, letak);
    sebelum = angka;
  };
  kotak.addEventListener("input", (peristiwa) => {
    let angka = rapat(kotak.value);
    if (/[^0-9]/.test(angka)) return void (sebelum = angka); // as it is: the message tells
    let kursor = rapat(kotak.value.slice(0, kotak.selectionStart)).length;
    const arah = peristiwa.inputType;
    if (angka === sebelum && arah === "deleteContentBackward" && kursor) {
      kursor -= 1; // only the gap was deleted: take the digit before it
      angka = angka.slice(0, kursor) + angka.slice(kursor + 1);
    } else if (angka === sebelum && arah === "deleteContentForward") {
      angka = angka.slice(0, kursor) + angka.slice(kursor + 1);
    }
    tulis(angka, kursor);
  });
  if (sebelum && !/[^0-9]/.test(sebelum)) tulis(sebelum, sebelum.length);
}
