// Keying a sheet with one hand: a digit marks the line and goes to the next. Works without, too.

const baris = [...document.querySelectorAll("#ketik .ketikan")];

function ke(nomor) {
  const tujuan = baris[nomor];
  const pilihan = tujuan?.querySelector("input:checked") ?? document.querySelector("#ketik button");
  pilihan.focus();
  (tujuan ?? pilihan).scrollIntoView({ block: "nearest" });
}

document.getElementById("ketik")?.addEventListener("keydown", (tombol) => {
  const sini = baris.indexOf(tombol.target.closest(".ketikan"));
  if (sini < 0 || tombol.ctrlKey || tombol.altKey || tombol.metaKey) return;
  const arah = { ArrowDown: 1, ArrowUp: -1 }[tombol.key];
  if (arah) {
    tombol.preventDefault();
    ke(Math.max(0, sini + arah));
  } else if (/^[0-5]$/.test(tombol.key)) {
    tombol.preventDefault();
    const pilihan = baris[sini].querySelectorAll("input");
    pilihan[tombol.key === "0" ? pilihan.length - 1 : tombol.key - 1].checked = true;
    ke(sini + 1);
  }
});

