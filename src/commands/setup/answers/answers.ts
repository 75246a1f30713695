import type { ChannelType } from "#notify/settings.ts";
import type { Caps } from "./launch-caps.ts";

/** All that the guided start asks for; nothing of it is written before all of it is known. */
export interface Answers {
  readonly key: ChosenKey;
  /** Of the thresholds, highest first. */
  readonly thresholdsUsd: readonly number[];
  /** The whole list. */
  readonly protect: readonly string[];
  readonly told: Told;
  readonly idle: IdleAnswer;
  readonly launch: LaunchAnswer;
  readonly heartbeat: HeartbeatAnswer;
  readonly page: PageAnswer;
  readonly service: boolean;
}

/** The key, and where the config is to take it from. */
export type ChosenKey = {
  readonly apiKey: string;
  readonly from: string;
} & (
  | { readonly kind: "as-it-is" }
  /** A file that is there: the config names it. */
  | { readonly kind: "file"; readonly path: string }
  /** It was pasted, or stands where a service does not look: a file is made of it. */
  | { readonly kind: "new" | "shell" }
);

/** Who is told: what stands there already, a channel, or a notify command. */
export type Told =
  | { readonly kind: "as-it-is" }
  | { readonly kind: "none" }
  | { readonly kind: "command"; readonly command: readonly string[] }
  | { readonly kind: "channel"; readonly channel: ChannelEntry };

/** An entry of `notify`, as it stands in the config. */
export type ChannelEntry = { readonly type: ChannelType } & Readonly<Record<string, unknown>>;

/** What a channel is called. */
export function nameOf({ name, type }: ChannelEntry): string {
  return typeof name === "string" ? name : type;
}

/** What happens to idle pods; undefined: what the config says. */
export type IdleAnswer = "stop" | "notify" | undefined;

/** What may be started with this program at most. */
export type LaunchAnswer =
  | { readonly kind: "as-it-is" }
  | { readonly kind: "none" }
  | { readonly kind: "caps"; readonly caps: Caps };

/** The page to look at: where it listens, as the config writes it. */
export type PageAnswer =
  | { readonly kind: "as-it-is" }
  | { readonly kind: "none" }
  | { readonly kind: "at"; readonly listen: string };

export type HeartbeatAnswer =
  | { readonly kind: "as-it-is" }
  | { readonly kind: "none" }
  | { readonly kind: "url"; readonly entry: Readonly<Record<string, string>> };
