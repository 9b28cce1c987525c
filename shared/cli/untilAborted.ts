/** Waits for Ctrl-C, and keeps the process alive meanwhile: listeners alone do not. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const alive = setInterval(() => undefined, 60_000);
    function done(): void {
      clearInterval(alive);
      resolve();
    }
    if (signal.aborted) done();
    else signal.addEventListener("abort", done, { once: true });
  });
}
