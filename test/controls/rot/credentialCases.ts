import { collected } from "../../../shared/collect/section.ts";
import type { ManagedCredential } from "../../../shared/model/credentialEvidence.ts";
import type { Sections } from "../../../shared/model/section.ts";
import { managedCredential } from "../../builders.ts";

/** A name that a careless subject would confuse with others. */
export const odd = "o'd/d ☃";
export const oddSubject = "o'd%2Fd ☃";

/** Before the hour in which a look is believed. */
export const longAgo = "2026-11-22T04:59:59.000Z";

export function given(...credentials: readonly ManagedCredential[]): Pick<Sections, "credentials"> {
  return { credentials: collected(credentials) };
}

/** One that was never looked at, and one whose last look is too old. */
export const unseen = {
  name: "no look, and one that is an hour old",
  sections: given(
    managedCredential({ name: "never", seen: null }),
    managedCredential({ name: "left-behind" }, { at: longAgo }),
    managedCredential(),
  ),
  subjects: ["credential/never", "credential/left-behind"],
  section: "credentials",
} as const;

export const noCredentials = { name: "a server without credentials", sections: given() };
