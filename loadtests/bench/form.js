// Forms of made-up households, each another by its number: the same as bodies.py makes.
const form = JSON.parse(open(__ENV.FORM));
const numbers = Object.entries(form.numbers);

function padded(number, length) {
  return String(number).padStart(length, '0');
}

export function values(n) {
  const serial = form.first_serial + (n % form.serials);
  const prefix = form.prefixes[Math.floor(n / form.serials) % form.prefixes.length];
  const days = Math.floor(n / (form.serials * form.prefixes.length));
  const day = 1 + (days % 28);
  const month = 1 + (Math.floor(days / 28) % 12);
  const place = Math.floor(n / form.kelurahan.length);
  const made = {
    day,
    month,
    kelurahan: form.kelurahan[n % form.kelurahan.length],
    rt: 1 + (place % form.rts),
    rw: 1 + (Math.floor(place / form.rts) % form.rws),
  };
  for (const [slot, [plus, year]] of numbers) {
    made[slot] = prefix + padded(day + plus, 2) + padded(month, 2) + padded(year, 2) + serial;
  }
  return made;
}

// The form of household n, as it is sent; `other` replaces some of its values.
export function body(n, other) {
  const filled = other ? { ...values(n), ...other } : values(n);
  let made = form.segments[0];
  for (let i = 0; i < form.slots.length; i += 1) {
    made += filled[form.slots[i]] + form.segments[i + 1];
  }
  return made;
}
