#!/usr/bin/env node
import { main } from "./main.ts";
import { realPaces } from "./paces.ts";

await main(realPaces, (exitCode) => process.exit(exitCode));
