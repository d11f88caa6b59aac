// Conveniences only: every page works without this file.
"use strict";

// /cek#CODE, where a receipt's QR code leads: put the code into its box, and out of the address.
(() => {
  const box = document.getElementById("bukti");
  const code = location.hash.slice(1);
  if (box && !box.value && /^[0-9A-Za-z-]{12,20}$/.test(code)) {
    box.value = code;
    history.replaceState(null, "", location.pathname);
  }
})();
