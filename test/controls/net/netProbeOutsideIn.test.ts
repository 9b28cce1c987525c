import { collected, unavailable } from "../../../shared/collect/section.ts";
import { netProbeOutsideIn } from "../../../shared/controls/net/netProbeOutsideIn.ts";
import { catalogContext, policy, serverFacts } from "../../builders.ts";
import { testControl } from "../testControl.ts";

// The builders' scanner comes from 203.0.113.9.
const context = collected([catalogContext()]);
const open = collected([{ port: 5432, open: true, detail: "S" }]);
const closed = collected([
  { port: 5432, open: false, detail: "timeout" },
  { port: 6432, open: false, detail: "refused" },
]);
const unreachable = unavailable("unreachable", "Nothing answered.");
const office = { name: "office", first: "203.0.113.0", last: "203.0.113.15" };
const elsewhere = { name: "elsewhere", first: "198.51.100.0", last: "198.51.100.255" };
const azure = { name: "azure", first: "0.0.0.0", last: "0.0.0.0" };
const approved = policy({ firewall: { approved: [{ name: "office", range: "203.0.113.0/28" }] } });

testControl(netProbeOutsideIn, {
  pass: [
    {
      name: "closed ports, although nothing else could be read",
      sections: { reachabilityProbes: closed, firewallRules: unreachable, context: unreachable },
    },
    {
      name: "open by a rule that admits the scanner",
      sections: { reachabilityProbes: open, firewallRules: collected([elsewhere, office]), context },
    },
    {
      name: "open by an approved rule",
      sections: { reachabilityProbes: open, firewallRules: collected([office]), context },
      policy: approved,
    },
    {
      name: "open by a rule of exactly that address",
      sections: {
        reachabilityProbes: open,
        firewallRules: collected([{ name: "me", first: "203.0.113.9", last: "203.0.113.9" }]),
        context,
      },
      says: ["Port 5432 is open to 203.0.113.9 by rule me (203.0.113.9)."],
    },
    {
      name: "an IPv4 address written as IPv6",
      sections: {
        reachabilityProbes: open,
        firewallRules: collected([office]),
        context: collected([catalogContext({ clientAddress: "::ffff:203.0.113.9" })]),
      },
    },
  ],
  fail: [
    {
      name: "open although no rule names the scanner, beside a closed port",
      sections: {
        reachabilityProbes: collected([
          { port: 5432, open: true, detail: "S" },
          { port: 6432, open: false, detail: "refused" },
        ]),
        firewallRules: collected([
          elsewhere,
          { name: "below", first: "203.0.113.0", last: "203.0.113.8" },
          { name: "above", first: "203.0.113.10", last: "203.0.113.15" },
        ]),
        context,
      },
      subjects: ["port/5432"],
      says: ["which no firewall rule names"],
    },
    {
      name: "open by the Azure-services rule only",
      sections: { reachabilityProbes: open, firewallRules: collected([azure]), context },
      subjects: ["port/5432"],
      says: ["which only rule azure (0.0.0.0) can explain"],
    },
    {
      name: "open by a rule that is wider than what was approved",
      sections: { reachabilityProbes: open, firewallRules: collected([{ ...office, last: "203.0.113.16" }]), context },
      policy: approved,
      subjects: ["port/5432"],
      says: ["only by rules that are not approved: office (203.0.113.0 to 203.0.113.16)"],
    },
  ],
  notApplicable: [
    {
      name: "no public endpoint",
      sections: {
        server: collected([serverFacts({ publicNetworkAccess: "Disabled" })]),
        reachabilityProbes: open,
        firewallRules: collected([]),
        context,
      },
    },
    {
      name: "the scanner came over a private endpoint",
      sections: {
        reachabilityProbes: open,
        firewallRules: collected([]),
        context: collected([catalogContext({ clientAddress: "10.1.2.3" })]),
      },
    },
  ],
  unknown: [
    {
      name: "open, but the address is none",
      sections: {
        reachabilityProbes: open,
        firewallRules: collected([office]),
        context: collected([catalogContext({ clientAddress: "unix" })]),
      },
      subjects: ["port/5432"],
      section: "context",
    },
    {
      name: "open, but no login told the address",
      sections: { reachabilityProbes: open, firewallRules: collected([office]), context: unreachable },
      subjects: ["port/5432"],
      section: "context",
    },
    {
      name: "open, and the login came over a local socket",
      sections: {
        reachabilityProbes: open,
        firewallRules: collected([office]),
        context: collected([catalogContext({ clientAddress: null })]),
      },
      subjects: ["port/5432"],
      section: "context",
    },
    {
      name: "open, but the rules could not be read",
      sections: { reachabilityProbes: open, firewallRules: unreachable, context },
      subjects: ["port/5432"],
      section: "firewallRules",
    },
  ],
});
