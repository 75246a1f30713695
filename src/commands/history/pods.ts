import { cleanName } from "#control-characters.ts";
import { UserError } from "#errors.ts";
import type { HistoryRecord } from "#guard/model/run.ts";
import { listedPods } from "#guard/text.ts";

/**
 * The ids of the pods meant by an id, by a name (which several pods may have had), or by the start of
 * a single id. Throws a UserError when no pod is meant, or when it is not clear which.
 */
export function podIdsOf(
  wanted: string,
  records: readonly HistoryRecord[],
  path: string,
): ReadonlySet<string> {
  const names = new Map(records.flatMap(({ run }) => (run ? [[run.podId, run.podName]] : [])));
  if (names.has(wanted)) return new Set([wanted]);
  const named = records.flatMap(({ run }) => (run?.podName === wanted ? [run.podId] : []));
  if (named.length > 0) return new Set(named);
  const begun = [...names].filter(([id]) => wanted !== "" && id.startsWith(wanted));
  if (begun.length === 1) return new Set(begun.map(([id]) => id));
  if (begun.length === 0) {
    throw new UserError(`No pod in ${path} is called "${cleanName(wanted)}".`, {
      hint: "Use its id, the start of its id, or its name.",
    });
  }
  const pods = begun.map(([podId, name]) => ({ podId: cleanName(podId), name: cleanName(name) }));
  throw new UserError(`${cleanName(wanted)} matches ${listedPods(pods)}.`, {
    hint: "Type more of the id.",
  });
}
