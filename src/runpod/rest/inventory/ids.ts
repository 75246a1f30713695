import { idIn } from "#runpod/pod-rows.ts";
import { isJson } from "#runpod/readings.ts";

/** Far more than anything is attached to. */
const most = 1_000;

/** The ids of a list, as they stand there or in a field of each; undefined as soon as one cannot be read. */
export function idsIn(found: unknown, field?: string): readonly string[] | undefined {
  if (!Array.isArray(found) || found.length > most) return undefined;
  const ids = found.map((each: unknown) => {
    if (field === undefined) return idIn(each);
    return isJson(each) ? idIn(each[field]) : undefined;
  });
  return ids.every((id) => id !== undefined) ? ids : undefined;
}
