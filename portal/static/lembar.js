// Saves each mark as it is made. The page works without this file: its form sends them all.

const lembar = document.getElementById("lembar");
const hitung = document.getElementById("hitung");
const COBA_LAGI = 8000; // milliseconds until a mark that did not go is sent again
const tertunda = new Map(); // field → its fieldset: what is not saved yet
let berjalan = false;

function kabari(rumah, kabar, gagal = false) {
  const keadaan = rumah.querySelector(".keadaan");
  keadaan.textContent = lembar.dataset[kabar] ?? kabar;
  keadaan.classList.toggle("gagal", gagal);
}

function dipilih(nama) {
  return lembar.querySelector(`input[name="${nama}"]:checked`)?.value ?? "";
}

async function kirim(nama, tanda) {
  const jawaban = await fetch(lembar.action, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams([["aksi", "simpan"], [nama, tanda]]),
  });
  const isi = await jawaban.json();
  if (jawaban.ok) hitung.firstElementChild.textContent = hitung.dataset.pola.replace("#", isi.ditandai);
  return isi.galat ?? "";
}

// One after the other: of two marks of one household the later one stays.
async function simpan() {
  if (berjalan) return;
  berjalan = true;
  let putus = false;
  for (const [nama, rumah] of [...tertunda]) {
    const tanda = dipilih(nama);
    try {
      const galat = await kirim(nama, tanda);
      if (dipilih(nama) !== tanda) continue; // changed meanwhile: once more
      tertunda.delete(nama);
      kabari(rumah, galat || "tersimpan", galat !== "");
    } catch {
      putus = true;
      kabari(rumah, "gagal", true);
    }
  }
  berjalan = false;
  if (putus) setTimeout(simpan, COBA_LAGI);
  else if (tertunda.size) simpan();
}

lembar.addEventListener("change", ({ target }) => {
  const rumah = target.closest("fieldset");
  tertunda.set(target.name, rumah);
  kabari(rumah, "menyimpan");
  simpan();
});
addEventListener("online", simpan);
