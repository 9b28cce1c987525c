/** The first ones in an order, sorted, without sorting the rest: 18,000 logins are shown by 20 of them. */
export function smallest<T>(items: Iterable<T>, count: number, compare: (left: T, right: T) => number): readonly T[] {
  const first: T[] = [];
  for (const item of items) {
    const last = first.at(-1);
    if (first.length === count && last !== undefined && compare(item, last) >= 0) continue;
    let at = first.length;
    while (at > 0 && compare(item, first[at - 1] as T) < 0) at -= 1;
    first.splice(at, 0, item);
    if (first.length > count) first.pop();
  }
  return first;
}
