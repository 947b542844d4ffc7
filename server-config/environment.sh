# shellcheck shell=sh disable=SC2154 # demeter_home: of the script that sources this one
# Sourced by the start scripts of both servers: finds Java, checks every variable and exports the numbers that
# the servers' configuration refers to. The check itself, and every default, is ai.demeter.connection.Settings.
# Expects: demeter_home, the directory of demeter.war, demeter-connection.jar and postgresql.jar.

fail() {
    echo "$1" >&2
    exit 64
}

if [ -n "${JAVA_HOME:-}" ]; then
    java="$JAVA_HOME/bin/java"
else
    java=$(command -v java) || fail "java: not found; install a JDK 17 or later, or set JAVA_HOME"
fi

for file in demeter.war demeter-connection.jar postgresql.jar; do
    [ -f "$demeter_home/$file" ] || fail "DEMETER_HOME: no $file in $demeter_home; build it with: mvn package"
done

settings=$("$java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto \
    -cp "$demeter_home/demeter-connection.jar:$demeter_home/postgresql.jar" ai.demeter.connection.Settings) || exit 64
eval "$settings"
