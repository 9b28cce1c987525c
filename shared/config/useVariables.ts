import type { Environment } from "../model/config.ts";
import { readEnvironment } from "./environment.ts";

/**
 * Puts variables into the environment of this process, over what is there, and reads it. The Azure SDKs look up the
 * managed identity's address there by themselves, so handing the variables to `readEnvironment` alone is not enough.
 *
 * @throws ConfigError with every fault of the environment
 */
export function useVariables(variables: Readonly<Record<string, string>>): Environment {
  Object.assign(process.env, variables);
  return readEnvironment();
}
