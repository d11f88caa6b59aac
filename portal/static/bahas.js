// One case before the meeting: keys, and a verdict that is sent until the server has it. While it has
// not, the page says so; it waits sealed in the store of this laptop, and goes when the network is back.

import { baca, buka, hapus, kunciBaru, segel, tulis } from "./gudang.js";

const KOTAK = "putusan";
const LAGI = 3000;
const SABAR = 15_000;
const formulir = document.getElementById("putusan");
const papan = document.getElementById("kotak-putusan");
const akun = papan.dataset.akun;
const token = document.querySelector("meta[name=csrf-token]").content;
let tersisa = []; // in memory too, for a browser that keeps nothing

// ---- The outbox: {ke, badan, nomor, akun} each, sealed together with one key that no script can read.
async function muat() {
  const ada = await baca(KOTAK);
  return ada ? ((await buka(ada.kunci, ada.isi)) ?? []) : tersisa;
}

async function simpan(semua) {
  tersisa = semua;
  if (!semua.length) return hapus(KOTAK);
  const kunci = (await baca(KOTAK))?.kunci ?? (await kunciBaru().catch(() => null));
  if (kunci) await tulis(KOTAK, { kunci, isi: await segel(kunci, semua) });
}

const giliran = (kerja) => (navigator.locks ? navigator.locks.request("fmotm-putusan", kerja) : kerja());

function beri(anak, ...isi) {
  const baru = document.createElement(anak);
  baru.append(...isi);
  return baru;
}

function umumkan(pesan, nomor = []) {
  papan.hidden = !pesan;
  if (!pesan) return;
  papan.replaceChildren(beri("b", nomor.length ? `BELUM tersimpan: nomor ${nomor.join(", ")}. ` : ""), pesan);
}

// ---- Sending
async function kirim(surat) {
  const batas = AbortSignal.timeout(SABAR);
  const headers = { Accept: "application/json", "X-CSRFToken": token };
  const jawab = await fetch(surat.ke, { method: "POST", headers, body: new URLSearchParams(surat.badan), signal: batas });
  if (jawab.status >= 500 || jawab.status === 429) throw new Error("sibuk");
  return { status: jawab.status, ...(await jawab.json().catch(() => ({}))) };
}

/** Send what waits, first come first; gives the answer to the form of this page, if it was sent. */
const antar = () => giliran(async () => {
  let milikKu;
  for (const surat of await muat()) {
    if (surat.akun !== akun) continue;
    let jawab;
    try {
      jawab = await kirim(surat);
    } catch {
      break; // no network: all wait
    }
    if (jawab.masuk) {
      umumkan("Anda sudah keluar. Masuk lagi, lalu buka halaman ini.", [surat.nomor]);
      return undefined;
    }
    if (surat.ke === formulir.getAttribute("action")) milikKu = { ...jawab, batal: surat.badan.includes("aksi=batal") };
    else if (!jawab.berikut) lain.push(`nomor ${surat.nomor}: ${jawab.konflik ? "petugas lain sudah mencatat" : (jawab.salah ?? "ditolak")}`);
    await simpan((await muat()).filter(({ badan }) => badan !== surat.badan));
  }
  return milikKu;
});
const lain = []; // what was refused of other numbers, to be told

async function usahakan() {
  const jawab = await antar();
  const belum = (await muat()).filter((satu) => satu.akun === akun);
  if (jawab?.berikut) return location.assign(jawab.berikut);
  if (jawab?.batal) return location.reload();
  if (jawab) {
    formulir.removeAttribute("aria-busy");
    return formulir.submit(); // the server's page says what is wrong, with all that was typed
  }
  const asing = (await muat()).length - belum.length;
  if (belum.length) umumkan("Jaringan putus. Jangan tutup halaman ini; dikirim sendiri saat jaringan kembali.", belum.map(({ nomor }) => nomor));
  else if (lain.length) umumkan(`Tidak tersimpan, buka lagi: ${lain.join("; ")}.`);
  else if (asing) umumkan("Ada putusan petugas lain yang belum tersimpan di perangkat ini. Minta dia masuk.");
  else umumkan("");
  if (belum.length) setTimeout(usahakan, LAGI);
  return undefined;
}

formulir.addEventListener("submit", async (peristiwa) => {
  peristiwa.preventDefault();
  if (formulir.hasAttribute("aria-busy")) return;
  formulir.setAttribute("aria-busy", "true");
  const data = new FormData(formulir, peristiwa.submitter);
  data.delete("csrf_token");
  const surat = { ke: formulir.getAttribute("action"), badan: `${new URLSearchParams(data)}`, nomor: formulir.dataset.nomor, akun };
  await giliran(async () => simpan([...(await muat()).filter(({ ke }) => ke !== surat.ke), surat]));
  await usahakan();
});
addEventListener("online", usahakan);
addEventListener("beforeunload", (peristiwa) => {
  if (tersisa.length && !("indexedDB" in globalThis)) peristiwa.preventDefault();
});

// ---- What belongs to the chosen verdict, and the sentence of the reason
const alasan = document.getElementById("alasan");
const kalimat = document.getElementById("kalimat");
const contoh = new Set([...alasan.options].map(({ dataset }) => dataset.kalimat).filter(Boolean));

function tata() {
  const { value } = formulir.elements.putusan;
  for (const bagian of formulir.querySelectorAll(".bila-putusan")) bagian.hidden = bagian.dataset.bila !== value;
  formulir.querySelector("[data-bila-bukti]").hidden = !("bukti" in (alasan.selectedOptions[0]?.dataset ?? {}));
}

alasan.addEventListener("change", () => {
  const baru = alasan.selectedOptions[0].dataset.kalimat ?? "";
  if (!kalimat.value.trim() || contoh.has(kalimat.value)) kalimat.value = baru;
  tata();
});
formulir.addEventListener("change", tata);
tata();

// ---- Keys, unless somebody is typing
const menulis = ({ target }) => target.closest("textarea, select, input:not([type=radio], [type=checkbox])");

addEventListener("keydown", (peristiwa) => {
  if (peristiwa.key === "Enter" && (peristiwa.ctrlKey || peristiwa.metaKey)) {
    peristiwa.preventDefault();
    formulir.requestSubmit();
    return;
  }
  if (peristiwa.ctrlKey || peristiwa.altKey || peristiwa.metaKey || menulis(peristiwa)) return;
  const pilihan = formulir.querySelectorAll("[name=putusan]")[Number(peristiwa.key) - 1];
  const tautan = { ArrowLeft: "[rel=prev]", ArrowRight: "[rel=next]" }[peristiwa.key];
  if (pilihan) {
    pilihan.checked = true;
    tata();
    (pilihan.value === "not_proposed" ? alasan : formulir.querySelector("button:not([name])")).focus();
  } else if (peristiwa.key.toLowerCase() === "u") {
    formulir.querySelector("[value=batal]")?.click();
  } else if (tautan && !peristiwa.target.matches("[type=radio]")) {
    document.querySelector(tautan)?.click();
  } else {
    return;
  }
  peristiwa.preventDefault();
});

usahakan();
