import { Command } from "commander";
import * as v from "valibot";
import { envFileOption, parseOptions } from "./options.ts";
import type { Terminal } from "./terminal.ts";
import { untilAborted } from "./untilAborted.ts";
import { wireCommand } from "./wireCommand.ts";

const Options = v.object({
  port: v.pipe(v.string(), v.regex(/^\d{1,5}$/, "--port takes a number from 0 to 65535.")),
  timers: v.boolean(),
  envFile: v.optional(v.string()),
});

/** `serve`: the real functions on this machine, against whatever the configuration names, until Ctrl-C. */
export function serveCommand(terminal: Terminal): Command {
  return new Command("serve")
    .description("run the functions (HTTP, timers, queues) on this machine until Ctrl-C")
    .option("--port <port>", "of the HTTP routes; 0 picks a free one", "7071")
    .option("--no-timers", "HTTP and queues only")
    .addOption(envFileOption())
    .action(async (options: unknown) => {
      const { port, timers, envFile } = parseOptions(Options, options);
      // The functions find this wiring under the same environment, and with it whoever signed in on this machine.
      const { environment, ports } = await wireCommand(terminal, envFile);
      const { serveFunctions } = await import("../local/functionsHost/serveFunctions.ts");
      const host = await serveFunctions({
        port: Number(port),
        timers,
        environment,
        config: ports.config,
        onLog: ({ functionName, level, message }) => {
          terminal.note(`${functionName} ${level} ${message}`);
        },
      });
      try {
        terminal.print(`Functions listen on ${host.url}/api; key for x-functions-key: ${host.functionKey}`);
        await untilAborted(terminal.signal);
      } finally {
        await host.close();
      }
    });
}
