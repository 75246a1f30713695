import type { HttpBindings } from "@hono/node-server";

/**
 * Who asks, by the token or session that the doors have seen: `job` may only say that it is at work, `monitor` only
 * read the metrics and how the guard is.
 */
export type Asker = "owner" | "job" | "monitor";

/** What the doors tell the routes behind them. */
export interface HttpEnv {
  readonly Variables: {
    asker?: Asker;
    /**
     * What they have seen of it: a browser sends its session without being asked. A session without an asker is one
     * without its key: it opens the files of the page, and nothing that they show.
     */
    by?: "token" | "session";
  };
  /** Absent where no socket is. */
  readonly Bindings: Partial<Pick<HttpBindings, "incoming">>;
}
