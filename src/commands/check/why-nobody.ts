import type { Settings } from "#config/settings.ts";
import type { EventName } from "#guard/model/effect.ts";
import { severityOf } from "#guard/outbox/severity.ts";
import { wants } from "#guard/outbox/ways.ts";

/** Why nobody is told of such an event; empty where somebody is. */
export function whyNobody(
  { notifyCommand, thresholds, channels }: Settings,
  event: EventName,
): readonly string[] {
  const commands = [{ notifyCommand }, ...thresholds].map((each) => each.notifyCommand);
  if (commands.some((command) => command.length > 0)) return [];
  if (channels.length === 0) return ["notify and extra_notify_command are empty"];
  const severity = severityOf(event);
  return channels.some((channel) => wants(channel, { event, severity }))
    ? []
    : ["no channel is told of it"];
}
