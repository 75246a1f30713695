import type { Routes } from "#http/app.ts";

/** For whoever watches the guard: open to all, and without a token it tells yes or no. */
export const healthRoutes: Routes = (app, { health }) => {
  app.get("/health", (c) => {
    const { isHealthy, because, lastGoodAtMs, limitMs } = health();
    const status = isHealthy ? 200 : 503;
    const asker = c.get("asker");
    if (asker !== "owner" && asker !== "monitor") {
      return c.text(isHealthy ? "ok" : "unhealthy", status);
    }
    return c.json(
      {
        is_healthy: isHealthy,
        because,
        last_good_at: lastGoodAtMs === undefined ? null : new Date(lastGoodAtMs).toISOString(),
        limit_seconds: limitMs / 1_000,
      },
      status,
    );
  });
};
