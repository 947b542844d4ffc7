#!/bin/sh
# Starts a domain of Payara Server with the environment (README, "Variables") checked and completed: what the
# service that runs the domain should call. Arguments are those of: asadmin start-domain
#
#   PAYARA_HOME   the Payara Server
#   DEMETER_HOME  directory of demeter.war, demeter-connection.jar and postgresql.jar; without it the target
#                 directory of the checkout that this script stands in
set -eu

here=$(cd "$(dirname "$0")" && pwd)
demeter_home=${DEMETER_HOME:-$here/../../target}
# shellcheck source=server-config/environment.sh
. "$here/../environment.sh"
[ -f "${PAYARA_HOME:-}/bin/asadmin" ] ||
    fail "PAYARA_HOME: got \"${PAYARA_HOME:-}\", takes the directory of a Payara Server 6"

exec "$PAYARA_HOME/bin/asadmin" start-domain "$@"
