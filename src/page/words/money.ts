/** `$9.19`; below a cent `$0.0042`, as `$0.00` would say nothing; a debt is `−$0.10`. */
export function usd(value: number): string {
  const size = Math.abs(value);
  const digits = size < 0.01 && size >= 0.00005 ? 4 : 2;
  const number = size.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${value < 0 && Number(number.replaceAll(",", "")) > 0 ? "−" : ""}$${number}`;
}

/** A burn or a price: `$6.65/h`. */
export function perHour(value: number): string {
  return `${usd(value)}/h`;
}
