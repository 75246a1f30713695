import { main } from "#main.ts";
import type { Paces } from "#paces.ts";
import { ownProgram } from "#process/own-program.ts";
import { shortPaces } from "../short-paces.ts";

/** The executable with short paces; those that its first argument names, as JSON, are what it says; `-`: none. */
const [changes = "-"] = process.argv.splice(2, 1);
const changed = changes === "-" ? {} : (JSON.parse(changes) as Partial<Paces>);
const paces: Paces = { ...shortPaces, ...changed };
const { argv, folder } = ownProgram(process);

await main(paces, (exitCode) => process.exit(exitCode), { argv: [...argv, "-"], folder });
