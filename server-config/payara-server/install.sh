#!/bin/sh
# Applies Demeter's configuration to a running domain of Payara Server, which start.sh has started, and deploys the
# WAR. May be run again, to install another version. The argument is the name of the domain, if there are several.
#
#   PAYARA_HOME   the Payara Server
#   DEMETER_HOME  as for start.sh
#   AS_ADMIN_*    how asadmin reaches the domain, where not by its defaults: AS_ADMIN_PORT, AS_ADMIN_USER,
#                 AS_ADMIN_PASSWORDFILE
set -eu

here=$(cd "$(dirname "$0")" && pwd)
demeter_home=${DEMETER_HOME:-$here/../../target}
[ -f "${PAYARA_HOME:-}/bin/asadmin" ] || {
    echo "PAYARA_HOME: got \"${PAYARA_HOME:-}\", takes the directory of a Payara Server 6" >&2
    exit 64
}

asadmin() {
    "$PAYARA_HOME/bin/asadmin" --interactive=false "$@"
}

# Whether a list of asadmin's has the name.
has() {
    name=$1
    shift
    asadmin --terse "$@" | awk -v name="$name" '$1 == name { found = 1 } END { exit !found }'
}

asadmin --terse uptime >/dev/null # says so, and ends here, if the domain cannot be reached

# What is there from an earlier time is replaced.
! has demeter list-applications || asadmin undeploy demeter
for pool in demeter demeter-read; do
    ! has "jdbc/$pool" list-jdbc-resources || asadmin delete-jdbc-resource "jdbc/$pool"
    ! has "$pool" list-jdbc-connection-pools || asadmin delete-jdbc-connection-pool "$pool"
done
for jar in postgresql.jar demeter-connection.jar; do
    ! has "$jar" list-libraries || asadmin remove-library "$jar"
done

asadmin add-library "$demeter_home/postgresql.jar" "$demeter_home/demeter-connection.jar"
# Line by line, because asadmin's multimode goes on after a command that failed. The listener has another name here.
sed '/^#/d; s/\.http-listener\./.http-listener-1./' "$here/../payara-micro/pool.asadmin" | while read -r command; do
    # shellcheck disable=SC2086 # a list of words
    asadmin $command </dev/null
done
# shellcheck disable=SC2016 # the server resolves it, at each start
asadmin set 'configs.config.server-config.network-config.network-listeners.network-listener.http-listener-1.port=${ENV=HTTP_PORT}'
# The libraries are loaded at the start.
asadmin restart-domain "$@"
asadmin deploy --name demeter --contextroot / "$demeter_home/demeter.war"
