import { Listr, type ListrDefaultRendererLogLevels, ListrLogger, ProcessOutput } from "listr2";
import type { FleetProgress } from "../runs/scanFleet.ts";
import type { Terminal } from "./terminal.ts";

/** Shows how far work has come: redrawn on a terminal's stderr, nowhere else. */
export async function withProgress<T>(
  title: string,
  terminal: Terminal,
  work: (onProgress: (progress: FleetProgress) => void) => Promise<T>,
): Promise<T> {
  if (!terminal.interactive) return await work(() => undefined);
  let result: { readonly value: T } | undefined;
  const tasks = new Listr(
    [
      {
        title,
        task: async (_context, task) => {
          result = {
            value: await work(({ done, total }) => {
              task.title = `${title}: ${done} of ${total} servers`;
            }),
          };
        },
      },
    ],
    {
      rendererOptions: {
        logger: new ListrLogger<ListrDefaultRendererLogLevels>({
          processOutput: new ProcessOutput(process.stderr, process.stderr),
        }),
      },
    },
  );
  await tasks.run();
  if (result === undefined) throw new Error("The work ended without a result.");
  return result.value;
}
