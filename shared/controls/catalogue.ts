import type { Control } from "./control.ts";
import { authEntraAdminGroup } from "./auth/authEntraAdminGroup.ts";
import { authEntraAdminPresent } from "./auth/authEntraAdminPresent.ts";
import { authEntraEnabled } from "./auth/authEntraEnabled.ts";
import { authEntraOnly } from "./auth/authEntraOnly.ts";
import { authEntraTenant } from "./auth/authEntraTenant.ts";
import { authLoginHasCredential } from "./auth/authLoginHasCredential.ts";
import { authNoMd5Verifier } from "./auth/authNoMd5Verifier.ts";
import { authParameters } from "./auth/authParameters.ts";
import { authTimeout } from "./auth/authTimeout.ts";
import { extAllowList } from "./code/extAllowList.ts";
import { extCredentialStores } from "./code/extCredentialStores.ts";
import { extCronJobs } from "./code/extCronJobs.ts";
import { extCryptoAnon } from "./code/extCryptoAnon.ts";
import { extInPublic } from "./code/extInPublic.ts";
import { extInstalledApproved } from "./code/extInstalledApproved.ts";
import { extOutdated } from "./code/extOutdated.ts";
import { extPreloadApproved } from "./code/extPreloadApproved.ts";
import { fdwGrants } from "./code/fdwGrants.ts";
import { fdwServersApproved } from "./code/fdwServersApproved.ts";
import { fdwUserMappings } from "./code/fdwUserMappings.ts";
import { fnDefinerOwner } from "./code/fnDefinerOwner.ts";
import { fnDefinerSearchPath } from "./code/fnDefinerSearchPath.ts";
import { fnDrift } from "./code/fnDrift.ts";
import { fnUntrustedLanguage } from "./code/fnUntrustedLanguage.ts";
import { netDnsResolution } from "./net/netDnsResolution.ts";
import { netFwAdHoc } from "./net/netFwAdHoc.ts";
import { netFwApproved } from "./net/netFwApproved.ts";
import { netFwLatent } from "./net/netFwLatent.ts";
import { netFwNoAnyIp } from "./net/netFwNoAnyIp.ts";
import { netFwNoAzureServices } from "./net/netFwNoAzureServices.ts";
import { netFwRangeSize } from "./net/netFwRangeSize.ts";
import { netFwRuleCount } from "./net/netFwRuleCount.ts";
import { netFwSaneRanges } from "./net/netFwSaneRanges.ts";
import { netNsg5432Restricted } from "./net/netNsg5432Restricted.ts";
import { netNsgPresent } from "./net/netNsgPresent.ts";
import { netPgbouncer } from "./net/netPgbouncer.ts";
import { netPrivateDns } from "./net/netPrivateDns.ts";
import { netPrivateEndpoint } from "./net/netPrivateEndpoint.ts";
import { netPrivateEndpointPending } from "./net/netPrivateEndpointPending.ts";
import { netProbeOutsideIn } from "./net/netProbeOutsideIn.ts";
import { netPublicAccessDisabled } from "./net/netPublicAccessDisabled.ts";
import { netSubnetDelegation } from "./net/netSubnetDelegation.ts";
import { privAclDrift } from "./priv/privAclDrift.ts";
import { privAppExcess } from "./priv/privAppExcess.ts";
import { privDatabaseOwner } from "./priv/privDatabaseOwner.ts";
import { privDefaultAcl } from "./priv/privDefaultAcl.ts";
import { privEventTriggers } from "./priv/privEventTriggers.ts";
import { privFunctionExecute } from "./priv/privFunctionExecute.ts";
import { privGrantOption } from "./priv/privGrantOption.ts";
import { privLargeObjects } from "./priv/privLargeObjects.ts";
import { privParameterAcl } from "./priv/privParameterAcl.ts";
import { privPublicAnySchemaCreate } from "./priv/privPublicAnySchemaCreate.ts";
import { privPublicConnect } from "./priv/privPublicConnect.ts";
import { privPublicRelations } from "./priv/privPublicRelations.ts";
import { privPublicSchemaCreate } from "./priv/privPublicSchemaCreate.ts";
import { privSearchPathWritable } from "./priv/privSearchPathWritable.ts";
import { privSensitiveColumns } from "./priv/privSensitiveColumns.ts";
import { replParameters } from "./repl/replParameters.ts";
import { replPublications } from "./repl/replPublications.ts";
import { replSlots } from "./repl/replSlots.ts";
import { replSubscriptions } from "./repl/replSubscriptions.ts";
import { replWalLevel } from "./repl/replWalLevel.ts";
import { rlsCanary } from "./rls/rlsCanary.ts";
import { rlsAlwaysTrue } from "./rls/rlsAlwaysTrue.ts";
import { rlsAppCanBypass } from "./rls/rlsAppCanBypass.ts";
import { rlsDefinerLeak } from "./rls/rlsDefinerLeak.ts";
import { rlsEnabledNoPolicy } from "./rls/rlsEnabledNoPolicy.ts";
import { rlsForce } from "./rls/rlsForce.ts";
import { rlsLeakproof } from "./rls/rlsLeakproof.ts";
import { rlsMatviewForeign } from "./rls/rlsMatviewForeign.ts";
import { rlsPartitionGap } from "./rls/rlsPartitionGap.ts";
import { rlsPolicyButDisabled } from "./rls/rlsPolicyButDisabled.ts";
import { rlsPolicyDrift } from "./rls/rlsPolicyDrift.ts";
import { rlsPolicyToPublic } from "./rls/rlsPolicyToPublic.ts";
import { rlsRequiredTables } from "./rls/rlsRequiredTables.ts";
import { rlsRowSecurityGuc } from "./rls/rlsRowSecurityGuc.ts";
import { rlsViewInvoker } from "./rls/rlsViewInvoker.ts";
import { roleAdminOption } from "./role/roleAdminOption.ts";
import { roleAdminOwnsObjects } from "./role/roleAdminOwnsObjects.ts";
import { roleAppUsesAdmin } from "./role/roleAppUsesAdmin.ts";
import { roleAttributeDrift } from "./role/roleAttributeDrift.ts";
import { roleAzurePgAdminMembers } from "./role/roleAzurePgAdminMembers.ts";
import { roleBypassrls } from "./role/roleBypassrls.ts";
import { roleConfigOverride } from "./role/roleConfigOverride.ts";
import { roleConnectionLimit } from "./role/roleConnectionLimit.ts";
import { roleCreatedb } from "./role/roleCreatedb.ts";
import { roleCreaterole } from "./role/roleCreaterole.ts";
import { roleEscalationPath } from "./role/roleEscalationPath.ts";
import { roleGroupLogin } from "./role/roleGroupLogin.ts";
import { roleGuessableName } from "./role/roleGuessableName.ts";
import { roleInherit } from "./role/roleInherit.ts";
import { roleMembershipDrift } from "./role/roleMembershipDrift.ts";
import { roleNewOrDropped } from "./role/roleNewOrDropped.ts";
import { roleNoSuperuser } from "./role/roleNoSuperuser.ts";
import { roleOwnerIsLogin } from "./role/roleOwnerIsLogin.ts";
import { rolePlatformIntact } from "./role/rolePlatformIntact.ts";
import { rolePredefinedRisky } from "./role/rolePredefinedRisky.ts";
import { roleReplication } from "./role/roleReplication.ts";
import { roleReservedSetUser } from "./role/roleReservedSetUser.ts";
import { roleUnused } from "./role/roleUnused.ts";
import { rotAdminAge } from "./rot/rotAdminAge.ts";
import { rotAlternatePair } from "./rot/rotAlternatePair.ts";
import { rotCoverage } from "./rot/rotCoverage.ts";
import { rotCredentialWorks } from "./rot/rotCredentialWorks.ts";
import { rotNoCleartextLog } from "./rot/rotNoCleartextLog.ts";
import { rotOldCredentialDead } from "./rot/rotOldCredentialDead.ts";
import { rotPartialFailure } from "./rot/rotPartialFailure.ts";
import { rotSecretAge } from "./rot/rotSecretAge.ts";
import { rotSecretExpiry } from "./rot/rotSecretExpiry.ts";
import { rotSecretMetadata } from "./rot/rotSecretMetadata.ts";
import { rotValidUntil } from "./rot/rotValidUntil.ts";
import { rotVaultHardened } from "./rot/rotVaultHardened.ts";
import { tlsMinVersion } from "./tls/tlsMinVersion.ts";
import { tlsParameters } from "./tls/tlsParameters.ts";
import { tlsProbeCertificate } from "./tls/tlsProbeCertificate.ts";
import { tlsProbeLegacyRefused } from "./tls/tlsProbeLegacyRefused.ts";
import { tlsProbeNegotiated } from "./tls/tlsProbeNegotiated.ts";
import { tlsProbePlaintextRefused } from "./tls/tlsProbePlaintextRefused.ts";
import { tlsSessionCiphers } from "./tls/tlsSessionCiphers.ts";
import { tlsSessionsEncrypted } from "./tls/tlsSessionsEncrypted.ts";

