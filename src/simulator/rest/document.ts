import type { Route } from "./routes.ts";

/** The OpenAPI document that the simulator shows of itself: every route, its 200 answer by reference. */
export function documentOf(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {};
  const schemas: Record<string, object> = {};
  for (const route of routes) {
    const name = nameOf(route);
    if (route.fields !== undefined) schemas[name] = schemaOf(route.fields);
    paths[route.path] = {
      ...paths[route.path],
      [route.method.toLowerCase()]: operation(route, name),
    };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Simulated account", version: "2.0.0" },
    servers: [{ url: "https://api.runpod.io" }],
    security: [{ bearerAuth: [] }],
    paths,
    components: {
      securitySchemes: { bearerAuth: { type: "http", scheme: "bearer" } },
      schemas,
    },
  };
}

function operation(route: Route, name: string): object {
  const content =
    route.fields === undefined
      ? {}
      : { content: { "application/json": { schema: { $ref: `#/components/schemas/${name}` } } } };
  return {
    operationId: name,
    responses: { [statusOf(route)]: { description: "OK", ...content } },
  };
}

function statusOf({ method, path }: Route): string {
  if (method === "DELETE") return "204";
  return method === "POST" && path === "/v2/pods" ? "201" : "200";
}

function schemaOf(fields: Readonly<Record<string, object>>): object {
  return { type: "object", required: Object.keys(fields), properties: fields };
}

function nameOf({ method, path }: Route): string {
  const words = path
    .split("/")
    .slice(2)
    .map((part) => part.replaceAll(/\W/g, ""));
  return [method.toLowerCase(), ...words]
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
