import type { ChannelType } from "#notify/settings.ts";
import type { Caps } from "./answers/launch-caps.ts";

/** Answers that were given as options; undefined: not given. */
export interface Given {
  readonly apiKeyFile: string | undefined;
  /** The key comes by standard input. */
  readonly apiKeyStdin: boolean;
  readonly thresholds: string | undefined;
  readonly protect: readonly string[] | undefined;
  readonly channel: GivenChannel | undefined;
  /** Whether a test is sent. */
  readonly test: boolean | undefined;
  readonly idle: "stop" | "notify" | undefined;
  /** What may be started at most, or that nothing may be. */
  readonly launch: Caps | "none" | undefined;
  /** `url_env` or `url_file`. */
  readonly heartbeat: Readonly<Record<string, string>> | "none" | undefined;
  /** Where the page listens, or at the next free port; or that there is to be none. */
  readonly page: { readonly listen: string | undefined } | "none" | undefined;
  readonly service: boolean | undefined;
}

export type GivenChannel =
  | { readonly kind: "none" }
  | { readonly kind: "command"; readonly command: readonly string[] }
  | {
      readonly kind: "channel";
      readonly type: ChannelType;
      readonly entry: Readonly<Record<string, unknown>>;
    };
