import { it } from "vitest";
import { ask } from "./raw.ts";
import { servedWith } from "./served.ts";
it("x", async (test) => {
  const s = await servedWith(test);
  await s.start();
  for (const target of [
    "/",
    "/health",
    "/metrics",
    "/api/status",
    "/api/live",
    "/api/openapi.json",
  ]) {
    const a = await Promise.race([
      ask(s.port, { target }),
      new Promise((r) => setTimeout(() => r("slow"), 2000)),
    ]);
    console.log(target, JSON.stringify(a).slice(0, 3000));
  }
});
