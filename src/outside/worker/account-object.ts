import { createWebClock } from "#outside/web-clock.ts";
import { type AccountHost, createAccountHost } from "./account-host.ts";
import type { Bindings } from "./accounts.ts";
import { keptIn, type ObjectStorage } from "./object-storage.ts";

/** Where time comes from, for tests to move it by hand. */
export interface ObjectTime {
  readonly nowMs: () => number;
  readonly wakeAt: ((atMs: number) => Promise<void>) | undefined;
}

const realTime: ObjectTime = { nowMs: Date.now, wakeAt: undefined };

/** The Durable Object of one account. */
export class AccountObject {
  readonly #host: AccountHost;

  constructor(
    { storage }: { readonly storage: ObjectStorage },
    bindings: Bindings,
    { nowMs, wakeAt }: ObjectTime = realTime,
  ) {
    this.#host = createAccountHost(keptIn(storage, wakeAt), bindings, createWebClock(nowMs));
  }

  fetch(request: Request): Promise<Response> {
    return this.#host.fetch(request);
  }

  alarm(): Promise<void> {
    return this.#host.wake();
  }
}
