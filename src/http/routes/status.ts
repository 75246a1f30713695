import type { Routes } from "#http/app.ts";
import { textOf } from "#http/view/text-of.ts";

export const statusRoutes: Routes = (app, { view, redact }) => {
  app.get("/api/status", (context) =>
    context.body(textOf(view.status(), redact), 200, { "content-type": "application/json" }),
  );
};
