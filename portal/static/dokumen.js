// Checks the file of minutes: its code is computed here, and the file goes nowhere.
const bagian = document.getElementById("berkas");
const pilih = document.getElementById("pdf");
const kabar = document.getElementById("kabar-pdf");

async function periksa(berkas) {
  kabar.textContent = kabar.dataset.hitung;
  try {
    const sidik = new Uint8Array(await crypto.subtle.digest("SHA-256", await berkas.arrayBuffer()));
    const kode = Array.from(sidik, (each) => each.toString(16).padStart(2, "0")).join("");
    location.assign(`${bagian.dataset.alamat}/${kode}`);
  } catch {
    kabar.textContent = kabar.dataset.gagal;
  }
}

// Only over HTTPS, and on one's own machine, do browsers compute this.
if (bagian && globalThis.crypto?.subtle) {
  bagian.hidden = false;
  pilih.value = "";
  pilih.addEventListener("change", () => {
    if (pilih.files.length) periksa(pilih.files[0]);
  });
}
