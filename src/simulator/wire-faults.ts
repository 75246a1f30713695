import { dripping, dropped, huge, short, switching, unanswered } from "./sending.ts";
import type { Answer, Send } from "./sending.ts";

/** What befalls an answer on its way, whichever interface gives it. */
export type WireFault = "http-101" | "drop" | "short" | "silence" | "slow-drip" | "huge";

/** Where `genuine` is not called, nothing is done. */
export function brokenOnTheWire(fault: WireFault, genuine: () => Answer): Send {
  switch (fault) {
    case "http-101":
      return switching;
    case "drop":
      return dropped;
    case "short":
      return short(genuine());
    case "silence":
      return unanswered;
    case "slow-drip":
      return dripping(genuine());
    case "huge":
      return huge(genuine());
  }
}
