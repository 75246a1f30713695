import type { GlobalOptions } from "#terminal/context.ts";

export interface StatusOptions extends GlobalOptions {
  readonly json: boolean;
  readonly watch: boolean;
  readonly history: boolean;
  readonly plot: boolean;
  /** Of the plot: how far back. */
  readonly hours?: string;
  /** Every account instead of one. */
  readonly all: boolean;
  /** The options name one config or account. */
  readonly isOneNamed?: boolean;
}
