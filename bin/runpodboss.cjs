#!/usr/bin/env node
"use strict";
const { existsSync } = require("node:fs");
const { dirname, join } = require("node:path");

// What npm builds at the installation. A setting of npm may have kept it from running any script.
const folder = dirname(__dirname);
const executable = join(folder, "dist", "cli.js");

// CommonJS, as the executable itself must be: see src/cli.ts.
if (existsSync(executable)) require(executable);
else {
  process.stderr.write(
    `runpodboss is not built: npm ran no scripts when it was installed.\nIn ${folder} run: npm run build\n`,
  );
  process.exitCode = 2;
}
