import { expect, inject, it } from "vitest";
import { type Cost, type Role, roles, startFleet } from "./fleet.ts";

/** What an account costs a day at most: docs/figures.md says so. */
const most: Readonly<Record<Role, Omit<Cost, "leastAlarms" | "mostLateMs">>> = {
  standby: { beats: 1_440, alarms: 160, rowsWritten: 1_600, rowsRead: 4_500 },
  "standing in": { beats: 0, alarms: 1_440, rowsWritten: 3_000, rowsRead: 14_000 },
  primary: { beats: 0, alarms: 1_440, rowsWritten: 3_000, rowsRead: 12_000 },
};

/** Of Cloudflare's free plan, a day; each must hold this many accounts, all of them on standby. */
const free = { requests: 100_000, rowsWritten: 100_000, rowsRead: 5_000_000 };
const accounts = 60;

const minutes = 30;
const aDay = (24 * 60) / minutes;

it("an account costs as many requests, alarms and rows a day as the documents say, and sixty of them cost nothing", async (test) => {
  const fleet = await startFleet(inject("workerUrl"), {
    standby: 20,
    "standing in": 20,
    primary: 2,
  });
  test.onTestFinished(() => fleet.simulator.close());
  for (let n = 0; n < minutes; n += 1) {
    await fleet.endAll();
    await fleet.minute();
  }

  const costs = await Promise.all(roles.map((role) => fleet.costOf(role)));

  for (const [n, role] of roles.entries()) {
    const { beats = NaN, alarms = NaN, rowsWritten = NaN, rowsRead = NaN } = costs[n] ?? {};
    const { leastAlarms = NaN } = costs[n] ?? {};
    expect({ role, beats: beats * aDay }).toEqual({ role, beats: most[role].beats });
    expect(alarms * aDay, `${role}: alarms`).toBeLessThanOrEqual(most[role].alarms);
    // Each was woken when it asked to be.
    expect(leastAlarms, `${role}: alarms`).toBeGreaterThanOrEqual(
      role === "standby" ? 2 : minutes - 1,
    );
    expect(rowsWritten * aDay, `${role}: rows written`).toBeLessThanOrEqual(most[role].rowsWritten);
    expect(rowsRead * aDay, `${role}: rows read`).toBeLessThanOrEqual(most[role].rowsRead);
  }
  const { beats, alarms, rowsWritten, rowsRead } = most.standby;
  expect((beats + alarms) * accounts).toBeLessThanOrEqual(free.requests);
  expect(rowsWritten * accounts).toBeLessThanOrEqual(free.rowsWritten);
  expect(rowsRead * accounts).toBeLessThanOrEqual(free.rowsRead);
});
