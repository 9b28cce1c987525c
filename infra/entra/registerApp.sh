#!/usr/bin/env bash
# Makes the app registration that callers of pgwarden's HTTP routes sign in to, with its three roles, or brings an
# existing one up to date. Needs az, signed in as somebody who may make app registrations (Application Developer).
#
#   infra/entra/registerApp.sh [name]
#
# Prints the application id: parameter authentication.clientId of main.bicepparam. No secret is made: callers bring a
# token for this application, and the platform only checks it.
set -euo pipefail

name=${1:-pgwarden}
folder=$(dirname "${BASH_SOURCE[0]}")

# By its name among one's own: another registration of that name is somebody else's.
id=$(az ad app list --display-name "$name" --show-mine --query "[0].appId" --output tsv)
if [[ -z $id ]]; then
  id=$(az ad app create --display-name "$name" --sign-in-audience AzureADMyOrg --query appId --output tsv)
fi
az ad app update --id "$id" --identifier-uris "api://$id" --app-roles "@$folder/appRoles.json"

# The platform checks the issuer of version 2; without this the token would name the one of version 1.
graph=$(az cloud show --query endpoints.microsoftGraphResourceId --output tsv)
az rest --method patch --url "${graph%/}/v1.0/applications(appId='$id')" \
  --body '{"api": {"requestedAccessTokenVersion": 2}}' --output none

# Without a service principal nobody can be given a role, and without the requirement anybody in the tenant gets a token.
az ad sp show --id "$id" --output none 2>/dev/null || az ad sp create --id "$id" --output none
az ad sp update --id "$id" --set appRoleAssignmentRequired=true

echo "authentication.clientId: $id"
