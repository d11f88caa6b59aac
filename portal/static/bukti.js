// The receipt as a picture, drawn on the phone: nothing of it goes anywhere. Without this file the
// page says to photograph the screen.

const LEBAR = 720; // pixels: sharp on a phone, some tens of kilobytes
const TEPI = 40;
const MUAT = LEBAR - 2 * TEPI;

const simpan = document.getElementById("simpan-gambar");
const cetak = document.getElementById("cetak");
const kabar = document.getElementById("kabar-gambar");
const bagian = [...document.querySelectorAll("[data-gambar]")];

/** Break a text into lines that fit. */
function baris(pena, teks) {
  const hasil = [];
  let kini = "";
  for (const kata of teks.trim().split(/\s+/)) {
    const calon = `${kini} ${kata}`.trim();
    if (kini && pena.measureText(calon).width > MUAT) {
      hasil.push(kini);
      kini = kata;
    } else kini = calon;
  }
  return [...hasil, kini];
}

/** Draw the parts below each other, or only measure them; gives the height. */
function lukis(pena) {
  let y = TEPI;
  pena.textAlign = "center";
  pena.textBaseline = "top";
  for (const satu of bagian) {
    const ukuran = Number(satu.dataset.gambar);
    if (satu.tagName === "IMG") {
      pena.drawImage(satu, (LEBAR - ukuran) / 2, y, ukuran, ukuran);
      y += ukuran;
      continue;
    }
    pena.font = `700 ${ukuran}px ${getComputedStyle(satu).fontFamily}`;
    for (const teks of baris(pena, satu.textContent)) {
      pena.fillText(teks, LEBAR / 2, y, MUAT); // an address of one word is squeezed
      y += ukuran * 1.3;
    }
    y += TEPI / 2;
  }
  return y + TEPI / 2;
}

async function gambar() {
  const kanvas = document.createElement("canvas");
  kanvas.width = LEBAR;
  const pena = kanvas.getContext("2d", { alpha: false });
  kanvas.height = lukis(pena); // empties the canvas
  pena.fillStyle = "#fff";
  pena.fillRect(0, 0, LEBAR, kanvas.height);
  pena.fillStyle = "#000";
  lukis(pena);
  return new Promise((jadi, gagal) => kanvas.toBlob((isi) => (isi ? jadi(isi) : gagal())));
}

async function unduh() {
  kabar.textContent = "";
  try {
    const tautan = document.createElement("a");
    tautan.href = URL.createObjectURL(await gambar());
    tautan.download = "bukti-daftar.png"; // the name is seen in lists of files: no code in it
    tautan.click();
    setTimeout(() => URL.revokeObjectURL(tautan.href), 60000);
    kabar.textContent = kabar.dataset.jadi;
  } catch {
    kabar.textContent = kabar.dataset.gagal;
  }
}

simpan.addEventListener("click", unduh);
cetak.addEventListener("click", () => print());
simpan.hidden = cetak.hidden = false;
