// /cek#CODE, where a receipt's QR code leads: put the code into its box, and out of the address.
const kotak = document.getElementById("bukti");
const kode = location.hash.slice(1);
if (kotak && !kotak.value && /^[0-9A-Za-z-]{12,20}$/.test(kode)) {
  kotak.value = kode;
  history.replaceState(null, "", location.pathname);
}
