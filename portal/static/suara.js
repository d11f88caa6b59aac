// Reads aloud what shows, one sentence after another, and marks it. By a voice that is on the phone
// itself, else by sound files: no text ever goes to a voice of the network.

const SUMBER = "[data-ucap], .layar > h2, [data-soal], .kartu, .pesan, .ringkasan > div";
const BAHASA = document.documentElement.lang;
const TUNGGU_SUARA = 1000; // ms: phones tell their voices late, or never
const TUNGGU_BICARA = 4000; // ms: a voice that has not begun by then will not
const PELAN = 0.9;

let isi = null; // kata: the sentences of each key; alamat: where the files are
let suara; // the phone's own voice; null when it has none, or none that works
let giliran = null; // aborted to stop
let ucapan = null; // kept, or Chrome forgets to tell that it ended
const dimuat = new Map(); // sounds, by the name of their file

/** Begin to read, or stop. */
export async function dengar(kotak) {
  if (giliran) return giliran.abort();
  const { signal } = (giliran = new AbortController());
  const gagal = kotak.lastElementChild;
  gagal.hidden = true;
  berhentiBila(signal, () => giliran?.abort());
  try {
    isi ??= await (await fetch(kotak.dataset.dengar, { signal })).json();
    if (suara === undefined) suara = await suaraHp();
    await bacakan(bacaan(), signal);
  } catch {
    gagal.hidden = signal.aborted;
  }
  giliran.abort();
  giliran = null;
  tandai(null);
  kotak.classList.remove("berbunyi");
}

const terlihat = (unsur) => unsur.offsetParent !== null;

/** Stop when the screen is left, the page, or the phone. */
function berhentiBila(signal, henti) {
  const layar = new MutationObserver(() => {
    if (signal.aborted) return layar.disconnect();
    if ([...document.querySelectorAll(".dibaca")].some((unsur) => !terlihat(unsur))) henti();
  });
  layar.observe(document.querySelector("main"), { subtree: true, attributeFilter: ["hidden"] });
  addEventListener("pagehide", henti, { signal });
  document.addEventListener("visibilitychange", henti, { signal });
}

// What is read: pieces of {unsur, kata, berkas}: the element, what a voice says, the files for it.

/** All that shows and has a voice, in the order of the page. */
export function bacaan() {
  return [...document.querySelectorAll(SUMBER)].filter(terlihat).flatMap((unsur) => pada(unsur, potongan(unsur)));
}

const pada = (unsur, semua) => semua.map((satu) => ({ unsur, ...satu }));

function potongan(unsur) {
  const { ucap, baca, soal } = unsur.dataset;
  if (ucap === "#") return [eja(unsur.textContent)];
  if (ucap) return baca === undefined ? kalimat(ucap, unsur) : [tertulis(unsur, ucap)];
  if (soal) return pertanyaan(unsur);
  if (unsur.matches(".kartu")) return pilihan(unsur.querySelector("input"));
  if (unsur.matches(".pesan")) return [tertulis(unsur, "salah")];
  if (unsur.matches("h2")) return judul(unsur, unsur.parentElement.dataset.layar);
  return jawaban(unsur);
}

/** The sentences of a key. What nobody wrote spoken words for is read as it stands. */
function kalimat(kunci, unsur) {
  return isi.kata[kunci]?.map((kata, n) => ({ kata, berkas: [`${kunci}.${n + 1}`] })) ?? [tertulis(unsur)];
}

/** What stands there, by a voice; files can only say of which kind it is. */
const tertulis = (unsur, kunci = "lihat-layar") => ({ kata: unsur.textContent.trim(), berkas: [`${kunci}.1`] });

/** A number or a code: a small number as a whole, else character by character. */
function eja(teks) {
  const tanda = teks.replace(/[^0-9a-z]/gi, "");
  const utuh = isi.kata[`eja-${tanda}`];
  const kata = utuh ? tanda : tanda.match(/.{1,4}/g).map((empat) => [...empat].join(" ")).join(", ");
  return { kata, berkas: (utuh ? [tanda] : [...tanda]).map((satu) => `eja-${satu.toLowerCase()}.1`) };
}

function judul(unsur, layar = "") {
  return nomor(layar) ? [keOrang(nomor(layar), unsur)] : kalimat(`judul-${layar}`, unsur);
}

const nomor = (nama) => nama.match(/^anggota-(\d+)/)?.[1];

/** A member of the household: named by a voice, numbered by files. */
const keOrang = (nomor, unsur) => ({ ...tertulis(unsur), berkas: ["orang-ke.1", `eja-${nomor}.1`] });

const kunciSoal = (soal) => soal.dataset.soal.replace(/-\d+-/, "-");

/** Which of the sentences is the question itself; the others belong to the help. */
const inti = (semua) => semua.find(({ kata }) => kata.endsWith("?")) ?? semua[0];

