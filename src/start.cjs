#!/usr/bin/env node
"use strict";

// What a command is called by. It is not built itself, so that it can say that the rest is not.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const executable = join(__dirname, "..", "dist", "cli.js");

if (existsSync(executable)) require(executable);
else {
  process.stderr.write(
    `runpodboss is not built yet: ${executable} is missing (npm runs no build with ignore-scripts).
Then try: cd ${join(__dirname, "..")} && npm run build
`,
  );
  process.exitCode = 2;
}
