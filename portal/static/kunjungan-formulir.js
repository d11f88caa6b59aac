// The form of a visit, with scripts: shows what applies, and notes where the phone is.

const CARA = { enableHighAccuracy: true, timeout: 20_000 };
const DITOLAK = 1; // GeolocationPositionError.PERMISSION_DENIED

/** Where this phone is. */
export const letak = () => new Promise((ya, tidak) => navigator.geolocation.getCurrentPosition(ya, tidak, CARA));

/** Let a form show only what applies, and take the phone's position. */
export function hidupkan(form) {
  const bila = form.querySelectorAll("[data-bila=met]");
  const tampilkan = () => bila.forEach((satu) => (satu.hidden = form.elements.hasil.value !== "met"));
  form.addEventListener("change", tampilkan);
  tampilkan();
  const bagian = form.querySelector(".letak");
  bagian.hidden = false;
  const kabar = bagian.querySelector("[role=status]");
  const sudah = () => { if (form.elements.titik.value) kabar.textContent = `Letak tercatat, tepat sampai ${form.elements.akurasi.value} meter.`; };
  bagian.querySelector("button").addEventListener("click", async () => {
    kabar.textContent = "Mencari letak HP ini ...";
    try {
      const { coords } = await letak();
      form.elements.titik.value = `${coords.latitude.toFixed(5)},${coords.longitude.toFixed(5)}`;
      form.elements.akurasi.value = Math.round(coords.accuracy);
      sudah();
      form.dispatchEvent(new Event("input"));
    } catch (salah) {
      kabar.textContent = salah.code === DITOLAK ? "HP ini tidak mengizinkan. Buka pengaturan lokasi, atau lanjutkan tanpa letak." : "Letak tidak ditemukan. Coba di luar rumah, atau lanjutkan tanpa letak.";
    }
  });
  sudah();
}
