import type { Drift } from "../model/drift.ts";
import type { Finding } from "../model/finding.ts";
import type { Posture } from "../model/posture.ts";
import type { DeliveryStatus } from "../model/run.ts";
