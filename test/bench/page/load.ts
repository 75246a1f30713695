import { Agent, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Many who look at once, in a process of their own: so many streams, and so many requests a second, for so
 * long. Sends to its parent what became of them. Arguments: the address, the token, seconds, requests a
 * second, streams.
 */
const [url = "", token = "", seconds, perSecond, streams] = process.argv.slice(2);
const headers = { authorization: `Bearer ${token}` };
const agent = new Agent({ keepAlive: true, maxSockets: 50 });
const paths = ["api/status", "api/balance?points=400", "health", "api/status", "metrics"];
const everyMs = 1_000 / Number(perSecond);

/** What the load met with. */
export interface Met {
  readonly answered: number;
  readonly others: Readonly<Record<string, number>>;
  readonly medianMs: number;
  readonly worstMs: number;
  readonly bytes: number;
  readonly streamsOpen: number;
  readonly streamBytes: number;
}

const tookMs: number[] = [];
const others: Record<string, number> = {};
let bytes = 0;
let streamsOpen = 0;
let streamBytes = 0;

function other(what: string): void {
  others[what] = (others[what] ?? 0) + 1;
}

function open(): void {
  const request = get(new URL("api/live", url), { headers, agent: false }, (response) => {
    if (response.statusCode !== 200) other(`stream ${response.statusCode}`);
    else streamsOpen += 1;
    response.on("data", (chunk: Buffer) => (streamBytes += chunk.length));
    response.on("error", () => undefined);
    response.on("close", () => (streamsOpen -= 1));
  });
  request.on("error", (error) => other(`stream: ${error.message}`));
}

function ask(n: number): void {
  const beganMs = performance.now();
  const path = paths[n % paths.length] ?? "";
  const request = get(new URL(path, url), { headers, agent }, (response) => {
    response.on("data", (chunk: Buffer) => (bytes += chunk.length));
    response.on("end", () => {
      if (response.statusCode === 200) tookMs.push(performance.now() - beganMs);
      else other(`${path} ${response.statusCode}`);
    });
  });
  request.on("error", (error) => other(error.message));
}

for (let n = 0; n < Number(streams); n += 1) open();
const startMs = performance.now();
const count = Number(seconds) * Number(perSecond);
for (let n = 0; n < count; n += 1) {
  const dueMs = startMs + n * everyMs;
  if (dueMs > performance.now()) await sleep(dueMs - performance.now());
  ask(n);
}
await sleep(1_000);
const sorted = tookMs.toSorted((a, b) => a - b);
const met: Met = {
  answered: sorted.length,
  others,
  medianMs: sorted[Math.floor(sorted.length / 2)] ?? NaN,
  worstMs: sorted.at(-1) ?? NaN,
  bytes,
  streamsOpen,
  streamBytes,
};
process.send?.(met);
