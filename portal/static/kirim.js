// Sending a form until it is sent: at 'Kirim', from the outbox when a page opens, and from the
// server's own page 'Belum terkirim'.

import { antar, buang, jeda, semuaSurat, tandai, titip } from "./kotak.js";

const potongan = document.getElementById("kotak")?.content;
const formulir = document.querySelector("form[data-pandu]");
const menanti = new Set(); // who waits for the next try; called, it tries now

const bangunkan = (semua) => menanti.forEach((satu) => satu(semua));
addEventListener("online", () => bangunkan(false));
navigator.serviceWorker?.addEventListener("message", () => bangunkan(true));

/** Wait until a form may be sent, or somebody calls. Where the server said when, only a person may. */
function nanti(surat, papan) {
  const hitungan = papan.querySelector("[role=timer]");
  return new Promise((jadi) => {
    const bangun = (semua) => {
      if (!semua && surat.sebab !== "putus") return;
      clearInterval(jam);
      menanti.delete(bangun);
      hitungan.textContent = "";
      jadi();
    };
    const detak = () => {
      const sisa = Math.ceil((surat.boleh - Date.now()) / 1000);
      if (sisa > 0) hitungan.textContent = hitungan.dataset.kata.replace("#", sisa);
      else bangun(true);
    };
    const jam = setInterval(detak, 1000);
    menanti.add(bangun);
    detak();
  });
}

/** Send until it is sent, or somebody has to look at it, or it is taken back ("hilang"). */
async function usahakan(surat, papan, gagal) {
  const kabar = papan.querySelector("[role=status]");
  while (surat.keadaan === "menunggu") {
    if (surat.boleh > Date.now()) {
      kabar.textContent = kabar.dataset[surat.sebab] ?? "";
      gagal?.();
      await nanti(surat, papan);
    }
    if (papan.dataset.urung) {
      await buang(surat);
      return { keadaan: "hilang" };
    }
    kabar.textContent = kabar.dataset.mencoba;
    surat = await antar(surat);
  }
  return surat;
}

/** A panel of the template, with what applies here; its buttons end the wait. */
function papan(bagian, ...ada) {
  const baru = potongan.querySelector(`[data-bagian=${bagian}]`).cloneNode(true);
  for (const satu of baru.querySelectorAll("[data-bila]")) if (!ada.includes(satu.dataset.bila)) satu.remove();
  baru.addEventListener("click", ({ target: { dataset: { aksi } } }) => {
    if (aksi === "ubah" || aksi === "hapus") baru.dataset.urung = aksi;
    if (aksi) bangunkan(true);
  });
  return baru;
}

/** Let the service worker send it when this page is closed, where the browser can do that. */
async function titipkanPekerja() {
  const pekerja = await navigator.serviceWorker?.getRegistration();
  await pekerja?.sync?.register("kirim").catch(() => {}); // not allowed: the page does it
}

/** Send the filled-in form; gives false when the person takes it back to change it. */
export async function kirimkan(simpanan) {
  if (formulir.hasAttribute("aria-busy")) return true;
  formulir.setAttribute("aria-busy", "true");
  const badan = new URLSearchParams(new FormData(formulir));
  badan.set("aksi", "kirim");
  const surat = await titip(formulir.getAttribute("action"), `${badan}`, simpanan.milikSendiri());
  if (surat.id) await simpanan.singkirkan();
  const layar = papan("menunggu", surat.id ? "sendiri" : "pinjaman", "formulir");
  const hasil = await usahakan(surat, layar, () => {
    if (layar.isConnected) return;
    formulir.before(layar);
    formulir.hidden = true;
    layar.querySelector("h2").focus();
    if (surat.id) titipkanPekerja();
  });
  if (hasil.keadaan !== "perbaiki" && layar.dataset.urung !== "ubah") {
    await simpanan.hapusSimpanan();
    formulir.reset();
    addEventListener("pageshow", () => location.reload()); // 'back' shows nobody's answers
    location.replace(hasil.bukti ?? location.pathname);
    return true;
  }
  formulir.removeAttribute("aria-busy");
  await simpanan.catat();
  if (hasil.keadaan === "perbaiki") {
    await simpanan.serahkan();
    await buang(surat);
    formulir.submit(); // the server's page shows what to do
    return true;
  }
  layar.remove();
  formulir.hidden = false;
  return false;
}

/** Send as a page does what was kept as text. */
function kirimBiasa({ ke, badan }) {
  const form = Object.assign(document.createElement("form"), { method: "post", action: ke, hidden: true });
  for (const [name, value] of new URLSearchParams(badan)) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(form);
  form.submit();
}

/** Show how it stands with one form of the outbox, in place of `lama`. */
async function urus(surat, lama) {
  if (surat.keadaan === "hilang") return location.replace(location.pathname);
  const layar = papan(surat.keadaan === "dibuka" ? "perbaiki" : surat.keadaan, "sendiri");
  lama.replaceWith(layar);
  if (surat.keadaan === "menunggu") return urus(await usahakan(surat, layar, titipkanPekerja), layar);
  layar.querySelector("a")?.setAttribute("href", surat.bukti);
  layar.addEventListener("click", async ({ target: { dataset: { aksi } } }) => {
    if (aksi === "hapus") {
      await buang(surat);
      location.replace(location.pathname);
    } else if (aksi === "perbaiki") {
      await tandai(surat, "dibuka");
      kirimBiasa(surat);
    }
  });
}

/** Show what lies in the outbox, and send it. A receipt that is seen leaves it. */
async function bukaKotak() {
  const semua = await semuaSurat();
  semua.filter(({ bukti }) => bukti === location.pathname).forEach(buang);
  if (!potongan || !semua.length || document.querySelector("main > [role=alert]")) return; // a form of its own
  const tempat = document.createElement("div");
  tempat.ariaLive = "polite";
  document.querySelector("main h1").after(tempat);
  for (const surat of semua) urus({ ...surat, boleh: surat.sebab === "putus" ? 0 : surat.boleh }, tempat.appendChild(document.createElement("p")));
  if (!formulir) return;
  const lain = papan("lain");
  tempat.append(lain);
  formulir.hidden = true;
  lain.addEventListener("click", () => {
    lain.remove();
    formulir.hidden = Boolean(document.querySelector(".lanjutkan"));
    semua.filter(({ keadaan }) => keadaan === "dibuka").forEach((satu) => tandai(satu, "perbaiki"));
  });
}

/** The server's page 'Belum terkirim': it holds the answers, and is sent again by itself. */
async function kirimLagi(form) {
  const tunggu = Date.now() + 1000 * jeda(0, Number(form.dataset.kirimLagi));
  const badan = `${new URLSearchParams(new FormData(form))}`;
  form.addEventListener("submit", (peristiwa) => {
    peristiwa.preventDefault();
    bangunkan(true);
  });
  const surat = { keadaan: "menunggu", ke: form.getAttribute("action"), badan, boleh: tunggu, coba: 1 };
  const { bukti } = await usahakan(surat, form);
  if (bukti) location.replace(bukti);
  else form.submit();
}

const halamanLagi = document.querySelector("form[data-kirim-lagi]");
if (halamanLagi) kirimLagi(halamanLagi);
else bukaKotak();
const daftarkan = () => navigator.serviceWorker?.register("/sw.js", { type: "module" }).catch(() => {});
if (formulir) addEventListener("load", () => (window.requestIdleCallback ?? setTimeout)(daftarkan));
