#!/bin/sh
# Applies Demeter's configuration to a stopped WildFly 39 (standalone-microprofile.xml) and deploys the WAR. May be
# run again, to install another version.
#
#   JBOSS_HOME    the WildFly
#   DEMETER_HOME  directory of demeter.war, demeter-connection.jar and postgresql.jar; without it the target
#                 directory of the checkout that this script stands in
set -eu

here=$(cd "$(dirname "$0")" && pwd)
demeter_home=${DEMETER_HOME:-$here/../../target}
[ -f "${JBOSS_HOME:-}/bin/jboss-cli.sh" ] || {
    echo "JBOSS_HOME: got \"${JBOSS_HOME:-}\", takes the directory of a WildFly 39" >&2
    exit 64
}

module="$JBOSS_HOME/modules/ai/demeter/connection/main"
mkdir -p "$module"
cp "$demeter_home/postgresql.jar" "$demeter_home/demeter-connection.jar" "$here/module.xml" "$here/starting.problem" "$module/"
log=$("$JBOSS_HOME/bin/jboss-cli.sh" --file="$here/configure.cli" 2>&1) || {
    echo "$log" >&2
    exit 1
}
cp "$demeter_home/demeter.war" "$JBOSS_HOME/standalone/deployments/"
