// The entry of the bundle: importing a trigger registers it.
import "./scanTimer.ts";
import "./scanServer.ts";
import "./serverChanged.ts";
import "./finishRuns.ts";
import "./deliverSpool.ts";
import "./postScans.ts";
import "./getScan.ts";
import "./getHealth.ts";
import "./getServers.ts";
import "./getServer.ts";
import "./getFindings.ts";
import "./getDrift.ts";
import "./getAccess.ts";
import "./postBaseline.ts";
