import type { Strategy } from "../../model/credential.ts";
import { admin } from "./admin.ts";
import { alternating } from "./alternating.ts";
import { single } from "./single.ts";
import type { StrategyRules } from "./strategyRules.ts";

const strategies: Readonly<Record<Strategy, StrategyRules>> = { alternating, single, admin };

export function strategyOf(strategy: Strategy): StrategyRules {
  return strategies[strategy];
}
