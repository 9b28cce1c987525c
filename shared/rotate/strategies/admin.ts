import type { StrategyRules } from "./strategyRules.ts";

/** The server administrator, whose password Azure Resource Manager sets. */
export const admin: StrategyRules = {
  usesLedger: false,
  hasGap: true,
  compensates: false,
  nextRole: (_credential, { administratorLogin }) => administratorLogin,
};
