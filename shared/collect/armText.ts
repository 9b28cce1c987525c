import * as v from "valibot";

/** Text that ARM leaves out or sets to null where there is none. */
export const OptionalText = v.nullish(v.string(), null);

export const OptionalFlag = v.nullish(v.boolean(), null);

/** ARM compares resource ids without case and answers with whatever case it was given once: lower case is one form. */
export const ResourceId = v.pipe(v.string(), v.toLowerCase());

export const OptionalResourceId = v.nullish(ResourceId, null);

export const postgresqlApiVersion = "2025-08-01";
