import { Hono } from "hono";
import type { HttpDeps } from "./deps.ts";

/** Adds what one file of `routes/` serves. */
export type Routes = (app: Hono, deps: HttpDeps) => void;

/** For those who have shown a token. */
const routes: readonly Routes[] = [];

/** All that is served, behind its doors; knows no socket. */
export function createApp(deps: HttpDeps): Hono {
  const app = new Hono();
  for (const add of routes) add(app, deps);
  return app;
}
