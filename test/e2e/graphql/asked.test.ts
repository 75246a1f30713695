import { describe, expect, it } from "vitest";
import { version } from "../../../package.json";
import { guardWith } from "../guard.ts";

describe.concurrent("a look asks", () => {
  it("once, as runpodboss, with the key in its header only, for nothing secret", async (test) => {
    const guard = await guardWith(test, { pods: [{ costPerHrUsd: 1 }] });

    await guard.watch("--once").ended;

    const [asked, ...more] = guard.simulator.queries.filter(({ query }) =>
      query.includes("clientBalance"),
    );
    expect(more).toEqual([]);
    expect(asked).toMatchObject({ userAgent: `runpodboss/${version}`, hasAuthorization: true });
    expect(asked?.variables).toEqual({});
    const fields = asked?.query.match(/\w+/g)?.slice(2);
    expect(fields?.toSorted()).toEqual(
      [
        "clientBalance",
        "costPerHr",
        "currentSpendPerHr",
        "desiredStatus",
        "id",
        "locked",
        "myself",
        "name",
        "networkVolumeId",
        "pods",
      ].toSorted(),
    );
  });

  it("beside a measurement, once, which asks for no money and nothing secret either", async (test) => {
    const guard = await guardWith(test, { pods: [{ costPerHrUsd: 1 }] });

    await guard.watch("--once").ended;

    expect(guard.simulator.requests).toBe(2);
    const [, asked] = guard.simulator.queries;
    expect(asked).toMatchObject({ userAgent: `runpodboss/${version}`, hasAuthorization: true });
    expect(asked?.query).not.toMatch(/clientBalance|mutation|email|apiKey|secret|env\b|ports/i);
  });

  it("alone where no pod runs", async (test) => {
    const guard = await guardWith(test, { pods: [{ costPerHrUsd: 1, status: "EXITED" }] });

    await guard.watch("--once").ended;

    expect(guard.simulator.requests).toBe(1);
  });
});
