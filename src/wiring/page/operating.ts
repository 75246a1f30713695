import { createAskedEnds } from "#http/operations/asked-ends.ts";
import type { createOperations, OperationsParts } from "#http/operations/create-operations.ts";
import { wordsOf } from "#errors.ts";
import { createAskedEndsFile } from "#store/asked-ends-file.ts";
import { askedEndsFileOf } from "#store/paths.ts";
import type { PageParts } from "./parts.ts";

type Made = ReturnType<typeof createOperations>;

/** Carries out what people ask for on the page, also while that is served elsewhere. */
interface Operating {
  /** Made once, when they are first needed. */
  operations(): Promise<Made>;
  /** Resolves when nothing is carried out any more. */
  idle(): Promise<void>;
}

/** What people have asked an earlier daemon for is seen to at once, also where no page is served any more. */
export function operatingOf(parts: PageParts, giveBack: OperationsParts["giveBack"]): Operating {
  const { live, log, clock, tools, paces, interrupted } = parts;
  const { memory, turns, view, engine } = tools;
  const { stateFile, dryRun } = live.settings();
  const askedEnds = dryRun
    ? undefined
    : createAskedEnds(createAskedEndsFile(askedEndsFileOf(stateFile)), clock);
  let made: Made | undefined;

  function make(create: typeof createOperations): Made {
    const fresh = create({
      memory,
      turns,
      paces,
      log,
      redact: live.redact,
      interrupted,
      onChange: view.operated,
      askedEnds,
      giveBack,
      note: ({ podId, podName }, because, isTold) =>
        engine.take({ kind: "noted", atMs: clock.nowMs(), podId, podName, because, isTold }),
    });
    view.showOperations(fresh.latest);
    return fresh;
  }

  async function operations(): Promise<Made> {
    const { createOperations } = await import("#http/operations/create-operations.ts");
    made ??= make(createOperations);
    return made;
  }

  async function resume(): Promise<void> {
    const what = "what was asked for on the page";
    const { ends = [], because } = (await askedEnds?.before) ?? {};
    const atMs = clock.nowMs();
    void engine.take(
      because === undefined
        ? { kind: "recovered", what, atMs }
        : { kind: "trouble", what, because, atMs },
    );
    if (ends.length > 0) await operations();
  }
  void resume().catch((error: unknown) =>
    log.error({ because: wordsOf(error) }, "what was asked for is not seen to"),
  );

  return { operations, idle: () => made?.idle() ?? Promise.resolve() };
}
