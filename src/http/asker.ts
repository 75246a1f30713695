/** Who asks, by the token or session that the doors have seen: `job` may only say that it is at work. */
export type Asker = "owner" | "job";

/** What the doors tell the routes behind them. */
export interface HttpEnv {
  readonly Variables: { readonly asker?: Asker };
}
