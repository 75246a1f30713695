import { main } from "#main.ts";
import type { Paces } from "#paces.ts";
import { shortPaces } from "../short-paces.ts";

/** The executable with short paces; those that its first argument names, as JSON, are what it says. */
const [changes = "{}"] = process.argv.splice(2, 1);
const paces: Paces = { ...shortPaces, ...(JSON.parse(changes) as Partial<Paces>) };

await main(paces, (exitCode) => process.exit(exitCode));
