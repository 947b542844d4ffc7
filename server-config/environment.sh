# shellcheck shell=sh disable=SC2154 # here, demeter_home: of the script that sources this one
# Sourced by the start scripts of both servers: finds Java, checks every variable and exports the numbers that
# the servers' configuration refers to. The check itself, and every default, is ai.demeter.settings.StartScript.
# Expects: here, the directory of the script; demeter_home, that of demeter.war, demeter-connection.jar and
# postgresql.jar.
# Leaves: java, java_version, and jvm_options and network_options, with which both servers run; JAVA_OPTS comes after
# them. network_options is one word, whose path may have spaces.

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

demeter_home=$(cd "$demeter_home" && pwd)

# What is evaluated comes by a way of its own: an agent of JAVA_TOOL_OPTIONS may write to the standard output.
settings=$("$java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto \
    -cp "$demeter_home/demeter-connection.jar:$demeter_home/postgresql.jar" \
    ai.demeter.settings.StartScript /dev/fd/3 3>&1 >&2) || exit 64
eval "$settings"

# Measured in docs/decisions/jvm-options.md. A small young generation, collected in parallel; a heap that starts small and
# grows only if collecting would take a tenth of the time (GCTimeRatio), which large batches need and small
# requests do not; threads keep no large buffers between requests; memory that compilers have freed goes back.
jvm_options="-Xms128m -Xmx512m -Xmn48m -XX:GCTimeRatio=9 -XX:+UseParallelGC -XX:+ExitOnOutOfMemoryError -Djdk.nio.maxCachedBufferSize=16384"
trim=-XX:TrimNativeHeapInterval=10000 # milliseconds; not in the first releases of JDK 17
if java_version=$("$java" $trim -version 2>&1); then
    jvm_options="$jvm_options $trim"
else
    java_version=$("$java" -version 2>&1)
fi
java_version=$(echo "$java_version" | sed -n 's/.* version "\([^"]*\)".*/\1/p')
network_options="-Djava.security.properties=$here/../network.security"
