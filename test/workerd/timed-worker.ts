import { AsyncLocalStorage } from "node:async_hooks";
import { AccountObject } from "#outside/worker/account-object.ts";
import { type Bindings, secretName } from "#outside/worker/accounts.ts";
import type { ObjectStorage } from "#outside/worker/object-storage.ts";
import { route, tick } from "#outside/worker/worker.ts";

/** What a test does to the object of one account. */
export interface Asked {
  /** Variables that the Worker has from now on, as if it had been deployed with them. */
  readonly bindings?: Bindings;
  /** Moves the clock on by so much. */
  readonly aheadMs?: number;
  /** Every wait takes so much less, in the alarms that follow. */
  readonly speed?: number;
  /** Its alarm goes off: so many times at once. */
  readonly wakes?: number;
  /** Its alarm goes off if it is due. */
  readonly isDue?: boolean;
  /** All of this to all of these accounts, and what is heard of them without what they keep. */
  readonly accounts?: readonly string[];
  /** The platform's own alarm goes off, at once. */
  readonly rings?: boolean;
  /** All that it keeps is lost, its alarm too. */
  readonly empties?: boolean;
  /** The object ends as when its machine does, whatever it is at; a new one goes on. */
  readonly dies?: boolean;
  /** The Worker's own alarm goes off, as if this were its only account. */
  readonly ticks?: boolean;
}

/** What a test hears of it. */
export interface Told {
  readonly nowMs: number;
  /** When it wants to be woken; null: nobody has said so. */
  readonly wakeAtMs: number | null;
  readonly rowsWritten: number;
  readonly rowsRead: number;
  readonly alarmsSet: number;
  /** How often it went off, and how late at most. */
  readonly alarms: number;
  readonly mostLateMs: number;
  readonly log: readonly string[];
  /** By its key. */
  readonly kept: Readonly<Record<string, string>>;
}

interface Time {
  aheadMs: number;
  speed: number;
  wakeAtMs: number | undefined;
  rowsWritten: number;
  rowsRead: number;
  alarmsSet: number;
  alarms: number;
  mostLateMs: number;
}

/** They outlive their objects, as the world around these does. By the object's own name. */
const times = new Map<string, Time>();
let added: Bindings = {};

/** What they log, by the account. */
const logs = new Map<string, string[]>();
const mostLines = 500;
// oxlint-disable-next-line no-console -- A test asks for it.
console.log = (line: string): void => {
  const { account } = JSON.parse(line) as { account: string };
  logs.set(account, [...(logs.get(account) ?? []), line].slice(-mostLines));
};

const speeds = new AsyncLocalStorage<number>();
const realTimeout = globalThis.setTimeout;
globalThis.setTimeout = ((work: () => void, ms?: number) =>
  realTimeout(work, (ms ?? 0) / (speeds.getStore() ?? 1))) as typeof setTimeout;

interface Context {
  readonly id: { toString(): string };
  readonly storage: ObjectStorage & { deleteAll(): Promise<void> };
  abort(because: string): void;
}

/** The object itself, with a clock and an alarm that a test moves by hand, and what it costs counted. */
export class TimedObject extends AccountObject {
  readonly #context: Context;
  readonly #time: Time;

  constructor(context: Context, env: Bindings) {
    const name = context.id.toString();
    const time: Time = times.get(name) ?? {
      aheadMs: 0,
      speed: 1,
      wakeAtMs: undefined,
      rowsWritten: 0,
      rowsRead: 0,
      alarmsSet: 0,
      alarms: 0,
      mostLateMs: 0,
    };
    times.set(name, time);
    const storage = counted(context.storage, time);
    super({ storage }, withAdded(env), () => Date.now() + time.aheadMs);
    this.#context = context;
    this.#time = time;
  }

