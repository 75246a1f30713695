import { parseJsonc, withoutNotes } from "./jsonc.ts";
import { usualPlacesOf } from "#config/accounts/account.ts";
import { defaultPaths, expandHome, maxConfigBytes } from "#config/paths.ts";
import { UserError } from "#errors.ts";
import { readSmallFile } from "#read-file.ts";

/** The few settings that are needed even when the rest of the config is wrong or missing. */
export interface ConfigGlimpse {
  readonly stateFile: string;
  readonly thresholdNames: readonly string[];
  readonly scheduleNames: readonly string[];
  readonly budgetNames: readonly string[];
  /** The notify command's is `command`. */
  readonly channelNames: readonly string[];
}

/**
 * Reads them with no regard to the rest. Where no config was written yet the state file stands at its
 * usual place. Throws a UserError when the config is there and is no JSON, or is named and not there.
 */
export async function glimpseOf(path: string): Promise<ConfigGlimpse> {
  const configPath = expandHome(path);
  const text = await textOf(configPath);
  const config = text === undefined ? {} : withoutNotes(parseJsonc(text, configPath));
  const known = config as Readonly<Record<string, unknown>>;
  const { state_file, notify, extra_notify_command } = known;
  const stateFile = typeof state_file === "string" && state_file !== "" ? state_file : undefined;
  return {
    stateFile: expandHome(stateFile ?? usualPlacesOf(configPath).state),
    thresholdNames: namesIn(known["thresholds"]),
    scheduleNames: namesIn(known["schedules"]),
    budgetNames: namesIn(known["budgets"]),
    channelNames: [
      ...(Array.isArray(notify) ? notify.flatMap(channelNameOf) : []),
      ...(Array.isArray(extra_notify_command) && extra_notify_command.length > 0
        ? ["command"]
        : []),
    ],
  };
}

function namesIn(rows: unknown): readonly string[] {
  return Array.isArray(rows) ? rows.flatMap(nameOf) : [];
}

function nameOf(row: unknown): readonly string[] {
  const { name } = (row ?? {}) as { name?: unknown };
  return typeof name === "string" ? [name] : [];
}

function channelNameOf(channel: unknown): readonly string[] {
  const { name, type } = (channel ?? {}) as { name?: unknown; type?: unknown };
  const found = name ?? type;
  return typeof found === "string" ? [found] : [];
}

/** `undefined` where there is none and none was asked for. */
async function textOf(configPath: string): Promise<string | undefined> {
  const content = await readSmallFile(configPath, { maxBytes: maxConfigBytes });
  if (content.kind === "read") return content.text;
  if (content.kind === "missing" && configPath === expandHome(defaultPaths.config)) {
    return undefined;
  }
  throw new UserError(
    content.kind === "missing"
      ? `There is no config at ${configPath}.`
      : `The config at ${configPath} cannot be read: ${content.because}.`,
    { hint: "Use --config FILE to name one that you can read." },
  );
}
