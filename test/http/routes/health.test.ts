import { Hono } from "hono";
import { expect, it } from "vitest";
import type { Asker, HttpEnv } from "#http/asker.ts";
import type { HttpDeps } from "#http/deps.ts";
import type { Health } from "#http/health.ts";
import { healthRoutes } from "#http/routes/health.ts";

const healthy: Health = {
  isHealthy: true,
  because: "the last poll that worked was 5 s ago",
  lastGoodAtMs: 0,
  limitMs: 180_000,
};
const unhealthy: Health = { ...healthy, isHealthy: false, lastGoodAtMs: undefined };

/** What the doors have found is said here by the test. */
function ask(health: Health, asker: Asker | undefined) {
  const app = new Hono<HttpEnv>();
  app.use(async (c, next) => {
    if (asker !== undefined) c.set("asker", asker);
    await next();
  });
  healthRoutes(app, { health: () => health } as unknown as HttpDeps);
  return app.request("/health");
}

it.each([
  ["healthy, to anybody", healthy, undefined, 200, "ok"],
  ["unhealthy, to anybody", unhealthy, undefined, 503, "unhealthy"],
  ["to a job, which may know no more", unhealthy, "job", 503, "unhealthy"],
] as const)("%s: yes or no, and nothing else", async (_sentence, health, asker, status, text) => {
  const answer = await ask(health, asker);

  expect(answer.status).toBe(status);
  expect(await answer.text()).toBe(text);
});

it.each([
  [healthy, "owner", 200, "1970-01-01T00:00:00.000Z"],
  [unhealthy, "owner", 503, null],
  [healthy, "monitor", 200, "1970-01-01T00:00:00.000Z"],
  [unhealthy, "monitor", 503, null],
] as const)(
  "with a token it says why: %o, to the %s",
  async (health, asker, status, lastGoodAt) => {
    const answer = await ask(health, asker);

    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({
      is_healthy: health.isHealthy,
      because: health.because,
      last_good_at: lastGoodAt,
      limit_seconds: 180,
    });
  },
);
