import { AccountObject } from "#outside/worker/account-object.ts";
import type { Bindings } from "#outside/worker/accounts.ts";
import type { ObjectStorage } from "#outside/worker/object-storage.ts";
import { route } from "#outside/worker/worker.ts";

interface Asked {
  /** Moves the clock on by so much. */
  readonly aheadMs?: number;
  readonly wakes?: boolean;
}

/** The object itself, with a clock and an alarm that a test moves by hand. */
export class TimedObject extends AccountObject {
  readonly #time: { aheadMs: number; wakeAtMs: number | undefined };

  constructor(context: { readonly storage: ObjectStorage }, env: Bindings) {
    const time: { aheadMs: number; wakeAtMs: number | undefined } = {
      aheadMs: 0,
      wakeAtMs: undefined,
    };
    super(context, env, {
      nowMs: () => Date.now() + time.aheadMs,
      wakeAt(atMs) {
        time.wakeAtMs = atMs;
        return Promise.resolve();
      },
    });
    this.#time = time;
  }

  override async fetch(request: Request): Promise<Response> {
    if (request.headers.get("x-test") === null) return super.fetch(request);
    const { aheadMs = 0, wakes = false } = (await request.json()) as Asked;
    this.#time.aheadMs += aheadMs;
    if (wakes) await this.alarm();
    const nowMs = Date.now() + this.#time.aheadMs;
    return Response.json({ nowMs, wakeAtMs: this.#time.wakeAtMs ?? null });
  }
}

// oxlint-disable-next-line import/no-default-export -- How the platform finds it.
export default { fetch: route };
