#!/bin/sh
# Starts a WildFly that install.sh has configured, by the environment (README, "Variables").
#
#   JBOSS_HOME    the WildFly
#   DEMETER_HOME  as for install.sh
#   JAVA_OPTS     further options of the JVM
set -eu

here=$(cd "$(dirname "$0")" && pwd)
demeter_home=${DEMETER_HOME:-$here/../../target}
# shellcheck source=server-config/environment.sh
. "$here/../environment.sh"
[ -f "${JBOSS_HOME:-}/modules/ai/demeter/connection/main/module.xml" ] ||
    fail "JBOSS_HOME: got \"${JBOSS_HOME:-}\", takes the directory of a WildFly that install.sh has configured"

export JAVA="$java"
# standalone.sh evaluates the options as a part of its command, quotes included. Without any, standalone.conf would have
# IPv4 only.
export JAVA_OPTS="\"$network_options\" $jvm_options ${JAVA_OPTS:-}"
# Of the two handlers of configure.cli, one is enabled; the file is for the time before that is read.
export LOG_TEXT=true LOG_JSON=false
export JBOSS_CONFIG_DIR="$here/boot-logging/$LOG_FORMAT"
if [ "$LOG_FORMAT" = json ]; then
    LOG_TEXT=false LOG_JSON=true
    # What standalone.sh itself prints is no JSON.
    exec 3>&1 4>&2 >/dev/null 2>&1
    JAVA_OPTS="$JAVA_OPTS >&3 2>&4"
fi
# Whose a transaction is: another for each instance that shares the database, and the same after a restart. In text it
# would have to be cut to 23 bytes.
node=$(printf '%s %s' "$(uname -n)" "$HTTP_PORT" | cksum)
# Signals reach the server itself: standalone.sh passes them on only if told to.
export LAUNCH_JBOSS_IN_BACKGROUND=true
exec "$JBOSS_HOME/bin/standalone.sh" \
    --server-config=standalone-microprofile.xml \
    --graceful-startup=false \
    -b 0.0.0.0 \
    -Djboss.http.port="$HTTP_PORT" \
    -Djboss.tx.node.id="${node%% *}"
