// What there is to find fault with on the page that shows, by its boxes: targets, text that is cut.
() => {
  const LEAST = 48;
  const NEAR = 1; // px: boxes lie on fractions of them
  const name = (e) => e.outerHTML.slice(0, 100);
  const shows = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  // Words for screen readers, and the link that shows when it is focused.
  const unseen = (e) => {
    for (; e; e = e.parentElement) {
      const style = getComputedStyle(e);
      if (style.position === "absolute" && (style.clipPath !== "none" || e.getBoundingClientRect().right <= 0)) return true;
    }
    return false;
  };

  // A label around a box that is ticked is the target, not the box alone.
  const target = (e) => (e.matches("[type=radio], [type=checkbox]") && e.closest("label")) || e;
  // As WCAG 2.5.5 and 2.5.8 have it: the line height decides about a link in a sentence.
  const inSentence = (e) => e.matches("a") && getComputedStyle(e).display === "inline"
    && e.parentElement.textContent.trim().length > e.textContent.trim().length;

  const small = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, audio, [role=option], [role=button]")]
    .filter((e) => shows(e) && !unseen(e) && !inSentence(e))
    .filter((e) => {
      const { width, height } = target(e).getBoundingClientRect();
      return width < LEAST || height < LEAST;
    }).map((e) => {
      const { width, height } = target(e).getBoundingClientRect();
      return `${Math.round(width)} x ${Math.round(height)}: ${name(e)}`;
    });

  const cut = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) cut.push(`the page is ${root.scrollWidth} px wide`);
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const text = words.currentNode;
    const around = text.parentElement;
    if (!text.data.trim() || !shows(around) || unseen(around)) continue;
    if (around.closest(".gulung[tabindex]")) continue; // a wide table, which scrolls by itself
    const range = document.createRange();
    range.selectNodeContents(text);
    const lines = [...range.getClientRects()].filter((line) => line.width);
    const outside = (box) => lines.some((line) => line.left < box.left - NEAR || line.right > box.right + NEAR);
    const above = (box) => lines.some((line) => line.top < box.top - NEAR || line.bottom > box.bottom + NEAR);
    let block = around;
    while (getComputedStyle(block).display.startsWith("inline")) block = block.parentElement;
    if (outside({ left: 0, right: root.clientWidth })) cut.push(`beyond the screen: ${text.data.trim()}`);
    else if (outside(block.getBoundingClientRect())) cut.push(`beyond its box (${Math.round(Math.max(...lines.map((line) => line.right)) - block.getBoundingClientRect().right)} px): ${text.data.trim()}`);
    for (let e = around; e && e !== root; e = e.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(e);
      const hides = (overflow) => overflow === "hidden" || overflow === "clip";
      const box = e.getBoundingClientRect();
      const control = e.matches("button, a.tombol, label.kartu");
      if ((overflowX !== "visible" && outside(box)) || ((hides(overflowY) || control) && above(box))) {
        cut.push(`cut by ${name(e)}: ${text.data.trim()}`);
      }
    }
  }
  // What one types scrolls under the finger when letters are twice the size, not otherwise.
  const ordinary = parseFloat(getComputedStyle(root).fontSize) <= 16;
  for (const e of document.querySelectorAll("input:not([type=hidden], [type=radio], [type=checkbox], [type=file])")) {
    if (ordinary && shows(e) && e.scrollWidth > e.clientWidth) cut.push(`longer than its box: ${e.value.length} letters in ${name(e)}`);
  }
  return { small, cut };
}
