/** Sizes for people. */
const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** Such as `1.4 MiB`. */
export function byteCount(bytes: number): string {
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < UNITS.length - 1; unit += 1) value /= 1024;
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}
