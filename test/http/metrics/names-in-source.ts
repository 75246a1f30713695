import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = "src/http/metrics";

/** Every metric that the code can write. */
export function metricsInSource(): readonly string[] {
  const names = readdirSync(folder).flatMap((file) => [
    ...readFileSync(join(folder, file), "utf8").matchAll(/"((?:runpodboss|process|nodejs)_\w+)"/g),
  ]);
  return names.map(([, name = ""]) => name);
}
