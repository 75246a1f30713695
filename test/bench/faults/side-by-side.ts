import { setTimeout as sleep } from "node:timers/promises";

/** All at once, the first steps would take longer than they do alone. */
const apartMs = 50;

/** Works through the jobs, so many at a time; the results stand in the order of the jobs. */
export async function sideBySide<Job, Result>(
  jobs: readonly Job[],
  atOnce: number,
  work: (job: Job) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const left = jobs.entries();
  const worker = async (_: unknown, n: number): Promise<void> => {
    await sleep(n * apartMs);
    for (const [at, job] of left) results[at] = await work(job);
  };
  const workers = Math.min(atOnce, jobs.length);
  await Promise.all(Array.from({ length: workers }, worker));
  return results;
}
