import type { ObjectKind } from "../model/databaseEvidence.ts";
import { restrict, type Way, wayOf, type Who, withPrecondition } from "./way.ts";

/** One thing that a way needs: a privilege on an object, an attribute, USAGE of a schema, CONNECT. */
export interface Need {
  /** What it is a privilege on; null: what the role itself is. */
  readonly on: { readonly kind: ObjectKind; readonly schema: string | null; readonly name: string } | null;
  /** Roles at which its ways end; superusers, who need nothing, are left out. */
  readonly from: readonly string[];
  /** Whether PUBLIC has it. */
  readonly open: boolean;
  /** Made when it is asked for. */
  readonly who: Who;
  /** What it is called in evidence where it stands behind another need. */
  readonly label: string;
  /** Roles that do without it. */
  readonly free: ReadonlySet<string>;
}

/** @param who is asked once, when somebody looks */
export function need(fixed: Omit<Need, "who">, who: () => Who): Need {
  let known: Who | undefined;
  return {
    ...fixed,
    get who() {
      known ??= who();
      return known;
    },
  };
}

/** Who has everything that a way needs; the first need is what the way ends with, the others are its preconditions. */
export function allOf([first, ...others]: readonly Need[]): Who {
  if (first === undefined) return { everyone: undefined, named: new Map() };
  const { who } = first;
  const limiting = others.filter((need) => need.who.everyone === undefined);
  if (limiting.length === 0) return who;
  const known = made.get(who);
  if (known?.against.length === limiting.length && known.against.every((one, at) => one === limiting[at]?.who))
    return known.answer;
  let answer = who;
  for (const need of limiting) answer = restrict(answer, need.who, need.label, need.free);
  made.set(who, { against: limiting.map((need) => need.who), answer });
  return answer;
}

/** The way of one role, as `allOf` has it: to ask after few roles costs less than to find all. */
export function wayWithAll([first, ...others]: readonly Need[], role: string): Way | undefined {
  let way = first === undefined ? undefined : wayOf(first.who, role);
  for (const { who, label, free } of others) {
    if (way === undefined) return undefined;
    if (who.everyone !== undefined || free.has(role)) continue;
    const needed = who.named.get(role);
    way = needed === undefined ? undefined : withPrecondition(way, needed, label);
  }
  return way;
}

/** Objects of one ACL group and schema have the same answer. */
const made = new WeakMap<Who, { readonly against: readonly Who[]; readonly answer: Who }>();
