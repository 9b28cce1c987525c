import { wireProcess } from "../../shared/wiring.ts";
import { readEnvironment } from "../../shared/config/environment.ts";
import { serveFunctions } from "../../shared/local/functionsHost/serveFunctions.ts";

// The real functions in a process of their own, which a test may kill at any moment. The visibility timeout is short,
// so that a message that was lost with its worker comes back within the test.
const environment = readEnvironment();
const { ports } = await wireProcess(environment, new AbortController().signal);
const host = await serveFunctions({
  port: 0,
  timers: false,
  environment,
  config: ports.config,
  visibilityTimeoutSeconds: 3,
  onLog: (line) => process.send?.({ kind: "log", ...line }),
});
process.send?.({ kind: "ready", url: host.url, functionKey: host.functionKey });