function pertanyaan(soal) {
  const tanya = soal.querySelector("legend, label:not(.kartu)");
  const bantuan = [...soal.querySelectorAll(".bantuan")].find(terlihat) ?? tanya;
  const semua = kalimat(kunciSoal(soal), tanya);
  return semua.flatMap((satu) => pada(satu === inti(semua) ? tanya : bantuan, [satu]));
}

function pilihan(kotak) {
  const soal = kotak.closest("[data-soal]");
  const kartu = kotak.closest(".kartu");
  if (soal.dataset.jenis !== "orang") return kalimat(`${kunciSoal(soal)}-${kotak.value}`, kartu);
  return Number(kotak.value) ? [keOrang(kotak.value, kartu)] : kalimat(`orang-${kotak.value}`, kartu);
}

/** A line of the check screen: the question, then the answer. */
function jawaban(baris) {
  const [pertama, kedua] = baris.children;
  const soal = document.querySelector(`[data-soal="${baris.dataset.dari}"]`);
  const orang = nomor(baris.dataset.dari);
  const siapa = orang ? [{ ...keOrang(orang, pertama), kata: `${isi.kata["orang-ke"]} ${orang}.` }] : [];
  return [...pada(pertama, [...siapa, inti(kalimat(kunciSoal(soal), pertama))]), ...pada(kedua, isinya(soal, kedua))];
}

function isinya(soal, unsur) {
  const dipilih = [...soal.querySelectorAll(".kartu :checked")];
  if (dipilih.length) return dipilih.flatMap(pilihan);
  const [hari, bulan, tahun] = [...soal.querySelectorAll("input[name]")].map((kotak) => kotak.value.trim());
  if (unsur.matches(".redup")) return kalimat("tidak-diisi", unsur);
  if (tahun) return [{ ...tertulis(unsur), berkas: [...eja(hari).berkas, `bulan-${Number(bulan)}.1`, ...eja(tahun).berkas] }];
  return [/nik|kk|nomor|jumlah|telepon|bukti/.test(soal.dataset.jenis) ? eja(hari) : tertulis(unsur)];
}

// Reading.

async function bacakan(semua, signal) {
  const antrean = semua.flatMap(({ berkas }) => berkas);
  let ke = 0;
  for (const { unsur, kata, berkas } of semua) {
    ke += berkas.length;
    if (signal.aborted) break;
    if (!terlihat(unsur)) continue;
    tandai(unsur);
    if (suara && !(await ucapkan(kata, signal))) suara = null; // listed, but it does not work
    if (suara) continue;
    for (const [n, nama] of berkas.entries()) {
      if (!signal.aborted) await putar(nama, berkas[n + 1] ?? antrean[ke], signal);
    }
  }
}

/** Say a sentence; returns whether the voice could. */
function ucapkan(kata, signal) {
  return new Promise((selesai) => {
    const tamat = (bisa) => {
      clearTimeout(diam);
      selesai(bisa);
    };
    const henti = (bisa) => {
      speechSynthesis.cancel();
      tamat(bisa);
    };
    const diam = setTimeout(henti, TUNGGU_BICARA, false);
    ucapan = Object.assign(new SpeechSynthesisUtterance(kata), {
      voice: suara, lang: BAHASA, rate: PELAN,
      onstart: () => clearTimeout(diam),
      onend: () => tamat(true),
      onerror: () => tamat(signal.aborted),
    });
    signal.onabort = () => henti(true);
    speechSynthesis.speak(ucapan);
  });
}

/** Play a file, and let the next one come meanwhile. */
function putar(nama, sesudah, signal) {
  return new Promise((selesai, gagal) => {
    const bunyi = muat(nama);
    const rusak = () => {
      dimuat.delete(nama); // pressed again, it is asked for again
      gagal();
    };
    Object.assign(bunyi, { currentTime: 0, onended: selesai, onerror: rusak });
    signal.onabort = () => {
      bunyi.pause();
      selesai();
    };
    bunyi.play().catch(rusak);
    if (sesudah) muat(sesudah);
  });
}

function muat(nama) {
  if (!dimuat.has(nama)) dimuat.set(nama, new Audio(`${isi.alamat}${nama}.opus`));
  return dimuat.get(nama);
}

function tandai(unsur) {
  document.querySelector(".dibaca")?.classList.remove("dibaca");
  unsur?.classList.add("dibaca");
  unsur?.scrollIntoView({ block: "nearest" });
}

/** A voice of the page's language that needs no network; null when there is none. */
async function suaraHp() {
  const bicara = window.speechSynthesis;
  if (!bicara) return null;
  if (!bicara.getVoices().length) {
    await new Promise((lanjut) => {
      bicara.onvoiceschanged = lanjut;
      setTimeout(lanjut, TUNGGU_SUARA);
    });
  }
  const kode = BAHASA === "id" ? "id|in" : BAHASA; // older phones call Indonesian "in_ID"
  const cocok = new RegExp(`^(${kode})([-_]|$)`, "i");
  return bicara.getVoices().find(({ lang, localService }) => localService && cocok.test(lang)) ?? null;
}
