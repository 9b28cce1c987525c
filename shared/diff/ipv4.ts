/** An IPv4 address as a number from 0 to 2^32 - 1; NaN for anything else, which no comparison admits. */
export function ipv4Number(address: string): number {
  const parts = address.split(".");
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return Number.NaN;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}
