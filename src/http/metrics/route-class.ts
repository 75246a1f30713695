const exact: readonly string[] = [
  "/",
  "/health",
  "/metrics",
  "/login",
  "/logout",
  "/api/status",
  "/api/history",
  "/api/balance",
  "/api/live",
  "/api/openapi.json",
];

/** What begins so is one class: ids and tokens behind it are nobody's label. */
const beginnings: readonly (readonly [start: string, route: string])[] = [
  ["/api/operations", "/api/operations"],
  ["/api/activity/", "/api/activity/:id"],
  ["/act/", "/act/:token"],
  ["/assets/", "/assets"],
];

const pods = /^\/api\/pods\/[^/]+\/(extend|touch|stop|terminate)$/;

/** What a path asks for: one of a few, whatever strangers ask for. */
export function routeOf(path: string): string {
  if (exact.includes(path)) return path;
  const action = pods.exec(path)?.[1];
  if (action !== undefined) return `/api/pods/:id/${action}`;
  return beginnings.find(([start]) => path.startsWith(start))?.[1] ?? "other";
}
