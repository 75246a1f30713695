/**
 * Saves one thing after the other: those that overlap follow one another, of those that wait only the
 * last is written, and what is written already is not written again. The promise is settled when what
 * was given, or something newer, is safe; it rejects with what `write` throws.
 */
export function createSaver<Content>(
  write: (content: Content) => Promise<void>,
  isSame: (a: Content, b: Content) => boolean,
): (content: Content) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  /** What is written, or about to be; unknown after a failure. */
  let newest: { readonly content: Content; readonly saved: Promise<void> } | undefined;
  let waiting: { content: Content; readonly saved: Promise<void> } | undefined;

  return (content) => {
    if (newest !== undefined && isSame(newest.content, content)) return newest.saved;
    if (waiting !== undefined) {
      waiting.content = content;
      newest = { content, saved: waiting.saved };
      return waiting.saved;
    }
    const saved = last.then(() => {
      const latest = waiting === undefined ? content : waiting.content;
      waiting = undefined;
      return write(latest);
    });
    waiting = { content, saved };
    newest = waiting;
    // The caller gets the failure; the saves behind it go ahead.
    last = saved.catch(() => {
      newest = undefined;
    });
    return saved;
  };
}
