#!/bin/sh
# Makes the starts of Payara Micro faster: unpacks it once, and keeps an archive of the classes that a start loads
# (an AOT cache with JDK 25). Does nothing if that is there and fits; to be run again after an upgrade of the JDK or
# of a jar, else start.sh goes without. Takes about 20 s, needs no database and leaves a running one alone.
#
#   DEMETER_HOME, JAVA_OPTS  as for start.sh
set -eu

here=$(cd "$(dirname "$0")" && pwd)
demeter_home=${DEMETER_HOME:-$here/../../target}
# shellcheck source=server-config/environment.sh
. "$here/../environment.sh"
# shellcheck source=server-config/payara-micro/prepared.sh
. "$here/prepared.sh"

if is_prepared && [ -f "$archive" ]; then
    exit 0
fi
echo "Preparing Payara Micro in $prepared; this is done once"
log="$demeter_home/payara-micro.log"
if ! is_prepared; then
    rm -rf "$prepared"
    "$java" -jar "$demeter_home/payara-micro.jar" --rootdir "$prepared" --outputlauncher --addlibs "$libraries" \
        >"$log" 2>&1 || { cat "$log" >&2; rm -rf "$prepared"; exit 1; }
fi
# A start and stop of the server, on a free port and with nothing to connect to.
mkdir -p "$prepared/tmp"
TMPDIR=$prepared/tmp DEMETER_HOME=$demeter_home DATABASE_URL=jdbc:postgresql://localhost:1/none DATABASE_URL_SYNC='' LOG_FORMAT=text \
    RECORD_CLASSES=$archive.new \
    sh "$here/start.sh" --warmup --autobindhttp >>"$log" 2>&1 || { cat "$log" >&2; exit 1; }
rm -rf "$prepared/tmp"
# Whole, or not at all.
mv "$archive.new" "$archive" || { cat "$log" >&2; exit 1; }
