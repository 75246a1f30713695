import type { HistoryRecord } from "#guard/model/run.ts";
import { openHistory } from "#store/history/history-reading.ts";
import { asRecorded, recordedAt } from "./as-recorded.ts";

/** More than are shown: one may have waited for the disk while later ones were written. */
const spare = 40;

/** The last records of a history, the newest first; none where there is no file. Throws what the disk throws. */
export async function latestRecords(path: string, most: number): Promise<readonly HistoryRecord[]> {
  const history = await openHistory(path);
  try {
    const places: number[] = [];
    for await (const part of history.back(-Infinity)) {
      places.push(...part.places.map(({ at }) => at));
      if (places.length >= most + spare) break;
    }
    const found = await history.at(places.slice(0, most + spare));
    const asWritten = found.filter((record) => record !== undefined).toReversed();
    return asRecorded(asWritten, recordedAt).toReversed().slice(0, most);
  } finally {
    await history.close();
  }
}
