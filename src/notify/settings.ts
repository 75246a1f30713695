import type { EventName, Severity } from "#guard/model/effect.ts";

/** A channel as the config names it, its secrets read. */
export type ChannelSettings = Common & Service;

interface Common {
  /** Unique; the service's type unless given. */
  readonly name: string;
  /** Of many accounts on one machine the one that it tells of; undefined: there is one. */
  readonly account?: string | undefined;
  /** Undefined: all. */
  readonly events?: readonly EventName[] | undefined;
  readonly minSeverity: Severity;
  /** Only what is critical is sent in them; the rest waits for their end. */
  readonly quietHours?: QuietHours | undefined;
  /** Undefined: what can be done about a notification goes along. */
  readonly hasButtons?: boolean | undefined;
  /** Set: a secret of it is not there now, and why not. What should hold one is empty; nothing can be sent. */
  readonly unreadable?: string | undefined;
  /** For one message, from the first byte to the last of the answer. */
  readonly timeLimitMs: number;
}

/** Minutes of the day, from 0 to 1439; the end may be before the start: over midnight. */
export interface QuietHours {
  readonly fromMinute: number;
  readonly toMinute: number;
  /** Undefined: this machine's. */
  readonly timeZone?: string | undefined;
}

type Service =
  | {
      readonly type: "ntfy";
      /** With the topic. */
      readonly url: string;
      readonly token?: string | undefined;
    }
  | { readonly type: "slack" | "discord" | "teams"; readonly webhookUrl: string }
  | {
      readonly type: "telegram";
      readonly botToken: string;
      readonly chatId: string;
      /** Of the bot API; undefined: Telegram's own. */
      readonly apiUrl?: string | undefined;
    }
  | {
      readonly type: "pushover";
      readonly appToken: string;
      readonly userKey: string;
      /** Undefined: Pushover's own. */
      readonly apiUrl?: string | undefined;
    }
  | { readonly type: "gotify"; readonly url: string; readonly appToken: string }
  | {
      readonly type: "email";
      /** `smtps://user:password@host:465`, or smtp with STARTTLS. */
      readonly smtpUrl: string;
      readonly to: readonly string[];
      /** Undefined: the user of `smtpUrl` where that is an address, else the first receiver. */
      readonly from?: string | undefined;
    }
  | {
      readonly type: "webhook";
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      /** Signs the body. */
      readonly secret?: string | undefined;
    };

export type ChannelType = Service["type"];
