import type { Message } from "./message.ts";
import type { ChannelType } from "./settings.ts";

/** One way to reach people. */
export interface Channel {
  readonly name: string;
  readonly type: ChannelType;
  /** Sends one message, once. Never throws, and settles within the channel's time limit. */
  send(message: Message, signal: AbortSignal): Promise<Sent>;
  /**
   * Asks the service whether it would take messages, without sending any. "untried": it has no way to
   * be asked. Never throws.
   */
  probe(signal: AbortSignal): Promise<Sent | { readonly kind: "untried" }>;
}

/** How it went. No secret stands in the words. */
export type Sent =
  /** The service has taken it; `answer` is what it said, in a few words. */
  | { readonly kind: "sent"; readonly answer: string }
  | {
      readonly kind: "failed";
      readonly because: string;
      /** What the service asked to wait. */
      readonly waitMs?: number | undefined;
      /** Trying again cannot help: a wrong token, an address that is not there. */
      readonly isRefused: boolean;
      /** Nobody was asked: a secret that it takes is not there. */
      readonly hasNoSecret?: boolean | undefined;
    }
  | { readonly kind: "interrupted" };
