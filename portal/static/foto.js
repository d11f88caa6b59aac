// Photos, made small on the phone before they are sent. The page works without this file.

const SISI = 1600; // pixels of the longer side, as the server keeps them
const BATAS = 200 * 1024; // bytes: a minute on a bad network, not ten
const LANGKAH = [[1, 0.75], [1, 0.6], [0.75, 0.65], [0.6, 0.6], [0.5, 0.5], [0.4, 0.4]];
const PERIKSA = [2, 3, 5, 8, 13, 30]; // seconds until the page asks what became of a photo

/** Give a JPEG of at most BATAS bytes; what this browser cannot open is sent as it is. */
export async function kecilkan(berkas) {
  let gambar;
  try {
    gambar = await createImageBitmap(berkas, { imageOrientation: "from-image" });
  } catch {
    return berkas;
  }
  const kanvas = lukis(gambar, Math.min(1, SISI / Math.max(gambar.width, gambar.height)));
  gambar.close();
  let hasil = null;
  for (const [skala, mutu] of LANGKAH) {
    hasil = await jpeg(skala === 1 ? kanvas : lukis(kanvas, skala), mutu);
    if (hasil && hasil.size <= BATAS) return hasil;
  }
  return hasil && hasil.size < berkas.size ? hasil : berkas;
}

function lukis(gambar, skala) {
  const kanvas = document.createElement("canvas");
  kanvas.width = Math.max(1, Math.round(gambar.width * skala));
  kanvas.height = Math.max(1, Math.round(gambar.height * skala));
  const pena = kanvas.getContext("2d", { alpha: false, willReadFrequently: true });
  pena.fillStyle = "#fff";
  pena.fillRect(0, 0, kanvas.width, kanvas.height);
  pena.drawImage(gambar, 0, 0, kanvas.width, kanvas.height);
  return kanvas;
}

function jpeg(kanvas, mutu) {
  return new Promise((selesai) => kanvas.toBlob(selesai, "image/jpeg", mutu));
}

/** Send one photo; gives the page that the server answers with. */
function unggah(formulir, foto, kabari) {
  return new Promise((selesai, gagal) => {
    const isi = new FormData();
    for (const { name, value } of formulir.querySelectorAll("input[type=hidden]")) isi.append(name, value);
    isi.append("foto", foto, "foto.jpg");
    const kirim = new XMLHttpRequest();
    kirim.open("POST", formulir.action);
    kirim.responseType = "document";
    kirim.timeout = 180000;
    kirim.upload.onprogress = (maju) => {
      if (maju.lengthComputable) kabari(Math.round((100 * maju.loaded) / maju.total));
    };
    kirim.onload = () => selesai(kirim.response);
    kirim.onerror = kirim.ontimeout = kirim.onabort = gagal;
    kirim.send(isi);
  });
}

/** Put this photo's part of another page in place of ours; tells whether it was there. */
function ganti(bagian, halaman) {
  const baru = halaman?.getElementById(bagian.id);
  if (!baru) return null;
  const milik = document.importNode(baru, true);
  bagian.replaceWith(milik);
  return milik;
}

async function kirim(kejadian) {
  const formulir = kejadian.target;
  const bagian = formulir.closest("section.foto");
  if (!bagian) return;
  kejadian.preventDefault();
  const tombol = formulir.querySelector("button");
  if (tombol.getAttribute("aria-disabled") === "true") return;
  const kabar = formulir.querySelector("[role=status]");
  const katakan = (kata) => { kabar.hidden = false; kabar.textContent = kata; };
  const berkas = formulir.elements.foto.files[0];
  if (!berkas) return katakan(formulir.dataset.kosong);
  tombol.setAttribute("aria-disabled", "true");
  bagian.querySelector(".pesan")?.remove(); // it was said of the photo before this one
  bagian.querySelector(".salah")?.classList.remove("salah");
  formulir.elements.foto.removeAttribute("aria-invalid");
  try {
    katakan(formulir.dataset.menyiapkan);
    const foto = await kecilkan(berkas);
    const halaman = await unggah(formulir, foto, (persen) => katakan(formulir.dataset.mengirim.replace("#", persen)));
    const baru = ganti(bagian, halaman);
    if (!baru) throw new Error("another page");
    (baru.querySelector("[aria-invalid]") || baru).focus();
    tunggu(baru.id);
  } catch {
    tombol.removeAttribute("aria-disabled");
    katakan(formulir.dataset.putus);
  }
}

/** Ask now and then what became of a photo that is being looked at. */
async function tunggu(id) {
  for (const detik of PERIKSA) {
    const bagian = document.getElementById(id);
    if (bagian?.dataset.keadaan !== "received") return;
    await new Promise((lanjut) => setTimeout(lanjut, detik * 1000));
    const dipilih = bagian.querySelector("input[type=file]").files.length;
    if (dipilih || !bagian.isConnected) continue; // somebody is about to send another
    try {
      const jawab = await fetch(location.pathname, { cache: "no-store" });
      if (!jawab.ok) continue;
      const dulu = bagian.contains(document.activeElement);
      const baru = ganti(bagian, new DOMParser().parseFromString(await jawab.text(), "text/html"));
      if (baru && dulu) baru.focus();
    } catch {
      continue;
    }
  }
}

document.addEventListener("submit", kirim);
for (const bagian of document.querySelectorAll("section.foto[data-keadaan=received]")) tunggu(bagian.id);
