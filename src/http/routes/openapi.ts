import type { Routes } from "#http/app.ts";
import { openapiDocument } from "#http/openapi/document.ts";

export const openapiRoutes: Routes = (app) => {
  let text: string | undefined;
  app.get("/api/openapi.json", (c) => {
    text ??= JSON.stringify(openapiDocument(), null, 2);
    return c.body(text, 200, { "content-type": "application/json" });
  });
};
