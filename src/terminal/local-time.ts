/** `2026-03-09 04:05:06`, as the clock on the wall has it. */
export function localTime(atMs: number): string {
  const at = new Date(atMs);
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  return `${date} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":")}`;
}

/** As the clock in a time zone has it, which is named where that is another time: `2026-03-09 19:00:00 (UTC)`. */
export function timeIn(atMs: number, timeZone: string | undefined): string {
  const local = localTime(atMs);
  if (timeZone === undefined) return local;
  const format = new Intl.DateTimeFormat("sv-SE-u-ca-gregory-nu-latn", {
    timeZone,
    dateStyle: "short",
    timeStyle: "medium",
  });
  const there = format.format(atMs);
  return there === local ? local : `${there} (${timeZone})`;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}
