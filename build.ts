import { copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build, type BuildOptions, type Plugin } from "esbuild";
import { format } from "prettier";
import { jsonSchema } from "#config/schema.ts";
import { webhookJsonSchema } from "#notify/services/webhook-schema.ts";
import { manPage } from "./docs/scripts/man-page.ts";

/** What the daemon starts to have its log written; it stands beside every bundle of it. */
export const logWriter = "src/output/log-writer.ts";
const standInAgent = "src/simulator/stand-in-agent.ts";

const shared = {
  outdir: "dist",
  entryNames: "[name]",
  bundle: true,
  platform: "node",
  target: "node20.19",
  // UMD builds hide their parts from the bundler.
  mainFields: ["module", "main"],
  minifySyntax: true,
  minifyWhitespace: true,
  metafile: true,
} as const satisfies BuildOptions;

const modules = {
  ...shared,
  splitting: true,
  format: "esm",
  outExtension: { ".js": ".mjs" },
  // CommonJS packages ask for Node's own modules with require.
  banner: {
    js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
  },
} as const satisfies BuildOptions;

/** Only the demo needs a GraphQL server: kept out of what every other command reads at its start. */
const simulatorApart: Plugin = {
  name: "simulator-apart",
  setup(bundler) {
    bundler.onResolve({ filter: /[/#]simulator\/server\.ts$/ }, () => ({
      path: "./simulator.mjs",
      external: true,
    }));
  },
};

/** What stands before all else is a file of its own: see `src/cli.ts`. */
const mainApart: Plugin = {
  name: "main-apart",
  setup(bundler) {
    bundler.onResolve({ filter: /^\.\/main\.ts$/ }, () => ({ path: "./main.mjs", external: true }));
  },
};

/** With DEBUG set, it would print the address of a proxy with the password in it. */
const noDebugOutput: Plugin = {
  name: "no-debug-output",
  setup(bundler) {
    bundler.onLoad({ filter: /node_modules\/debug\/src\/index\.js$/ }, () => ({
      contents: "module.exports = () => () => undefined;",
    }));
  },
};

/** What of uPlot draws other things than lines, on scales that no balance has: phones need not fetch it. */
const notForLines = [
  ["(paths.stepped = stepped);", ""],
  ["(paths.bars    = bars);", ""],
  ["(paths.spline  = monotoneCubic);", ""],
  ["uPlot.join = join;", ""],
  ["uPlot.tzDate  = tzDate;", ""],
  ["uPlot.orient   = orient;", ""],
  ["uPlot.sync = _sync;", ""],
  ["self.addSeries = addSeries;", ""],
  ["self.delSeries = delSeries;", ""],
  ["self.addBand = addBand;", ""],
  ["self.setBand = setBand;", ""],
  ["self.delBand = delBand;", ""],
  ["self.setSelect = setSelect;", ""],
  ["self.setLegend = setLegend;", ""],
  ["uPlot.rangeLog = rangeLog;", ""],
  ["uPlot.rangeAsinh = rangeAsinh;", ""],
  ["sc.distr == 3 ? snapLogX : sc.distr == 4 ? snapAsinhX : snapNumX", "snapNumX"],
  ["sc.distr == 3 ? snapLogY : sc.distr == 4 ? snapAsinhY : snapNumY", "snapNumY"],
  [
    "sc.distr == 3 ? logAxisSplits : sc.distr == 4 ? asinhAxisSplits : numAxisSplits",
    "numAxisSplits",
  ],
  [
    "sc.distr >= 3 && sc.log == 10 ? log10AxisValsFilt : sc.distr == 3 && sc.log == 2 ? log2AxisValsFilt : retArg1",
    "retArg1",
  ],
  // The words of moments are our own, as are those of a legend that is not there.
  ["const [ timeIncrsMs, _timeAxisStampsMs, timeAxisSplitsMs ] = genTimeStuffs(1);", ""],
  ["(ms == 1 ? timeAxisSplitsMs(_tzDate) : timeAxisSplitsS(_tzDate))", "timeAxisSplitsS(_tzDate)"],
  ["(ms == 1 ? timeIncrsMs : timeIncrsS)", "timeIncrsS"],
  [
    "timeAxisVals(_tzDate, timeAxisStamps((ms == 1 ? _timeAxisStampsMs : _timeAxisStampsS), _fmtDate));",
    "undefined;",
  ],
  ["timeSeriesVal(_tzDate, timeSeriesStamp(_timeSeriesStamp, _fmtDate));", "undefined;"],
  ["isStr(sv) ? timeSeriesVal(_tzDate, timeSeriesStamp(sv, _fmtDate)) : sv", "sv"],
  ["timeAxisVals(_tzDate, timeAxisStamps(av, _fmtDate))", "av"],
  ["timeAxisVal(_tzDate, av)", "av"],
  ["const _fmtDate = (opts.fmtDate || fmtDate);", ""],
  ["uPlot.fmtDate = fmtDate;", ""],
] as const;

/** What nothing calls any more after that. */
const calledByNone = ["initLegendRow", "addSeries", "delSeries", "addBand", "setBand", "delBand"];

