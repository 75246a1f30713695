import { randomBytes } from "node:crypto";
import { minuteMs } from "#guard/model/time.ts";
import type { Clock } from "#ports.ts";
import { isSame } from "./same-secret.ts";

/** Codes that open the page once, within a minute. */
export interface OnceCodes {
  make(): string;
  /** Whether it can be taken. */
  has(code: string): boolean;
  /** Whether it was good; it is none any more. */
  take(code: string): boolean;
}

export const codeLastsMs = minuteMs;
const most = 20;

export function createOnceCodes(clock: Pick<Clock, "nowMs">): OnceCodes {
  let made: readonly { readonly code: string; readonly untilMs: number }[] = [];
  const fresh = () => made.filter(({ untilMs }) => untilMs > clock.nowMs());
  return {
    make() {
      const code = randomBytes(32).toString("base64url");
      made = [...fresh().slice(1 - most), { code, untilMs: clock.nowMs() + codeLastsMs }];
      return code;
    },
    has: (code) => fresh().some((each) => isSame(code, each.code)),
    take(code) {
      const good = fresh().filter((each) => isSame(code, each.code));
      made = fresh().filter((each) => !good.includes(each));
      return good.length > 0;
    },
  };
}
