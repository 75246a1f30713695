import { createWebClock } from "#outside/web-clock.ts";
import { type AccountHost, createAccountHost } from "./account-host.ts";
import type { Bindings } from "./accounts.ts";
import { keptIn, type ObjectStorage } from "./object-storage.ts";

/** The Durable Object of one account. */
export class AccountObject {
  readonly #host: AccountHost;

  constructor(
    { storage }: { readonly storage: ObjectStorage },
    bindings: Bindings,
    /** For tests to move time by hand. */
    nowMs: () => number = Date.now,
  ) {
    this.#host = createAccountHost(keptIn(storage), bindings, createWebClock(nowMs));
  }

  fetch(request: Request): Promise<Response> {
    return this.#host.fetch(request);
  }

  alarm(): Promise<void> {
    return this.#host.wake();
  }
}
