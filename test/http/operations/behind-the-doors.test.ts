import { describe, expect, it } from "vitest";
import { createApp } from "#http/app.ts";
import { activityToken, asking, bearer, depsWith, metricsToken } from "../http-deps.ts";
import { daemonWith } from "./daemon.ts";

const asJob = { authorization: `Bearer ${activityToken}` };
const asMonitor = { authorization: `Bearer ${metricsToken}` };

async function behindDoors() {
  const daemon = await daemonWith();
  const app = createApp(depsWith({ operations: daemon.operations }));
  return { ...daemon, app, request: asking(app) };
}

/** Open to all, or with a proof of its own: nothing of it does anything to a pod for a token. */
const isOpen = (path: string): boolean => /^\/(health$|login$|logout$|act\/|open\/)/.test(path);

describe("the token of a job in a pod", () => {
  it("lets it say that it is at work", async () => {
    const { request, state } = await behindDoors();

    const answer = await request("/api/activity/p1", { method: "POST", headers: asJob });

    expect(answer.status).toBe(204);
    expect(state().runs["p1"]?.touchedAtMs).toBeDefined();
  });

  it("lets it do nothing else of all that is served", async () => {
    const { app, request, model, operations, changes } = await behindDoors();
    const served = app.routes.filter(
      ({ method, path }) => method !== "ALL" && !isOpen(path) && !path.startsWith("/api/activity"),
    );
    const asked = [
      ...served.map(({ method, path }) => ({ method, path: path.replace(/:\w+/g, "p1") })),
      { method: "GET", path: "/api/activity/p1" },
      { method: "PUT", path: "/api/activity/p1" },
      { method: "POST", path: "/api/activity/p1/stop" },
      { method: "POST", path: "/api/activity/../pods/p1/stop" },
      { method: "POST", path: "/api/activity/%2e%2e/pods/p1/stop" },
      { method: "POST", path: "/api/pods/p1/stop?path=/api/activity/p1" },
      { method: "POST", path: "/API/PODS/p1/stop" },
    ];
    expect(served.length).toBeGreaterThan(8);

    for (const { method, path } of asked) {
      const { status } = await request(path, { method, headers: asJob });

      expect([status, method, path]).toEqual([
        expect.toSatisfy((code: number) => [400, 401, 403, 404, 405].includes(code)),
        method,
        path,
      ]);
    }
    expect(model.asked).toEqual([]);
    expect(operations.latest()).toEqual([]);
    expect(changes).toEqual([]);
  });
});

describe("the token of Prometheus", () => {
  it("lets it do nothing of all that is served but read the metrics", async () => {
    const { app, request, model, operations, changes, state } = await behindDoors();
    const served = app.routes.filter(
      ({ method, path }) => method !== "ALL" && !isOpen(path) && path !== "/metrics",
    );
    const asked = [
      ...served.map(({ method, path }) => ({ method, path: path.replace(/:\w+/g, "p1") })),
      { method: "GET", path: "/metrics/" },
      { method: "GET", path: "/metrics/../api/status" },
      { method: "GET", path: "/metrics/%2e%2e/api/status" },
      { method: "GET", path: "/api/status?path=/metrics" },
      { method: "GET", path: "/METRICS" },
      { method: "POST", path: "/metrics" },
    ];
    expect(served.length).toBeGreaterThan(8);

    for (const { method, path } of asked) {
      const { status } = await request(path, { method, headers: asMonitor });

      expect([status, method, path]).toEqual([
        expect.toSatisfy((code: number) => [400, 401, 403, 404, 405].includes(code)),
        method,
        path,
      ]);
    }
    expect((await request("/metrics", { headers: asMonitor })).status).toBe(200);
    expect(model.asked).toEqual([]);
    expect(operations.latest()).toEqual([]);
    expect(changes).toEqual([]);
    expect(state().runs["p1"]?.touchedAtMs).toBeUndefined();
  });
});

describe("an end", () => {
  it("is asked for with the owner's token", async () => {
    const daemon = await behindDoors();

    const answer = await daemon.request("/api/pods/p1/stop", { method: "POST", headers: bearer });
    await daemon.operations.idle();

    expect(answer.status).toBe(202);
    expect(daemon.model.asked).toEqual(["stop p1"]);
    expect((await daemon.history())[0]?.because).toMatch(/^over the API; /);
  });

  it.each([
    ["no token", {}, 401],
    ["a wrong token", { authorization: "Bearer nearly-the-token-of-the-owner" }, 401],
    ["the page of another site", { ...bearer, origin: "https://evil.example" }, 403],
    ["another name for this machine", { ...bearer, host: "evil.example:8092" }, 403],
  ])("with %s is not asked for", async (_sentence, headers, status) => {
    const daemon = await behindDoors();

    const answer = await daemon.request("/api/pods/p1/stop", { method: "POST", headers });
    await daemon.operations.idle();

    expect(answer.status).toBe(status);
    expect(daemon.model.asked).toEqual([]);
  });
});
