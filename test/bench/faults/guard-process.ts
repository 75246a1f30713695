import { fastClock } from "./fast-clock.ts";
import { type ApartJob, type Logged, runGuard } from "./run-guard.ts";

/** A guard in a process of its own, so that it can be killed. Takes its job from its parent, and tells it its log. */
process.once("message", ({ diesAtTrip, ...job }: ApartJob) => {
  const tell = (line: Logged): void => {
    if (diesAtTrip && line.message === "threshold tripped") process.kill(process.pid, "SIGKILL");
    process.send?.(line);
  };
  void runGuard(job, fastClock(job.time), tell, new AbortController().signal);
});
process.once("disconnect", () => process.exit());
process.send?.("ready");
