import { cannotLook } from "#report/account-error.ts";
import { keyFault } from "#config/key/key-shape.ts";
import type { UserError } from "#errors.ts";
import type { Look, Seen } from "#guard/model/account.ts";
import type { Settings } from "#config/settings.ts";
import type { ChosenKey } from "#commands/setup/answers/answers.ts";
import type { FoundKey, InterviewDeps } from "#commands/setup/deps.ts";
import { accountWords } from "./account-words.ts";

export interface KeyAndAccount {
  readonly key: ChosenKey;
  /** Undefined: RunPod was not seen, and the person goes on without. */
  readonly seen: Seen | undefined;
}

const option = "--api-key-file FILE, or --api-key-stdin";

/** Finds the key or asks for it, and shows the account that it opens. */
export async function keyStep(deps: InterviewDeps): Promise<KeyAndAccount> {
  const { prompter, isAsked } = deps;
  let key = await firstKey(deps);
  for (;;) {
    const settings = await deps.settingsWith({ key });
    const where = key.kind === "new" ? "" : `The API key is in ${key.from}. `;
    prompter.say(`${where}Asking RunPod ...`);
    const look = await deps.look(settings);
    const fault = faultOf(look, settings);
    if (fault === undefined && look.kind === "seen") {
      prompter.say(accountWords(look), "good");
      if (!isAsked || key.kind === "new" || (await isRightAccount(deps)))
        return { key, seen: look };
      key = await pasted(deps);
      continue;
    }
    if (fault === undefined) continue;
    if (!isAsked) throw fault;
    // What is to be done about a refused key is asked for below.
    const hint = isRefused(look) ? "" : (fault.hint ?? "");
    prompter.say(`${fault.message}\n${hint}`.trim(), "bad");
    switch (await whatNow(deps, look)) {
      case "again":
        break;
      case "paste":
        key = await pasted(deps);
        break;
      case "go-on":
        return { key, seen: undefined };
    }
  }
}

async function firstKey(deps: InterviewDeps): Promise<ChosenKey> {
  const { given, foundKey, prompter } = deps;
  if (given.apiKeyFile !== undefined) {
    const path = given.apiKeyFile;
    return { kind: "file", path, from: path, apiKey: await deps.readKeyFile(path) };
  }
  if (given.apiKeyStdin) {
    return { kind: "new", from: "standard input", apiKey: await deps.keyFromStdin() };
  }
  const found = chosen(foundKey);
  if (found !== undefined) return found;
  if (foundKey.kind === "nowhere" && foundKey.because !== undefined) {
    prompter.say(foundKey.because, "warning");
  }
  return pasted(deps);
}

function chosen(found: FoundKey): ChosenKey | undefined {
  switch (found.kind) {
    case "nowhere":
      return undefined;
    case "config":
    case "env-file":
      return { kind: "as-it-is", apiKey: found.apiKey, from: found.from };
    case "shell":
      return { kind: "shell", apiKey: found.apiKey, from: found.from };
    case "key-file":
      return { kind: "file", apiKey: found.apiKey, from: found.from, path: found.path ?? "" };
  }
}

async function pasted({ prompter }: InterviewDeps): Promise<ChosenKey> {
  const apiKey = await prompter.secret({
    message: "Your RunPod API key (RunPod's console, Settings, API Keys; read and write):",
    option,
    check: (text) => {
      const fault = keyFault(text);
      return fault === undefined ? undefined : `The key ${fault}.`;
    },
  });
  return { kind: "new", apiKey, from: "you" };
}

function isRightAccount({ prompter }: InterviewDeps): Promise<boolean> {
  return prompter.confirm({
    message: "Is this the account to guard? (No: paste another key)",
    option,
    initial: true,
  });
}

function faultOf(look: Look, settings: Settings): UserError | undefined {
  return look.kind === "blind" ? cannotLook(look, settings) : undefined;
}

function isRefused(look: Look): boolean {
  return look.kind === "blind" && look.cause === "key-refused";
}

async function whatNow(
  { prompter }: InterviewDeps,
  look: Look,
): Promise<"again" | "paste" | "go-on"> {
  const wasRefused = isRefused(look);
  const paste = { value: "paste", label: "Paste another key" } as const;
  const again = { value: "again", label: "Ask RunPod again" } as const;
  return prompter.choose<"again" | "paste" | "go-on">({
    message: "What now?",
    option,
    choices: [
      ...(wasRefused ? [paste, again] : [again, paste]),
      {
        value: "go-on",
        label: "Go on with this key",
        hint: wasRefused ? "the guard will see nothing" : "without seeing the account",
      },
    ],
  });
}
