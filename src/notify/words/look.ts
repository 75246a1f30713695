import { cleanName } from "#control-characters.ts";
import type { Message } from "#notify/message.ts";

/** `critical · threshold:low`: how much it matters, and what all that is said of one thing is found by. */
export function footerOf({ severity, incident }: Pick<Message, "severity" | "incident">): string {
  return `${severity} · ${cleanName(incident)}`;
}

type Shown = Pick<Message, "severity" | "isResolution">;

/** How much it matters, at a glance, where a service has no colours. */
export function markOf({ severity, isResolution }: Shown): string {
  if (isResolution) return "✅";
  switch (severity) {
    case "critical":
      return "🚨";
    case "warning":
      return "⚠️";
    case "info":
      return "ℹ️";
  }
}

/** Red, amber, blue; green where it is over. As `0xRRGGBB`. */
export function colourOf({ severity, isResolution }: Shown): number {
  if (isResolution) return 0x2e_7d_32;
  switch (severity) {
    case "critical":
      return 0xd3_2f_2f;
    case "warning":
      return 0xf9_a8_25;
    case "info":
      return 0x19_76_d2;
  }
}
