#!/bin/sh
# Starts Payara Micro with Demeter, configured by the environment (README, "Variables").
#
#   DEMETER_HOME  directory of payara-micro.jar, demeter.war, demeter-connection.jar and postgresql.jar;
#                 without it the target directory of the checkout that this script stands in
#   JAVA_OPTS     further options of the JVM
set -eu

here=$(cd "$(dirname "$0")" && pwd)
demeter_home=${DEMETER_HOME:-$here/../../target}
# shellcheck source=server-config/environment.sh
. "$here/../environment.sh"
[ -f "$demeter_home/payara-micro.jar" ] || fail "DEMETER_HOME: no payara-micro.jar in $demeter_home; build it with: mvn package"

if [ "$LOG_FORMAT" = json ]; then
    set -- --logproperties "$here/json-logging.properties"
    # Payara logs to the standard error; what its parts print to the standard output is text and no log.
    JAVA_OPTS="-XX:+DisplayVMOutputToStderr ${JAVA_OPTS:-}"
    exec 2>&1 >/dev/null
fi

# exec: signals reach the server itself.
# shellcheck disable=SC2086 # lists of words
exec "$java" $jvm_options ${JAVA_OPTS:-} \
    -jar "$demeter_home/payara-micro.jar" "$@" \
    --nohazelcast \
    --port "$HTTP_PORT" \
    --addlibs "$demeter_home/postgresql.jar:$demeter_home/demeter-connection.jar" \
    --prebootcommandfile "$here/pool.asadmin" \
    --deploy "$demeter_home/demeter.war" --contextroot /
