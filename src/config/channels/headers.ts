import type { Fault } from "#config/reading/explain.ts";
import {
  findSecrets,
  type FoundSecrets,
  noSecrets,
  type ShapedKey,
  together,
} from "#config/secrets/found-secrets.ts";
import { isEntry } from "#config/secrets/secret-source.ts";

/** The headers of a webhook, their values read: each may be named `NAME_env` or `NAME_file`. */
export async function findHeaders(
  headers: unknown,
  where: string,
  env: NodeJS.ProcessEnv,
): Promise<FoundSecrets> {
  if (!isEntry(headers)) return noSecrets;
  const at = `${where}.headers`;
  const names = [...new Set(Object.keys(headers).map((name) => name.replace(/_(env|file)$/, "")))];
  const keys = names.map((key): ShapedKey => ({ key, isNeeded: true, shape: "header" }));
  const found = await findSecrets(headers, at, keys, env);
  return together([found, { ...noSecrets, faults: repeated(names, at) }]);
}

/** Letter case makes no other header. */
function repeated(names: readonly string[], at: string): readonly Fault[] {
  const small = names.map((name) => name.toLowerCase());
  return names.flatMap((name, n) => {
    const first = small.indexOf(small[n] ?? "");
    return first === n
      ? []
      : [{ where: `${at}.${name}`, what: `is the same header as ${names[first]}; keep one` }];
  });
}
