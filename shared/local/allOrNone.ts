/**
 * Runs several at once and waits for all of them, so that none is left behind when one fails.
 *
 * @param start what runs, each with a signal that the first failure of another one aborts
 * @throws the first failure, not the ones that follow from it
 */
export async function allOrNone(
  start: readonly ((signal: AbortSignal) => Promise<void>)[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const failures: unknown[] = [];
  const calledOff = new AbortController();
  const either = AbortSignal.any([calledOff.signal, ...(signal === undefined ? [] : [signal])]);
  await Promise.all(
    start.map((run) =>
      run(either).catch((error: unknown) => {
        failures.push(error);
        calledOff.abort();
      }),
    ),
  );
  if (failures.length > 0) throw failures[0];
}
