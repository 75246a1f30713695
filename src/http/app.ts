import { Hono } from "hono";
import type { HttpEnv } from "./asker.ts";
import type { HttpDeps } from "./deps.ts";
import { actRoutes } from "./routes/act.ts";
import { balanceRoutes } from "./routes/balance.ts";
import { healthRoutes } from "./routes/health.ts";
import { historyRoutes } from "./routes/history.ts";
import { liveRoutes } from "./routes/live.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { openapiRoutes } from "./routes/openapi.ts";
import { operationRoutes } from "./routes/operations.ts";
import { statusRoutes } from "./routes/status.ts";

/** Adds what one file of `routes/` serves. */
export type Routes = (app: Hono<HttpEnv>, deps: HttpDeps) => void;

const routes: readonly Routes[] = [
  actRoutes,
  healthRoutes,
  metricsRoutes,
  operationRoutes,
  statusRoutes,
  liveRoutes,
  balanceRoutes,
  historyRoutes,
  openapiRoutes,
];

/** All that is served, behind its doors; knows no socket. */
export function createApp(deps: HttpDeps): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  app.use(async (c, next) => {
    await next();
    deps.counts.answered(c.req.path, c.res.status);
  });
  for (const add of routes) add(app, deps);
  return app;
}
