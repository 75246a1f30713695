/** `2026-03-09 04:05:06`, as the clock on the wall has it. */
export function localTime(atMs: number): string {
  const at = new Date(atMs);
  const two = (number: number): string => (number < 10 ? `0${number}` : String(number));
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  return `${date} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":")}`;
}
