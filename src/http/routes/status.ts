import type { Routes } from "#http/app.ts";
import { textOf } from "./text-of.ts";

export const statusRoutes: Routes = (app, { view }) => {
  app.get("/api/status", (context) =>
    context.body(textOf(view.status()), 200, { "content-type": "application/json" }),
  );
};
