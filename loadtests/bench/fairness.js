// 2,000 citizens and one abuser behind one address, at the same time.
//
// Settings, by environment: URL, FORM (file, see bodies.py), FIRST (number of the first citizen),
// CITIZENS, VICTIM (number of the household whose NIK the abuser uses), SECONDS, OUT (file).
import http from 'k6/http';
import exec from 'k6/execution';
import { Counter } from 'k6/metrics';
import { body, values } from './form.js';

const url = __ENV.URL;
const first = Number(__ENV.FIRST);
const victim = Number(__ENV.VICTIM);
const seconds = Number(__ENV.SECONDS);
const citizens = Number(__ENV.CITIZENS);

const served = new Counter('citizens_served');
const refused = new Counter('citizens_refused');
const accepted = new Counter('accepted');
const taken = new Counter('abuser_taken');
const stopped = new Counter('abuser_stopped');
const told = new Counter('abuser_told');
const silenced = new Counter('abuser_silenced');

export const options = {
  scenarios: {
    citizens: {
      executor: 'constant-arrival-rate',
      exec: 'citizen',
      rate: citizens,
      timeUnit: `${seconds}s`,
      duration: `${seconds}s`,
      preAllocatedVUs: Math.min(citizens, 400),
      gracefulStop: '30s',
    },
    abuser: { executor: 'constant-vus', exec: 'abuser', vus: 1, duration: `${seconds}s` },
    flood: { executor: 'constant-vus', exec: 'flood', vus: 1, duration: `${seconds}s` },
  },
  systemTags: ['status'],
  summaryTrendStats: ['count'],
};

// One address for all: what a mobile operator shows of thousands.
const headers = { 'X-Forwarded-For': '10.200.0.1', 'Accept-Encoding': 'gzip' };
const settings = { redirects: 0, timeout: '20s', headers };
const CODE = /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/;

// Opens the form, sends it, reads the receipt, looks the status up; true when nothing was refused.
function journey(n) {
  if (http.get(`${url}/daftar`, settings).status !== 200) return false;
  const sent = http.post(`${url}/daftar`, body(n), {
    ...settings,
    headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
  });
  if (sent.status !== 303) return false;
  accepted.add(1);
  const receipt = http.get(url + sent.headers.Location.replace(url, ''), settings);
  const code = receipt.status === 200 && CODE.exec(receipt.body);
  if (!code) return false;
  const status = http.post(`${url}/cek`, { nik: values(n).nik0, bukti: code[0] }, settings);
  return status.status === 200 && status.body.includes(code[0]);
}

export function citizen() {
  const n = first + exec.scenario.iterationInTest;
  (journey(n) ? served : refused).add(1);
}

// The same NIK again and again with other answers, and guesses of its KK.
export function abuser() {
  const again = exec.scenario.iterationInTest;
  const forged = body(victim, { rt: 1 + (again % 90), rw: 1 + (Math.floor(again / 90) % 90) });
  const sent = http.post(`${url}/daftar`, forged, {
    ...settings,
    headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
  });
  if (sent.status === 303) {
    accepted.add(1);
    taken.add(1);
  }
  if (sent.status === 429) stopped.add(1);
  const kk = `3171${String(100000000000 + again).slice(0, 12)}`;
  const guess = http.post(`${url}/cek`, { nik: values(victim).nik0, kk }, settings);
  if (guess.status === 200) told.add(1);
  if (guess.status === 429) silenced.add(1);
}

// Pages without end, by the same abuser.
export function flood() {
  for (const page of ['/daftar', '/cek', '/']) http.get(url + page, settings);
}

export function handleSummary(data) {
  return { [__ENV.OUT]: JSON.stringify(data) };
}
