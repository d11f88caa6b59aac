// Keys for who works through many cases. Everything they do, links do too.
const bantuan = document.querySelector("[data-bantuan]");
if (bantuan) bantuan.hidden = false;

const MAJU = ["j", "ArrowRight"];
const MUNDUR = ["k", "ArrowLeft"];

/** The links of the cases on this page; empty on the page of one case. */
const kasus = [...document.querySelectorAll("table.antrean th a")];

function pindah(langkah) {
  const kini = kasus.indexOf(document.activeElement);
  const tujuan = kasus[kini < 0 ? 0 : kini + langkah];
  if (tujuan) tujuan.focus();
  else document.querySelector(langkah > 0 ? "main a[rel=next]" : "main a[rel=prev]")?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("input, textarea, select, [role=region]")) return;
  const langkah = MAJU.includes(event.key) ? 1 : MUNDUR.includes(event.key) ? -1 : 0;
  if (!langkah) return;
  event.preventDefault();
  if (kasus.length) pindah(langkah);
  else document.querySelector(langkah > 0 ? "main a[rel=next]" : "main a[rel=prev]")?.click();
});
