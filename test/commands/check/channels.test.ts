import { expect, it } from "vitest";
import {
  brokenChannels,
  channelLines,
  channelWarnings,
  type CheckedChannel,
  checkChannels,
} from "#commands/check/channels.ts";
import { channelMark } from "#config/channel-mark.ts";
import type { ChannelSettings } from "#notify/settings.ts";
import { createFakeClock } from "../../fake-clock.ts";
import { answer, common, silence, startService } from "../../notify/services/service.ts";

const dayMs = 24 * 3_600_000;
const signal = new AbortController().signal;

const ntfyAt = (origin: string, name: string) =>
  ({
    ...common,
    type: "ntfy" as const,
    name,
    url: `${origin}/a1B2c3D4e5F6`,
    timeLimitMs: 600_000,
  }) satisfies ChannelSettings;

it("a channel that never answers holds up check for some seconds only", async () => {
  const { origin } = await startService(silence);
  const clock = createFakeClock();

  const checking = checkChannels({ channels: [ntfyAt(origin, "dead")] }, {}, clock, signal);
  await clock.advanceTo(10_000);
  const checked = await checking;

  expect([...brokenChannels(checked)]).toEqual(["dead"]);
  expect(channelWarnings(checked, "runpodboss")).toEqual([
    "channel dead: not reached: no complete answer within 10 s. Check url, and whether this machine reaches it; then try again.",
  ]);
});

it("a test counts for the channel as it is now, by whatever it is told", async () => {
  const { origin } = await startService(answer(200, { healthy: true }));
  const ntfy = ntfyAt(origin, "ntfy");
  const tested = { ntfy: { at: "2026-11-23T03:15:00.000Z", mark: channelMark(ntfy) } };
  const check = async (channel: ChannelSettings) => {
    const checked = await checkChannels({ channels: [channel] }, tested, createFakeClock(), signal);
    return checked[0]?.testedAtMs;
  };

  expect(await check({ ...ntfy, minSeverity: "critical" })).toBe(Date.UTC(2026, 10, 23, 3, 15));
  expect(await check({ ...ntfy, token: "another" })).toBeUndefined();
  expect(await check({ ...ntfy, name: "toString" })).toBeUndefined();
});

it.each<[string, CheckedChannel["probed"], number | undefined, string]>([
  [
    "today",
    { kind: "sent", answer: "HTTP 200" },
    90 * 60_000,
    "reached (HTTP 200); last tested 1 h 30 min ago",
  ],
  [
    "yesterday",
    { kind: "sent", answer: "HTTP 200" },
    dayMs,
    "reached (HTTP 200); last tested 1 day ago",
  ],
  [
    "days ago, and cannot be asked",
    { kind: "untried" },
    3 * dayMs + 1,
    "cannot be tried without sending: runpodboss notify test ntfy; last tested 3 days ago",
  ],
  [
    "by a clock that was ahead",
    { kind: "sent", answer: "ok" },
    -dayMs,
    "reached (ok); last tested 0 s ago",
  ],
  ["never", { kind: "interrupted" }, undefined, "interrupted; never tested"],
])("a channel's row says how it is and that it was last tested %s", (_, probed, agoMs, words) => {
  const nowMs = 100 * dayMs;
  const testedAtMs = agoMs === undefined ? undefined : nowMs - agoMs;
  const checked: CheckedChannel = { name: "ntfy", type: "ntfy", probed, testedAtMs, filters: [] };

  expect(channelLines([checked], "runpodboss", nowMs)).toEqual(["channels:", `  ntfy  ${words}`]);
});
