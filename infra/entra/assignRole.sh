#!/usr/bin/env bash
# Gives a user, a group or a service principal one of the three roles.
#
#   infra/entra/assignRole.sh <application id> <object id> PgWarden.Reader|PgWarden.Operator|PgWarden.Approver
set -euo pipefail

if [[ $# -ne 3 ]]; then
  echo "usage: $0 <application id> <object id> PgWarden.Reader|PgWarden.Operator|PgWarden.Approver" >&2
  exit 2
fi
application=$1 principal=$2 role=$3

resource=$(az ad sp show --id "$application" --query id --output tsv)
roleId=$(az ad sp show --id "$application" --query "appRoles[?value=='$role'].id | [0]" --output tsv)
if [[ -z $roleId ]]; then
  echo "Application $application has no role $role." >&2
  exit 1
fi
graph=$(az cloud show --query endpoints.microsoftGraphResourceId --output tsv)
az rest --method post --url "${graph%/}/v1.0/servicePrincipals/$resource/appRoleAssignedTo" \
  --body "{\"principalId\": \"$principal\", \"resourceId\": \"$resource\", \"appRoleId\": \"$roleId\"}" --output none
