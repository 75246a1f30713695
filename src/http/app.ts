import { Hono } from "hono";
import type { HttpEnv } from "./asker.ts";
import type { HttpDeps } from "./deps.ts";
import { askerDoor, ownerDoor } from "./doors/asker-door.ts";
import { bodyDoor } from "./doors/body-door.ts";
import { failed } from "./doors/failed.ts";
import { faultAnswer } from "./doors/fault-answer.ts";
import { hostDoor } from "./doors/host-door.ts";
import { originDoor, sessionDoor } from "./doors/origin-door.ts";
import { rateDoor } from "./doors/rate-door.ts";
import { withSecurityHeaders } from "./doors/security-headers.ts";
import { createSessions, type Sessions } from "./login/session.ts";
import { createWrongTokens, type WrongTokens } from "./doors/wrong-tokens.ts";
import { actRoutes } from "./routes/act.ts";
import { balanceRoutes } from "./routes/balance.ts";
import { healthRoutes } from "./routes/health.ts";
import { historyRoutes } from "./routes/history.ts";
import { liveRoutes } from "./routes/live.ts";
import { loginRoutes } from "./routes/login.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { openapiRoutes } from "./routes/openapi.ts";
import { operationRoutes } from "./routes/operations.ts";
import { pageRoutes } from "./routes/page.ts";
import { statusRoutes } from "./routes/status.ts";

/** Adds what one file of `routes/` serves. */
export type Routes = (app: Hono<HttpEnv>, deps: HttpDeps) => void;

/** The same of one that is a door itself. */
export type DoorRoutes = (app: Hono<HttpEnv>, deps: HttpDeps, doors: Doors) => void;

/** What the doors remember. */
export interface Doors {
  readonly sessions: Sessions;
  readonly wrongTokens: WrongTokens;
}

/** Before the door of the owner: each lets in whom it should by itself. */
const openRoutes: readonly DoorRoutes[] = [healthRoutes, loginRoutes, actRoutes];

/** For the owner alone, and what a job may ask. Of two that serve one path the first answers. */
const ownRoutes: readonly DoorRoutes[] = [
  metricsRoutes,
  operationRoutes,
  statusRoutes,
  liveRoutes,
  balanceRoutes,
  historyRoutes,
  openapiRoutes,
  pageRoutes,
];

/** All that is served, behind its doors; knows no socket. */
export function createApp(deps: HttpDeps): Hono<HttpEnv> {
  const { settings, clock } = deps;
  const doors: Doors = {
    sessions: createSessions(settings, clock),
    wrongTokens: createWrongTokens(clock),
  };
  const app = new Hono<HttpEnv>();
  app.onError(faultAnswer(deps));
  app.notFound((c) => failed(c, 404, "Nothing is served there."));
  app.use(async (c, next) => {
    await next();
    deps.counts.answered(c.req.path, c.res.status);
  });
  app.use(withSecurityHeaders);
  app.use(hostDoor(settings));
  app.use(askerDoor(deps, doors));
  app.use(originDoor(settings));
  app.use(rateDoor(clock));
  app.use(bodyDoor);
  for (const add of openRoutes) add(app, deps, doors);
  app.use(ownerDoor(deps));
  app.use(sessionDoor(settings));
  for (const add of ownRoutes) add(app, deps, doors);
  return app;
}
