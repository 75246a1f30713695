import { emptyState } from "#guard/model/state.ts";
import { shifted } from "#guard/times.ts";
import type { Beat } from "#outside/beat/beat.ts";
import { signatureOf, type SignedKind } from "#outside/beat/signature.ts";
import { type AccountSecrets, secretName } from "#outside/worker/accounts.ts";
import { type Simulator, startSimulator } from "#simulator/server.ts";
import { sideBySide } from "../bench/faults/side-by-side.ts";
import { at, idleGuard, leaseGuard, live, pod, policyWith, unlived } from "../guard/samples.ts";
import type { Asked, Told } from "./timed-worker.ts";
import { beatKey, beatOf, minuteMs } from "./world.ts";

/** What a guard outside is for an account. */
export const roles = ["standby", "standing in", "primary"] as const;

export type Role = (typeof roles)[number];

/** What it costs one account. */
export interface Cost {
  readonly beats: number;
  readonly alarms: number;
  /** Of any account. */
  readonly leastAlarms: number;
  readonly rowsWritten: number;
  readonly rowsRead: number;
  readonly mostLateMs: number;
}

export interface Fleet {
  readonly simulator: Simulator;
  /** The accounts of a role. */
  readonly of: (role: Role) => readonly string[];
  /** A minute of all: time moves, machines say their beats, and alarms that are due go off. */
  readonly minute: (around?: Around) => Promise<void>;
  /** As the platform ends what is idle for seconds: the next beat and the next look find nothing in memory. */
  readonly endAll: () => Promise<void>;
  /** Since the last time this was asked, of an account of this role: the most of any. */
  readonly costOf: (role: Role) => Promise<Cost>;
}

/** Told before and after each part of a minute. */
type Around = (part: "beats" | "alarms", work: () => Promise<void>) => Promise<void>;

const justWork: Around = (_part, work) => work();

const { podGuards } = policyWith();
/** With all that makes a guard learn and measure at each look, and nothing that it would have to do. */
const policy = policyWith({
  podGuards: {
    ...podGuards,
    lease: { ...leaseGuard, defaultMs: 200 * 3_600_000, maxMs: 300 * 3_600_000 },
    idle: { ...idleGuard, afterMs: 100 * 3_600_000 },
  },
});

const apiKey = "rpa_a_key_of_this_test_that_nobody_has";
const pods = [1, 2, 3].map((n) => ({ id: `p${n}`, name: `trainer-${n}`, costPerHrUsd: 1.49 }));

let fleets = 0;

/** So many accounts of each role in one Worker, all of them looking at one account at RunPod. */
export async function startFleet(
  url: string,
  counts: Readonly<Record<Role, number>>,
): Promise<Fleet> {
  fleets += 1;
  const simulator = await startSimulator({ apiKey, balanceUsd: 1_000_000, pods });
  const named = new Map(
    roles.map((role) => [
      role,
      Array.from(
        { length: counts[role] },
        (_, n) => `fleet-${process.pid}-${fleets}-${role.replace(" ", "-")}-${n}`,
      ),
    ]),
  );
  const of = (role: Role): readonly string[] => named.get(role) ?? [];
  const all = roles.flatMap(of);
  const secrets: AccountSecrets = {
    beatKey,
    apiKey,
    api: "rest",
    graphqlUrl: simulator.url,
    restUrl: simulator.restUrl,
    channels: [],
  };
  const bindings = Object.fromEntries(
    all.map((name) => [secretName(name), JSON.stringify(secrets)]),
  );
  await ask(url, { bindings });

  let count = Date.now();
  let beats = 0;
  async function send(name: string, kind: SignedKind, what: unknown): Promise<void> {
    count += 1;
    const signed = { kind, account: name, count, body: JSON.stringify(what) };
    const response = await post(new URL(`/${kind}/${name}`, url), {
      method: "POST",
      headers: {
        "x-runpodboss-count": String(count),
        "x-runpodboss-signature": await signatureOf(beatKey, signed),
      },
      body: signed.body,
    });
    if (response.status !== 200) throw new Error(await response.text());
    await response.arrayBuffer();
  }
  async function beatsOf(names: readonly string[]): Promise<void> {
    const beat = beatNow();
    await sideBySide(names, 16, (name) => send(name, "beat", beat));
  }

  await beatsOf([...of("standby"), ...of("standing in")]);
  const orders = { version: 1, host: "here", everyMs: minuteMs, orders: beatNow().orders };
  await sideBySide(of("primary"), 16, (name) => send(name, "orders", orders));
  for (let n = 0; n < 11; n += 1) await minute();

  async function minute(around: Around = justWork): Promise<void> {
    await toAll({ aheadMs: minuteMs });
    await around("beats", () => beatsOf(of("standby")));
    beats += 1;
    await around("alarms", () => toAll({ isDue: true }));
  }
  async function toAll(asked: Asked): Promise<void> {
    await sideBySide(chunksOf(all), 4, (accounts) => ask(url, { ...asked, accounts }));
  }

  const before = new Map<Role, readonly Told[]>();
  async function costOf(role: Role): Promise<Cost> {
    const told = (
      await sideBySide(chunksOf(of(role)), 1, (accounts) => ask(url, { accounts }))
    ).flat();
    const last = before.get(role);
    before.set(role, told);
    const said = role === "standby" ? beats : 0;
    type Counted = "alarms" | "rowsWritten" | "rowsRead" | "alarmsSet";
    const since = (what: Counted): readonly number[] =>
      told.map((each, n) => each[what] - (last?.[n]?.[what] ?? 0));
    const most = (what: Counted): number => Math.max(0, ...since(what));
    return {
      beats: said,
      alarms: most("alarms"),
      leastAlarms: Math.min(...since("alarms")),
      // The platform counts an alarm that is set as a row.
      rowsWritten: most("rowsWritten") + most("alarmsSet"),
      rowsRead: most("rowsRead"),
      mostLateMs: Math.max(0, ...told.map(({ mostLateMs }) => mostLateMs)),
    };
  }
  for (const role of roles) await costOf(role);
  beats = 0;
  return { simulator, of, minute, endAll: () => toAll({ dies: true }), costOf };
}

function chunksOf(names: readonly string[]): readonly (readonly string[])[] {
  const size = 50;
  return Array.from({ length: Math.ceil(names.length / size) }, (_, n) =>
    names.slice(n * size, (n + 1) * size),
  );
}

/** A connection that was idle may be closed just then. */
async function post(address: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init);
  } catch {
    return fetch(address, init);
  }
}

async function ask(url: string, asked: Asked): Promise<readonly Told[]> {
  const response = await post(new URL("/beat/fleet", url), {
    method: "POST",
    headers: { "x-test": "yes" },
    body: JSON.stringify(asked),
  });
  if (response.status !== 200) throw new Error(await response.text());
  const told: unknown = await response.json();
  return Array.isArray(told) ? (told as readonly Told[]) : [];
}

/** What a machine says that has watched three pods for an hour. */
function beatNow(): Beat {
  const rows = pods.map((each) => pod(each));
  const { state } = live(unlived, [0, 60], policy, { look: { pods: rows } });
  const now = shifted({ ...state, owed: [], unrecorded: [] }, Date.now() - at(60));
  return {
    ...beatOf(policy, now ?? emptyState),
    look: { isBlind: false, balanceUsd: 100, burnPerHrUsd: 4.47, pods: pods.map(({ id }) => id) },
  };
}
