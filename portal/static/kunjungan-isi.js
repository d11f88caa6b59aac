// The form of a visit on the page with a network. It works without this file.

import { hidupkan } from "./kunjungan-formulir.js";

hidupkan(document.querySelector("form[data-kunjungan]"));
