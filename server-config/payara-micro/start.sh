#!/bin/sh
# Starts Payara Micro with Demeter, configured by the environment (README, "Variables"). Faster after prepare.sh.
# Arguments are passed on to Payara Micro.
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
# shellcheck source=server-config/payara-micro/prepared.sh
. "$here/prepared.sh"

# Not --port, which opens the port before the application is deployed: 404 to whoever asks until then. The listener
# stays closed instead until open.asadmin, so that its clients find no instance here, and not one without a warehouse.
make_root
listener=configs.config.server-config.network-config.network-listeners.network-listener.http-listener
{
    cat "$here/pool.asadmin"
    echo "set $listener.port=$HTTP_PORT"
    echo "set $listener.enabled=false"
} >"$root/preboot.asadmin"
set -- "$@" \
    --nohazelcast \
    --prebootcommandfile "$root/preboot.asadmin" \
    --postdeploycommandfile "$here/open.asadmin" \
    --deploy "$demeter_home/demeter.war" --contextroot /

if [ "$LOG_FORMAT" = json ]; then
    set -- --logproperties "$here/json-logging.properties" "$@"
    # Payara logs to the standard error; what its parts print to the standard output is text and no log.
    JAVA_OPTS="-XX:+DisplayVMOutputToStderr ${JAVA_OPTS:-}"
    exec 2>&1 >/dev/null
fi

if is_prepared; then
    fill_root
    # Not -jar "$launcher": that works in its own directory, which would be that of every server started from here.
    # The policy factory: what -jar reads from payara-boot.properties; only Payara Micro 7 has it there.
    set -- "@$here/java-modules" \
        -Djakarta.security.jacc.PolicyFactory.provider=org.glassfish.exousia.modules.def.DefaultPolicyFactory \
        "-Dfish.payara.micro.BootJar=file:$(echo "$launcher" | sed 's/ /%20/g')" \
        "-Dfish.payara.micro.UnpackDir=$prepared" \
        -cp "$launcher" fish.payara.micro.impl.PayaraMicroImpl --rootdir "$root" "$@"
    [ ! -f "$archive" ] || set -- "$archive_option=$archive" "$@"
else
    set -- -jar "$demeter_home/payara-micro.jar" --addlibs "$libraries" "$@"
fi

# Of prepare.sh: the archive to make of the classes that this start loads.
[ -z "${RECORD_CLASSES:-}" ] || set -- "$record_option=$RECORD_CLASSES" "$@"

# exec: signals reach the server itself.
# shellcheck disable=SC2086 # lists of words
exec "$java" "$network_options" $jvm_options ${JAVA_OPTS:-} "$@"
