import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const folder = join(import.meta.dirname, "../../dist/page");
const files = readdirSync(folder);

interface Manifest {
  readonly icons: readonly {
    readonly src: string;
    readonly sizes: string;
    readonly purpose?: string;
  }[];
}

function text(name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

it("a phone gets it in under 120 KB, all of it", () => {
  const bytes = files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

  expect(bytes).toBeLessThan(120_000);
});

it("everything that it names is there, and nothing is of another host", () => {
  const named = [...text("index.html").matchAll(/(?:href|src)="([^"]*)"/g)].map(([, at]) => at);

  expect(named).toContain("page.js");
  expect(named.filter((at) => !files.includes(at ?? ""))).toEqual([]);
  expect(text("page.js")).toContain("icon-alarm.svg");
  expect(files).toContain("icon-alarm.svg");
  // Browsers ask for it by themselves, on pages that name no icon: where to log in.
  expect(files).toContain("favicon.ico");
  const hosts = files
    .filter((name) => !/\.(?:ico|png)$/.test(name))
    .flatMap((name) => text(name).match(/(?:https?:)?\/\/[\w.-]+\.\w+/g) ?? []);
  expect(hosts.filter((host) => host !== "http://www.w3.org")).toEqual([]);
});

it("holds no script and no style of its own in its HTML, which the policy would refuse", () => {
  expect(text("index.html")).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/i);
  expect(text("index.html")).toContain('crossorigin="use-credentials"');
});

it("can be put on a phone's home screen: icons of the sizes that it says", () => {
  const { icons } = JSON.parse(text("manifest.webmanifest")) as Manifest;
  const pngs = icons.filter(({ src }) => src.endsWith(".png"));

  expect(pngs.map(({ src, sizes }) => [src, sizes])).toEqual(
    pngs.map(({ src }) => [src, sizeOf(src)]),
  );
  expect(icons.map(({ sizes, purpose = "any" }) => `${sizes} ${purpose}`)).toEqual(
    expect.arrayContaining(["192x192 any", "512x512 any", "512x512 maskable"]),
  );
  expect(text("index.html")).toContain('rel="apple-touch-icon" href="icon-192.png"');
});

/** As the head of a PNG has it. */
function sizeOf(name: string): string {
  const bytes = readFileSync(join(folder, name));
  return `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`;
}
