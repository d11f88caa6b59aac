// 'Dengarkan' shows where scripts run. What reads aloud is loaded when it is pressed, not before.

const kotak = document.querySelector("[data-dengar]");
let lagi = ""; // a module that did not load is asked for under another name: phones remember

kotak.hidden = false;
kotak.firstElementChild.addEventListener("click", async () => {
  kotak.classList.add("berbunyi"); // at once: the network may be slow
  try {
    (await import(`./suara.js${lagi}`)).dengar(kotak);
  } catch {
    lagi = `?${Date.now()}`;
    kotak.classList.remove("berbunyi");
    kotak.lastElementChild.hidden = false;
  }
});
