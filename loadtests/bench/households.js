// Forms at a rate that does not wait for answers: constant arrivals, each another household.
//
// Settings, by environment: URL, FORM (file, see bodies.py), FIRST (number of the first household),
// RATE (a second; 0 sends as fast as VUS connections get answers), SECONDS, VUS, OUT (file),
// EACH_ANEW (any text: every request on a connection of its own).
import http from 'k6/http';
import exec from 'k6/execution';
import { Counter, Trend } from 'k6/metrics';
import { body } from './form.js';

const first = Number(__ENV.FIRST);
const rate = Number(__ENV.RATE);
const vus = Number(__ENV.VUS);
const duration = `${__ENV.SECONDS}s`;
// From the first packet to the last, a new connection included.
const whole = new Trend('accepted_whole');
const unexplained = new Counter('refused_without_retry_after');
// Nobody waits longer than that for a page.
const patient = { gracefulStop: '20s' };
const connections = { preAllocatedVUs: vus, maxVUs: vus };

export const options = {
  scenarios: {
    sending: rate
      ? { executor: 'constant-arrival-rate', rate, timeUnit: '1s', duration, ...connections, ...patient }
      : { executor: 'constant-vus', vus, duration, ...patient },
  },
  discardResponseBodies: true,
  noConnectionReuse: Boolean(__ENV.EACH_ANEW),
  summaryTrendStats: ['count', 'med', 'p(95)', 'p(99)', 'max'],
  systemTags: ['status', 'error_code'],
  // A threshold is how k6 is told to count one status apart.
  thresholds: {
    'http_req_duration{status:303}': ['max>=0'],
    'http_req_duration{status:200}': ['max>=0'],
    'http_req_duration{status:429}': ['max>=0'],
    'http_req_duration{status:503}': ['max>=0'],
    'http_req_duration{status:0}': ['max>=0'],
  },
};

export default function () {
  const n = first + exec.scenario.iterationInTest;
  const began = Date.now();
  const answer = http.post(__ENV.URL, body(n), {
    redirects: 0,
    timeout: '20s',
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      'X-Forwarded-For': `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`,
    },
  });
  if (answer.status === 303) whole.add(Date.now() - began);
  if (answer.status >= 400 && !answer.headers['Retry-After']) unexplained.add(1);
}

export function handleSummary(data) {
  return { [__ENV.OUT]: JSON.stringify(data) };
}
