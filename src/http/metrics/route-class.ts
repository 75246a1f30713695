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
  "/api/login-codes",
  "/api/openapi.json",
];

/** What begins so is one class: ids and tokens behind it are nobody's label. */
const beginnings: readonly (readonly [start: string, route: string])[] = [
  ["/api/operations", "/api/operations"],
  ["/api/activity/", "/api/activity/:id"],
  ["/act/", "/act/:token"],
  ["/open/", "/open/:code"],
];

/** The files of the page. */
const asset = /^\/[\w-]+\.(?:css|js|png|svg|ico|webmanifest)$/;

const pods = /^\/api\/pods\/[^/]+\/(extend|touch|stop|terminate)$/;

/** What a path asks for: one of a few, whatever strangers ask for. */
export function routeOf(path: string): string {
  if (exact.includes(path)) return path;
  const action = pods.exec(path)?.[1];
  if (action !== undefined) return `/api/pods/:id/${action}`;
  if (asset.test(path)) return "/assets";
  return beginnings.find(([start]) => path.startsWith(start))?.[1] ?? "other";
}
