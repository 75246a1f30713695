import { existsSync } from "node:fs";
import { usualPlacesOf } from "#config/accounts/account.ts";
import { defaultPaths, expandHome, maxConfigBytes } from "#config/paths.ts";
import { parseJsonc, withoutNotes } from "#config/reading/jsonc.ts";
import { UserError } from "#errors.ts";
import { readSmallFile } from "#read-file.ts";
import { savedState } from "#report/snapshot.ts";
import { realTarget } from "#store/files/real-target.ts";
import type { Current } from "./answers/current.ts";

/**
 * Throws a UserError where this config shares its state file with another one: the daemon of the other
 * would be taken for its own, or its pods for this account's.
 */
export async function refuseSharedState(current: Current): Promise<void> {
  if (current.isNew) return;
  const own = await targetOf(current.path);
  const stateFile = await targetOf(stateFileOf(current.raw, current.path));
  const lastUser = (await savedState(stateFile)).saved.inForce?.configPath;
  const user = lastUser === undefined ? undefined : await targetOf(lastUser);
  if (user === own) return;
  // One that was moved here is no other.
  const isThere = user !== undefined && existsSync(user);
  const other = (isThere ? user : undefined) ?? (await usualOneWith(stateFile, own));
  if (other === undefined) return;
  throw new UserError(
    `${current.path} shares its state file, ${stateFile}, with ${other}: what guards one account would act for the other.`,
    {
      hint: `Nothing was written. Give it files of its own: set state_file and log_file in ${current.path}, then run setup again. If ${other} is no longer used, remove it.`,
    },
  );
}

/** The usual config, where that is another one with this state file. */
async function usualOneWith(stateFile: string, own: string): Promise<string | undefined> {
  const usual = await targetOf(expandHome(defaultPaths.config));
  if (usual === own) return undefined;
  const content = await readSmallFile(usual, { maxBytes: maxConfigBytes });
  if (content.kind !== "read") return undefined;
  try {
    const raw = withoutNotes(parseJsonc(content.text, usual)) as Record<string, unknown>;
    return (await targetOf(stateFileOf(raw, usual))) === stateFile ? usual : undefined;
  } catch {
    // What it keeps is not known: where it keeps it by default, this one must not.
    return (await targetOf(expandHome(defaultPaths.state))) === stateFile ? usual : undefined;
  }
}

function stateFileOf(
  { state_file: named }: Readonly<Record<string, unknown>>,
  configPath: string,
): string {
  const usual = usualPlacesOf(configPath).state;
  return expandHome(typeof named === "string" && named !== "" ? named : usual);
}

async function targetOf(path: string): Promise<string> {
  return realTarget(path).catch(() => path);
}
