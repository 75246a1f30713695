import type { Ask } from "./ask.ts";
import { addressOf } from "./address.ts";
import { pathsWith } from "./openapi.ts";

/** RunPod's own has 350 kB. */
const limits = { timeLimitMs: 5_000, maxBytes: 4 * 2 ** 20 };
const readAgainMs = 86_400_000;
const tryAgainMs = 600_000;

/** What is looked for: where the balance is, and where the account's limits are. */
const fields = ["balanceAmount", "spendRate"] as const;
type Field = (typeof fields)[number];

interface Discovered {
  readonly paths: readonly string[];
  /** Why there are none. */
  readonly because: string;
}

export interface Discovery {
  /** The paths that have the field by RunPod's own document, read if that is due. Never throws. */
  pathsOf(field: Field, signal: AbortSignal): Promise<Discovered>;
  /** What was found led nowhere: the document is read again, though not at once. */
  doubt(): void;
}

/** Reads RunPod's public OpenAPI document, which needs no key: when it is needed, and at most daily. */
export function createDiscovery(base: string, ask: Ask, nowMs: () => number): Discovery {
  let found: ReadonlyMap<Field, readonly string[]> = new Map();
  let because = "openapi.json was not read";
  let readAtMs = -Infinity;
  let isDoubtful = true;

  function isDue(): boolean {
    const agoMs = nowMs() - readAtMs;
    // A clock that went back says nothing of how long ago that was.
    return agoMs < 0 || agoMs >= (isDoubtful ? tryAgainMs : readAgainMs);
  }

  async function read(signal: AbortSignal): Promise<void> {
    const url = addressOf(base, "/openapi.json");
    if (url === undefined) return;
    const answered = await ask(url, { signal, limits, isPublic: true });
    // Interrupted, it would have been readable.
    if (signal.aborted) return;
    readAtMs = nowMs();
    if (answered.kind === "refused") {
      isDoubtful = true;
      because = `openapi.json could not be read (${answered.because})`;
      return;
    }
    const { body } = answered;
    found = new Map(fields.map((field) => [field, pathsWith(body, field)]));
    isDoubtful = false;
    because = "openapi.json names no path for it";
  }

  return {
    async pathsOf(field, signal) {
      if (isDue()) await read(signal);
      return { paths: found.get(field) ?? [], because };
    },
    doubt() {
      isDoubtful = true;
    },
  };
}
