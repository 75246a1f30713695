import type { Routes } from "#http/app.ts";
import { contentType } from "#http/metrics/text-format.ts";

/** For Prometheus, which shows a token of its own as `authorization` in its scrape config says. */
export const metricsRoutes: Routes = (app, { metrics }) => {
  app.get("/metrics", (c) => c.body(metrics(), 200, { "content-type": contentType }));
};