  override async fetch(request: Request): Promise<Response> {
    if (request.headers.get("x-test") === null) return super.fetch(request);
    const asked = (await request.json()) as Asked;
    const time = this.#time;
    time.aheadMs += asked.aheadMs ?? 0;
    time.speed = asked.speed ?? time.speed;
    if (asked.empties === true) {
      time.wakeAtMs = undefined;
      await this.#context.storage.deleteAll();
    }
    if (asked.dies === true || asked.empties === true) this.#context.abort("it ends");
    if (asked.rings === true) await this.#context.storage.setAlarm(Date.now());
    const isDue = asked.isDue === true && Date.now() + time.aheadMs >= (time.wakeAtMs ?? Infinity);
    const wakes = Array.from({ length: isDue ? 1 : (asked.wakes ?? 0) }, () => this.#wakes());
    await Promise.all(wakes);
    const { rowsWritten, rowsRead, alarmsSet, alarms, mostLateMs } = time;
    const told: Told = {
      nowMs: Date.now() + time.aheadMs,
      wakeAtMs: time.wakeAtMs ?? null,
      rowsWritten,
      rowsRead,
      alarmsSet,
      alarms,
      mostLateMs,
      log: asked.accounts === undefined ? (logs.get(accountIn(request)) ?? []) : [],
      kept: asked.accounts === undefined ? this.#kept() : {},
    };
    return Response.json(told);
  }

  /** As the platform does: what has gone off is set no more. */
  #wakes(): Promise<void> {
    const time = this.#time;
    const lateMs = Date.now() + time.aheadMs - (time.wakeAtMs ?? Infinity);
    time.mostLateMs = Math.max(time.mostLateMs, lateMs);
    time.alarms += 1;
    time.wakeAtMs = undefined;
    return speeds.run(time.speed, () => this.alarm());
  }

  #kept(): Readonly<Record<string, string>> {
    const { sql } = this.#context.storage;
    const tables = sql.exec("SELECT name FROM sqlite_master WHERE name = 'kept'").toArray();
    const rows = tables.length === 0 ? [] : sql.exec("SELECT key, value FROM kept").toArray();
    return Object.fromEntries(rows.map(({ key, value }) => [String(key), String(value)]));
  }
}

function counted(storage: ObjectStorage, time: Time): ObjectStorage {
  return {
    sql: {
      exec(query, ...values) {
        const cursor = storage.sql.exec(query, ...values);
        const rows = cursor.toArray();
        const { rowsRead, rowsWritten } = cursor as unknown as Pick<
          Time,
          "rowsRead" | "rowsWritten"
        >;
        time.rowsRead += rowsRead;
        time.rowsWritten += rowsWritten;
        return { toArray: () => rows };
      },
    },
    transactionSync: (work) => storage.transactionSync(work),
    setAlarm(atMs) {
      time.wakeAtMs = atMs;
      time.alarmsSet += 1;
      return Promise.resolve();
    },
    getAlarm: () => Promise.resolve(time.wakeAtMs ?? null),
    deleteAlarm() {
      time.wakeAtMs = undefined;
      return Promise.resolve();
    },
  };
}

const asking = { method: "POST", headers: { "x-test": "yes" } } as const;

function accountIn({ url }: Request): string {
  return new URL(url).pathname.split("/")[2] ?? "";
}

function withAdded(env: Bindings): Bindings {
  return { ...env, ...added };
}

// oxlint-disable-next-line import/no-default-export -- How the platform finds it.
export default {
  async fetch(request: Request, env: Parameters<typeof route>[1]): Promise<Response> {
    const now = { ...env, ...added };
    if (request.headers.get("x-test") === null) return route(request, now);
    const account = accountIn(request);
    const asked = (await request.json()) as Asked;
    if (asked.bindings !== undefined) {
      added = { ...added, ...asked.bindings };
      return Response.json({});
    }
    const tell = (name: string): Promise<Response> =>
      env.ACCOUNTS.get(env.ACCOUNTS.idFromName(name)).fetch(
        new Request(`http://object/beat/${name}`, { ...asking, body: JSON.stringify(asked) }),
      );
    if (asked.accounts !== undefined) {
      const told = await Promise.allSettled(asked.accounts.map(tell));
      if (asked.dies === true) return Response.json([]);
      const heard = told.flatMap((each) =>
        each.status === "fulfilled" ? [each.value.json()] : [],
      );
      return Response.json(await Promise.all(heard));
    }
    const told = await tell(account);
    const key = secretName(account);
    const alone = { ACCOUNTS: env.ACCOUNTS, [key]: now[key] };
    if (asked.ticks === true) await tick(undefined, alone);
    return told;
  },
};