/** Every control, by hand, in the order of the reference catalogue: a new control is one file, one test, one line. */
export const catalogue: readonly Control[] = [
  ...rows(tlsParameters, "tls-require-secure-transport"),
  tlsMinVersion,
  ...rows(tlsParameters, "tls-max-version-uncapped"),
  tlsProbePlaintextRefused,
  tlsProbeLegacyRefused,
  tlsProbeNegotiated,
  tlsProbeCertificate,
  tlsSessionsEncrypted,
  tlsSessionCiphers,

  netPublicAccessDisabled,
  netPrivateEndpoint,
  netPrivateEndpointPending,
  netPrivateDns,
  netDnsResolution,
  netFwNoAzureServices,
  netFwNoAnyIp,
  netFwRangeSize,
  netFwRuleCount,
  netFwApproved,
  netFwAdHoc,
  netFwSaneRanges,
  netFwLatent,
  netNsgPresent,
  netNsg5432Restricted,
  netSubnetDelegation,
  netProbeOutsideIn,
  netPgbouncer,

  authEntraEnabled,
  authEntraAdminPresent,
  authEntraOnly,
  authEntraAdminGroup,
  authEntraTenant,
  ...rows(authParameters, "auth-password-encryption", "auth-scram-only"),
  authNoMd5Verifier,
  authLoginHasCredential,
  ...rows(authParameters, "auth-throttling"),
  authTimeout,

  rotSecretAge,
  rotSecretExpiry,
  rotValidUntil,
  rotCredentialWorks,
  rotOldCredentialDead,
  rotCoverage,
  rotAlternatePair,
  rotNoCleartextLog,
  rotSecretMetadata,
  rotVaultHardened,
  rotAdminAge,
  rotPartialFailure,

  roleNoSuperuser,
  roleCreaterole,
  roleCreatedb,
  roleReplication,
  roleBypassrls,
  roleAzurePgAdminMembers,
  roleEscalationPath,
  roleAdminOption,
  roleMembershipDrift,
  roleAttributeDrift,
  roleNewOrDropped,
  rolePlatformIntact,
  rolePredefinedRisky,
  roleAppUsesAdmin,
  roleAdminOwnsObjects,
  roleOwnerIsLogin,
  roleGroupLogin,
  roleInherit,
  roleConnectionLimit,
  roleConfigOverride,
  roleUnused,
  roleGuessableName,
  roleReservedSetUser,

  privPublicSchemaCreate,
  privPublicAnySchemaCreate,
  privPublicConnect,
  privPublicRelations,
  privDefaultAcl,
  privGrantOption,
  privAppExcess,
  privFunctionExecute,
  privAclDrift,
  privDatabaseOwner,
  privParameterAcl,
  privSearchPathWritable,
  privEventTriggers,
  privLargeObjects,
  privSensitiveColumns,

  rlsPolicyButDisabled,
  rlsEnabledNoPolicy,
  rlsRequiredTables,
  rlsForce,
  rlsAlwaysTrue,
  rlsAppCanBypass,
  rlsViewInvoker,
  rlsMatviewForeign,
  rlsDefinerLeak,
  rlsPartitionGap,
  rlsPolicyToPublic,
  rlsRowSecurityGuc,
  rlsPolicyDrift,
  rlsCanary,
  rlsLeakproof,

  fnDefinerSearchPath,
  fnDefinerOwner,
  fnUntrustedLanguage,
  fnDrift,
  extAllowList,
  extInstalledApproved,
  extOutdated,
  extInPublic,
  extPreloadApproved,
  fdwUserMappings,
  fdwServersApproved,
  fdwGrants,
  extCredentialStores,
  extCronJobs,
  extCryptoAnon,

  replWalLevel,
  replSlots,
  replPublications,
  replSubscriptions,
  ...replParameters,
];

/** The control of that id; undefined when there is none. */
export function controlById(id: string): Control | undefined {
  return catalogue.find(({ meta }) => meta.id === id);
}

/** Rows of a family, which is one table in one file, at their place in the order. */
function rows(family: readonly Control[], ...ids: readonly string[]): readonly Control[] {
  return family.filter(({ meta }) => ids.includes(meta.id));
}
