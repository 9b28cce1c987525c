"use strict";

// Azurite reports telemetry through this package. We start it with --disableTelemetry, so an empty one is enough
// and 200 MB of dependencies stay out of node_modules.
module.exports = {};
