// The projector: asks every two seconds what it shall show. The address answers 304 while it is the
// same, and says nothing that the hall may not see.

const isi = document.getElementById("isi");
const putus = document.getElementById("putus");
const SETIAP = 2000;
let tanda = "";

async function tanya() {
  try {
    const jawab = await fetch(isi.dataset.sumber, {
      headers: tanda ? { "If-None-Match": tanda } : {},
      cache: "no-store", // 304 comes here, not to the browser's cache
      redirect: "error", // signed out: the screen stays, and says so
    });
    if (jawab.status === 200) {
      isi.innerHTML = await jawab.text();
      tanda = jawab.headers.get("ETag") ?? "";
    }
    putus.hidden = jawab.ok || jawab.status === 304;
  } catch {
    putus.hidden = false;
  }
  setTimeout(tanya, SETIAP);
}

setTimeout(tanya, SETIAP);
