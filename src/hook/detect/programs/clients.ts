import { isRunPods } from "#hook/detect/api/request.ts";
import type { Found } from "#hook/detect/found.ts";
import type { Scope, Text } from "#hook/detect/walk/scope.ts";
import { contentOf, sent, unreadable } from "./curl.ts";
import { mentionsRunPod } from "./names.ts";
import { ownMutation } from "#hook/detect/api/graphql.ts";

/** `wget`, whose options say what is sent. */
export function wget(
  argv: readonly string[],
  scope: Scope,
  input: Text | undefined,
): readonly Found[] {
  let method: string | undefined;
  let body: string | undefined = "";
  const urls: string[] = [];
  for (let at = 1; at < argv.length; at += 1) {
    const arg = argv[at] ?? "";
    const [, name = "", attached] =
      /^--(method|post-data|post-file|body-data|body-file)(?:=([\s\S]*))?$/.exec(arg) ?? [];
    if (name === "") {
      if (!arg.startsWith("-")) urls.push(arg);
      if (/^(?:-i|--input-file)/.test(arg) && mentionsRunPod(argv.join(" ")))
        return [unreadable("wget")];
      continue;
    }
    const value = attached ?? argv[(at += 1)] ?? "";
    if (name === "method") method = value.toUpperCase();
    else body = name.endsWith("file") ? contentOf(value, scope, input) : value;
    if (name.startsWith("post")) method ??= "POST";
  }
  return sent(
    urls.map((url) => ({ method: method ?? "GET", url, body })),
    argv.join(" "),
  );
}

const item = /^[\w.[\]-]+(?::=@|:=|==|=@|=|@)/;

/** HTTPie, xh and their like: a word that is a method, an address, and what is sent. */
export function httpie(
  argv: readonly string[],
  scope: Scope,
  input: Text | undefined,
): readonly Found[] {
  const words = argv.slice(1).filter((arg) => !arg.startsWith("-"));
  const verb = words.find((word) => /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/i.test(word));
  const raw = argv.findIndex((arg) => /^--raw(?:=|$)/.test(arg));
  const items = words.filter((word) => item.test(word) && !word.includes("==") && !isRunPods(word));
  const isSent = items.length > 0 || raw !== -1 || input !== undefined;
  const method = verb?.toUpperCase() ?? (isSent ? "POST" : "GET");
  const parts = [
    ...items.map((each) => {
      const file = /^[^=@]*(?::=@|=@|@)(.+)$/.exec(each)?.[1];
      return file === undefined ? each : contentOf(file, scope, input);
    }),
    ...words
      .filter((word) => word.startsWith("@"))
      .map((word) => contentOf(word.slice(1), scope, input)),
    ...(raw === -1 ? [] : [argv[raw]?.startsWith("--raw=") ? argv[raw]?.slice(6) : argv[raw + 1]]),
    ...(input === undefined ? [] : [input.known]),
  ];
  const body = parts.every((part) => part !== undefined) ? parts.join("&") : undefined;
  const found = sent(
    words.filter((word) => word !== verb).map((url) => ({ method, url, body })),
    argv.join(" "),
  );
  return found;
}

/** Some program that is handed an address of RunPod's, and a word that changes what is there. */
export function someClient(argv: readonly string[], input: Text | undefined): readonly Found[] {
  const words = `${argv.join(" ")} ${input?.seen ?? ""}`;
  if (!/runpod/i.test(words) && !/pod(?:FindAndDeploy|RentInter|Resume|BidResume)/.test(words))
    return [];
  const own = ownMutation(words);
  if (own !== undefined) return [own];
  if (!/\b(?:api|rest|hapi|api-\w+)\.runpod\.(?:io|ai|net)\b/i.test(words)) return [];
  if (/\bapi\.runpod\.ai\/v2\/[\w-]+\/(?:run|runsync|openai)\b/.test(words)) return [];
  return /\b(?:POST|PUT|PATCH|mutation)\b/i.test(words) ? [unreadable(argv[0] ?? "it")] : [];
}
