/** `no messages`, `1 message`, `12 messages`, `more than 1,000 messages`. @param most up to which was counted */
export function counted(count: number, what: string, most = Number.POSITIVE_INFINITY): string {
  const number = new Intl.NumberFormat("en-GB").format(Math.min(count, most));
  const many = what.endsWith("s") ? `${what}es` : `${what}s`;
  if (count === 0) return `no ${many}`;
  return `${count > most ? "more than " : ""}${number} ${count === 1 ? what : many}`;
}
