import { UserError } from "#errors.ts";
import { quoted } from "#guard/text.ts";

/** The one of this name. Throws a UserError that says which names there are. */
export function namedAmong<Row extends { readonly name: string }>(
  kind: "schedule" | "budget",
  name: string,
  rows: readonly Row[],
  configPath: string,
): Row {
  const found = rows.find((row) => row.name === name);
  if (found !== undefined) return found;
  const names = rows.map((row) => row.name);
  throw new UserError(`There is no ${kind} ${quoted(name)}.`, {
    hint:
      names.length === 0
        ? `There are no ${kind}s in ${configPath}.`
        : `The ${kind}s are: ${names.join(", ")}`,
  });
}
