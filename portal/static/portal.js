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

// An application that was not accepted: send the kept answers again, each time a little later.
(() => {
  const form = document.querySelector("form[data-kirim-lagi]");
  if (!form || !window.fetch) return;
  const status = form.querySelector("[role=status]");
  const first = Number(form.dataset.kirimLagi) || 5;
  let tries = 0;
  let timer = 0;

  function plan(seconds) {
    // Spread: thousands of phones wait, and must not come back in the same second.
    const wait = Math.ceil(seconds + Math.random() * Math.min(seconds, 15));
    status.hidden = false;
    status.textContent = status.dataset.menunggu.replace("#", wait);
    timer = setTimeout(send, wait * 1000);
  }

  async function send() {
    status.textContent = status.dataset.mencoba;
    tries += 1;
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.action, { method: "POST", body });
      if (answer.redirected && answer.ok) return location.assign(answer.url);
      const later = Number(answer.headers.get("Retry-After"));
      if (answer.status !== 503) return form.submit();
      plan(Math.min(60, Math.max(later, first * 2 ** tries)));
    } catch {
      plan(Math.min(60, first * 2 ** tries));
    }
  }

  form.addEventListener("submit", () => clearTimeout(timer));
  plan(first);
})();
