async ({ answers, until, byHand }) => {
  // Walks as a person would who answers at once: every answer tells the page what typing or
  // tapping tells it, and 'Lanjut' is pressed on every screen. Returns the screens that came after
  // the first: up to `until`, or to one that asks what is in `byHand` or does not let us go on.
  const one = (all) => {
    const shown = [...all].filter((each) => each.checkVisibility());
    if (shown.length !== 1) throw new Error(`${shown.length} show, not one`);
    return shown[0];
  };
  const screen = () => one(document.querySelectorAll("form section.layar"));
  const key = () => screen().dataset.layar;
  const moment = () => new Promise((resume) => setTimeout(resume, 10));

  function put(field, value) {
    if (/radio|checkbox/.test(field.type)) {
      if ([value].flat().includes(field.value) && !field.checked) field.click();
      return;
    }
    field.focus();
    field.value = value;
    field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function answer() {
    const done = new Set();
    const next = () => [...screen().querySelectorAll("[data-soal]")].find((each) => {
      return !done.has(each) && each.checkVisibility(); // answering one may show another
    });
    for (let question = next(); question; question = next()) {
      done.add(question);
      for (const field of question.querySelectorAll("[name]")) {
        if (field.name in answers) put(field, answers[field.name]);
      }
    }
  }

  async function leaves(here) {
    one(document.querySelectorAll("[data-aksi=lanjut]")).click();
    for (let tries = 0; key() === here && tries < 100; tries += 1) {
      if ([...screen().querySelectorAll(".pesan")].some((each) => each.checkVisibility())) break;
      await moment();
    }
    return key() !== here;
  }

  const seen = [];
  for (let here = key(); here !== until && seen.length < 80; here = key()) {
    const asked = [...screen().querySelectorAll("[data-soal]")].map((each) => each.dataset.soal);
    if (here === "hp" || asked.some((name) => byHand.includes(name))) break;
    answer();
    if (!(await leaves(here))) break;
    seen.push(key());
  }
  return seen;
}
