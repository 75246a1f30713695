import type { Context } from "./context.ts";

/** Waits for whoever reads standard output to take what was printed, unless interrupted. */
export async function untilTaken({
  stdout,
  interrupted,
}: Pick<Context, "stdout" | "interrupted">): Promise<void> {
  if (!stdout.writableNeedDrain || interrupted.aborted) return;
  await new Promise<void>((resolve) => {
    const go = (): void => {
      stdout.off("drain", go);
      interrupted.removeEventListener("abort", go);
      resolve();
    };
    stdout.on("drain", go);
    interrupted.addEventListener("abort", go);
  });
}