const linesOnly: Plugin = {
  name: "lines-only",
  setup(bundler) {
    bundler.onLoad({ filter: /node_modules\/uplot\/dist\/uPlot\.esm\.js$/ }, ({ path }) => {
      let contents = readFileSync(path, "utf8");
      for (const [before, after] of notForLines) {
        if (!contents.includes(before)) throw new Error(`uPlot no longer holds: ${before}`);
        contents = contents.replace(before, after);
      }
      for (const name of calledByNone) {
        contents = contents.replace(new RegExp(`\\n\\tfunction ${name}\\([^]*?\\n\\t\\}\\n`), "\n");
      }
      // One series after the other along the same times, and no legend.
      contents = contents
        .replaceAll(/(?<![.\w])mode == 2\b/g, "false")
        .replaceAll(/(?<![.\w])mode == 1\b/g, "true")
        .replaceAll(/(?<!const )\bshowLegend\b/g, "false")
        .replaceAll(/\blegend\.live\b/g, "false")
        .replaceAll(
          "let [ bandFillDir, bandClipDir ] = bandFillClipDirs(u, seriesIdx);",
          "const bandFillDir = 0;",
        )
        .replaceAll(/\|\| bandFillDir != 0|\bbandClipDir != 0\b/g, (found) =>
          found === "bandClipDir != 0" ? "false" : "",
        )
        .replaceAll(/\b\w+\.distr == (?:3|4|100)(?!\d)/g, "false")
        .replace(/const _timeAxisStamps = \[[^]*?\n\t\];/, "const _timeAxisStamps = 0;");
      return { contents };
    });
  },
};

/** In graphql-request alone: what answers browsers needs Node's own, or its answers have no headers. */
const plainHeaders: Plugin = {
  name: "plain-headers",
  setup(bundler) {
    const instead = join(import.meta.dirname, "src/runpod/graphql/plain-headers.ts");
    bundler.onLoad({ filter: /node_modules\/graphql-request\/.*\.js$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const asks = /(?:new|instanceof) Headers\b/.test(text);
      return {
        contents: asks ? `import { Headers } from ${JSON.stringify(instead)};\n${text}` : text,
      };
    });
  },
};

/** How the executable is bundled; the benchmark bundles its own entry in the same way. */
export const guardBundle = {
  ...modules,
  plugins: [simulatorApart, noDebugOutput, plainHeaders],
} satisfies BuildOptions;

/** How the guard outside is bundled, for a runtime of the Web. */
export const workerBundle = {
  bundle: true,
  format: "esm",
  platform: "browser",
  conditions: ["workerd", "worker", "browser"],
  mainFields: ["module", "main"],
  target: "es2022",
  external: ["node:*"],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  metafile: true,
} as const satisfies BuildOptions;

/**
 * Bundles the executable with all that it needs: what was tested is what runs, nothing is resolved
 * or installed at 3 a.m., and a cold start reads few files. Writes the licences of what is bundled
 * and the man page beside it, and the JSON Schemas of the config and of a webhook.
 */
export async function buildAll(): Promise<void> {
  rmSync("dist", { recursive: true, force: true });
  await build({ ...shared, format: "cjs", plugins: [mainApart], entryPoints: ["src/cli.ts"] });
  // The package's other files are ES modules.
  writeFileSync("dist/package.json", `{ "type": "commonjs" }\n`);
  const guard = await build({ ...guardBundle, entryPoints: ["src/main.ts", logWriter] });
  const simulator = await build({
    ...modules,
    entryPoints: { simulator: "src/simulator/server.ts", "stand-in-agent": standInAgent },
  });
  const page = await buildPage();
  const worker = await build({
    ...workerBundle,
    outdir: "dist/outside",
    outExtension: { ".js": ".mjs" },
    entryPoints: { worker: "src/outside/worker/worker.ts" },
  });
  const inputs = {
    ...guard.metafile.inputs,
    ...simulator.metafile.inputs,
    ...page.metafile.inputs,
    ...worker.metafile.inputs,
  };
  writeFileSync("dist/THIRD-PARTY-LICENSES.txt", licencesOf(Object.keys(inputs)));
  writeFileSync("dist/runpodboss.1", manPage());
  writeFileSync("config.schema.json", await formatted(jsonSchema()));
  writeFileSync("webhook.schema.json", await formatted(webhookJsonSchema()));
}

/** What browsers get, in `dist/page`: nothing of it comes from another host. */
async function buildPage() {
  const page = await build({
    outdir: "dist/page",
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    metafile: true,
    charset: "utf8",
    // All licences are in a file of their own.
    legalComments: "none",
    plugins: [linesOnly],
    // uPlot's own, which nobody else names.
    mangleProps: /^_[a-z]/,
    entryPoints: { page: "src/page/main.ts", style: "src/page/page.css" },
  });
  for (const name of ["index.html", "manifest.webmanifest"]) {
    copyFileSync(join("src/page", name), join("dist/page", name));
  }
  cpSync("src/page/icons", "dist/page", { recursive: true });
  return page;
}

function formatted(schema: object): Promise<string> {
  return format(JSON.stringify(schema), { parser: "json", printWidth: 100 });
}

function licencesOf(inputs: readonly string[]): string {
  const folders = new Set(
    inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []),
  );
  return [...folders].sort().map(licenceOf).join("\n");
}

function licenceOf(folder: string): string {
  const { name, version, license } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  ) as Record<"name" | "version" | "license", string>;
  const text = ["LICENSE", "LICENSE.md", "license", "LICENCE", "LICENSE.txt"]
    .map((file) => readOrNothing(join(folder, file)))
    .find((each) => each !== undefined);
  if (text === undefined) throw new Error(`${name} is bundled and carries no licence text`);
  return `${"=".repeat(80)}\n${name} ${version} (${license})\n\n${text.trim()}\n`;
}

function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

if (process.argv[1] !== undefined && import.meta.filename === process.argv[1]) {
  process.chdir(dirname(import.meta.filename));
  await buildAll();
}
