import { unescaped } from "#hook/detect/shell/quotes.ts";
import { programName } from "#hook/detect/programs/names.ts";
import type { Scope, Text } from "./scope.ts";

function echo(args: readonly string[]): string {
  const from = args.findIndex((arg) => !/^-[neE]+$/.test(arg));
  const words = (from === -1 ? [] : args.slice(from)).join(" ");
  const isEscaped = args.slice(0, from === -1 ? undefined : from).some((arg) => arg.includes("e"));
  return `${isEscaped ? unescaped(words) : words}\n`;
}

export function printf(args: readonly string[]): string {
  const [format = "", ...values] = args[0] === "--" ? args.slice(1) : args;
  const left = [...values];
  let all = "";
  for (;;) {
    const before = left.length;
    all += unescaped(format).replaceAll(/%%|%[-+ #0]*\d*(?:\.\d+)?[a-zA-Z]/g, (each) => {
      if (each === "%%") return "%";
      const value = left.shift() ?? "";
      return each.endsWith("b") ? unescaped(value) : value;
    });
    if (left.length === 0 || left.length === before || all.length > longestSeen) return all;
  }
}

function decoded(text: string): string | undefined {
  try {
    return atob(text.replaceAll(/\s/g, ""));
  } catch {
    return undefined;
  }
}

function fromHex(text: string): string {
  return text
    .replaceAll(/[^0-9a-f]/gi, "")
    .replaceAll(/../g, (pair) => String.fromCodePoint(Number.parseInt(pair, 16)));
}

function letters(set: string): readonly string[] {
  const named = set.replaceAll("[:upper:]", "A-Z").replaceAll("[:lower:]", "a-z");
  const ranges = named.replaceAll(/(\w)-(\w)/g, (_all, from: string, to: string) =>
    Array.from({ length: Math.max(0, to.charCodeAt(0) - from.charCodeAt(0) + 1) }, (_, step) =>
      String.fromCodePoint(from.charCodeAt(0) + step),
    ).join(""),
  );
  return unescaped(ranges).split("");
}

function tr(args: readonly string[], text: string): string {
  const [from = "", to = ""] = args.filter((arg) => !/^-[a-zA-Z]+$/.test(arg));
  const [before, after] = [letters(from), letters(to)];
  if (args.some((arg) => /^-\w*d/.test(arg)))
    return text
      .split("")
      .filter((char) => !before.includes(char))
      .join("");
  if (after.length === 0) return text;
  const map = new Map(before.map((char, index) => [char, after[index] ?? after.at(-1) ?? ""]));
  return text
    .split("")
    .map((char) => map.get(char) ?? char)
    .join("");
}

function sed(args: readonly string[], text: string): string | undefined {
  if (text.length > longestSeen) return undefined;
  const scripts = args.filter((arg) => !arg.startsWith("-"));
  const [, mark, from, to, flags] =
    /^s([/|#,:@])((?:(?!\1)[^\\.*+?[\]^$()])+)\1((?:(?!\1)[^\\&])*)\1(g?)$/.exec(
      scripts[0] ?? "",
    ) ?? [];
  if (mark === undefined || scripts.length !== 1) return undefined;
  return text
    .split("\n")
    .map((line) =>
      flags === "g"
        ? line.replaceAll(from ?? "", () => to ?? "")
        : line.replace(from ?? "", () => to ?? ""),
    )
    .join("\n");
}

function rev(text: string): string {
  return text
    .split("\n")
    .map((line) => line.split("").toReversed().join(""))
    .join("\n");
}

function cat(args: readonly string[], scope: Scope, input: string | undefined) {
  const paths = args.filter((arg) => !arg.startsWith("-") || arg === "-");
  if (paths.length === 0) return input;
  const texts = paths.map((path) => (path === "-" ? input : scope.files.get(path)));
  return texts.every((text) => text !== undefined) ? texts.join("") : undefined;
}

function filtered(
  name: string,
  args: readonly string[],
  scope: Scope,
  given: Text | undefined,
): string | undefined {
  const input = given?.known;
  switch (name) {
    case "echo":
      return echo(args);
    case "printf":
      return printf(args);
    case "true":
    case ":":
      return "";
    case "cat":
      return cat(args, scope, input);
    case "which":
    case "realpath":
    case "readlink":
    case "type":
      return args.at(-1);
    case "basename":
      return args[0] === undefined ? undefined : programName(args[0]);
    case "tee":
    case "tac":
    case "sort":
    case "uniq":
    case "head":
    case "tail":
    case "grep":
      return input;
    default:
      return input === undefined ? undefined : transformed(name, args, input);
  }
}

function transformed(name: string, args: readonly string[], input: string): string | undefined {
  const isBack = args.some((arg) => /^(?:-d|-D|--decode|-di|-id)$/.test(arg));
  if (/^(?:base64|gbase64)$/.test(name)) return isBack ? decoded(input) : undefined;
  if (name === "openssl" && args.includes("base64")) return isBack ? decoded(input) : undefined;
  if (name === "xxd") return args.join(" ").includes("r") ? fromHex(input) : undefined;
  if (name === "tr") return tr(args, input);
  if (name === "sed") return sed(args, input);
  return name === "rev" ? rev(input) : undefined;
}

const longestSeen = 100_000;
const longestKnown = 1_500_000;

/** What a program puts out, as far as its words say it. */
export function outputOf(argv: readonly string[], scope: Scope, input: Text | undefined): Text {
  const seen = `${argv.join(" ")} ${input?.seen ?? ""}`.slice(0, longestSeen);
  const known = filtered(programName(argv[0] ?? ""), argv.slice(1), scope, input);
  return { known: known !== undefined && known.length > longestKnown ? undefined : known, seen };
}
