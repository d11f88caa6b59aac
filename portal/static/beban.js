// The live page: asks every five seconds for what changes, while somebody looks at it. What is said
// aloud is said again only when it is something else.

const isi = document.getElementById("beban");
const putus = document.getElementById("putus");
const jeda = document.getElementById("jeda");
const SETIAP = 5000;
let penghitung = 0;
let berhenti = false;

function ganti(halaman) {
  const keadaan = halaman.getElementById("keadaan");
  const lama = document.getElementById("keadaan");
  if (keadaan.textContent !== lama.textContent) lama.textContent = keadaan.textContent;
  lama.className = keadaan.className;
  document.getElementById("ukuran").replaceWith(halaman.getElementById("ukuran"));
}

async function tanya() {
  clearTimeout(penghitung);
  if (berhenti || document.hidden) return;
  try {
    // Signed out it is sent elsewhere: the page stays, and says that it is old.
    const jawab = await fetch(isi.dataset.sumber, { cache: "no-store", redirect: "error" });
    if (!jawab.ok) throw new Error(jawab.status);
    ganti(new DOMParser().parseFromString(await jawab.text(), "text/html"));
    putus.hidden = true;
  } catch {
    putus.hidden = false;
  }
  clearTimeout(penghitung);
  penghitung = setTimeout(tanya, SETIAP);
}

jeda.hidden = false;
jeda.addEventListener("click", () => {
  berhenti = !berhenti;
  jeda.textContent = berhenti ? "Perbarui lagi" : "Jangan perbarui sendiri";
  tanya();
});
document.addEventListener("visibilitychange", tanya);
penghitung = setTimeout(tanya, SETIAP);
