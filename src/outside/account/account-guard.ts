import { stackOf } from "#errors.ts";
import { secondMs } from "#guard/model/time.ts";
import { ordersMark } from "#outside/beat/marks.ts";
import { isSignedBy, type SignedKind } from "#outside/beat/signature.ts";
import { withWishes } from "#outside/phone/beat-wishes.ts";
import { createPhone, type Phone, type PhoneAnswer } from "#outside/phone/phone.ts";
import { hearBeat } from "./beats.ts";
import type { AccountGuardDeps, SignedAnswer } from "./deps.ts";
import { takeOrders } from "./primary.ts";
import { closable } from "./closable-kept.ts";
import { lastCountIn } from "./received.ts";
import { createWaking } from "./waking.ts";
import type { Kept } from "#outside/kept.ts";
import type { Summary } from "#outside/summary/contract.ts";
import { summaryNow } from "#outside/summary/summary-now.ts";

interface Sent {
  readonly count: number;
  readonly signature: string;
  readonly body: string;
}

/** The guard of one account, where machines do not die: it is woken by its own alarm. */
export interface AccountGuard {
  /** What was sent under a signature: one after the other, each once. */
  receive(kind: SignedKind, sent: Sent): Promise<SignedAnswer>;
  /** A button of a notification is opened. */
  readonly open: Phone["open"];
  /** A button of a notification is pressed. Undefined: it is kept, and whoever opens it is shown how it goes. */
  press(token: string): Promise<PhoneAnswer | undefined>;
  /** What is known here; nothing is written, and no look is ended by it. */
  summary(): Promise<Summary>;
  /** What its alarm does. Never throws. */
  wake(): Promise<void>;
}

/** A look that is under way is not waited for any longer. */
const mostWaitMs = 20 * secondMs;

interface UnderWay {
  readonly over: AbortController;
  readonly ended: Promise<void>;
  /** Whatever of it does not end: it changes nothing from now on. */
  readonly close: () => void;
}

export function createAccountGuard(deps: AccountGuardDeps): AccountGuard {
  const { account, beatKey, kept, clock, log } = deps;
  const phone = createPhone(deps);
  let looking: UnderWay | undefined;
  let receiving: Promise<unknown> | undefined;
  /** Something that is done from here was pressed since the last look began. */
  let isPressed = false;

  async function received(
    kind: SignedKind,
    { count, signature, body }: Sent,
  ): Promise<SignedAnswer> {
    if (!(await isSignedBy(beatKey, signature, { kind, account, count, body }))) {
      return { kind: "refused", because: "the signature is not that of this account" };
    }
    // None would ever be higher than what is no number, or than one that has no next.
    if (!Number.isSafeInteger(count)) return { kind: "refused", because: "its count is none" };
    const last = lastCountIn(await kept.read());
    if (last !== undefined && !(count > last)) return { kind: "replayed", count: last };
    switch (kind) {
      case "beat":
        return withWishes(deps, await hearBeat(deps, { count, body }, endLook), body);
      case "orders":
        await endLook();
        return takeOrders(deps, { count, body });
      case "status":
        await kept.write({ count: String(count) });
        return summedUp();
      case "drill":
        await kept.write({ count: String(count) });
        return { kind: "may-drill" };
      case "forget":
        await endLook();
        await kept.forget();
        // Nobody misses its beats now, and none that was heard before is heard again.
        await kept.write({ forgotten: "yes", count: String(count) });
        return { kind: "forgotten" };
    }
  }

  async function summedUp(): Promise<SignedAnswer> {
    const { orders } = await kept.read();
    const mark = orders === undefined ? {} : { orders: await ordersMark(beatKey, orders) };
    return { kind: "summed-up", summary: await summaryNow(deps), ...mark };
  }

  /** What is pressed meanwhile is done at once, by another look. */
  async function lookWhilePressed(lookKept: Kept, signal: AbortSignal): Promise<void> {
    const waking = createWaking({ ...deps, kept: lookKept });
    do {
      isPressed = false;
      try {
        await waking(signal);
      } catch (error) {
        log.error({ stack: stackOf(error) }, "a look from outside failed; this is a bug");
      }
    } while (isPressed && !signal.aborted);
  }

  async function heardAll(): Promise<void> {
    if (receiving === undefined) return;
    await receiving;
    await heardAll();
  }

  async function endLook(): Promise<void> {
    if (looking === undefined) return;
    looking.over.abort();
    const over = new AbortController();
    const limit = clock.sleepUntil(clock.nowMs() + mostWaitMs, over.signal);
    const { close } = looking;
    await Promise.race([looking.ended, limit]);
    close();
    over.abort();
  }

  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = (receiving ?? Promise.resolve()).then(work);
    const over = turn.then(
      () => undefined,
      () => undefined,
    );
    receiving = over;
    void over.then(() => {
      if (receiving === over) receiving = undefined;
    });
    return turn;
  }

  return {
    receive: (kind, sent) => inTurn(() => received(kind, sent)),
    open: (token) => phone.open(token),
    press: (token) =>
      inTurn(async () => {
        const pressed = await phone.press(token);
        if (pressed.kind === "shown") return pressed.answer;
        if (pressed.isForHere) {
          isPressed = true;
          // A look that is under way is followed by another; its own alarm stands, should it not end well.
          if (looking === undefined) await kept.wakeAt(clock.nowMs());
        }
        return undefined;
      }),
    summary: () => summaryNow(deps),
    async wake() {
      // What is being heard may be what it would miss.
      await heardAll();
      if (looking !== undefined) return;
      const over = new AbortController();
      const open = closable(kept);
      const ended = lookWhilePressed(open.kept, over.signal);
      looking = { over, ended, close: open.close };
      await ended;
      looking = undefined;
    },
  };
}
