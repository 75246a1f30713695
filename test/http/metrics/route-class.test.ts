import { expect, it } from "vitest";
import { routeOf } from "#http/metrics/route-class.ts";

it.each([
  ["the page", "/", "/"],
  ["the health", "/health", "/health"],
  ["the end of any pod", "/api/pods/abc123/stop", "/api/pods/:id/stop"],
  ["a pod whose id is odd", "/api/pods/%2e%2e/terminate", "/api/pods/:id/terminate"],
  ["a job that is at work", "/api/activity/abc123", "/api/activity/:id"],
  ["a signed link, whose token is a secret", "/act/eyJ2Ijox.c2ln", "/act/:token"],
  ["a link that opens the page once", "/open/c0de", "/open/:code"],
  ["a file of the page", "/page-5KQ2X.js", "/assets"],
  ["what strangers try", "/wp-login.php", "other"],
  ["what does not exist for pods", "/api/pods/abc123/format", "other"],
])("%s is a route of its own: %s", (_sentence, path, route) => {
  expect(routeOf(path)).toBe(route);
});
