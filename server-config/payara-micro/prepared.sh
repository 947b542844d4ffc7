# shellcheck shell=sh disable=SC2034,SC2154 # variables of the scripts that source this one, or theirs
# Sourced by start.sh and prepare.sh: where prepare.sh leaves what, and whether it still fits.
# Expects: what environment.sh leaves.

libraries="$demeter_home/postgresql.jar:$demeter_home/demeter-connection.jar"
prepared="$demeter_home/payara-micro"
launcher="$prepared/launch-micro.jar"
case $java_version in
    1[0-9]* | 2[0-4]*)
        archive="$prepared/classes-$java_version.jsa"
        archive_option=-XX:SharedArchiveFile
        record_option=-XX:ArchiveClassesAtExit
        ;;
    *)
        archive="$prepared/classes-$java_version.aot"
        archive_option=-XX:AOTCache
        record_option=-XX:AOTCacheOutput
        ;;
esac

# Later than what it was made from.
is_prepared() {
    for jar in payara-micro postgresql demeter-connection; do
        [ "$launcher" -nt "$demeter_home/$jar.jar" ] || return 1
    done
}

# A directory of a server's own, named after its process; what servers that have ended left behind is removed.
make_root() {
    root="${TMPDIR:-/tmp}/demeter-payara-micro-$$"
    for left in "${TMPDIR:-/tmp}"/demeter-payara-micro-*; do
        if [ "$left" = "$root" ] || ! kill -0 "${left##*-}" 2>/dev/null; then
            rm -rf "$left" 2>/dev/null || true
        fi
    done
    mkdir -m 700 "$root" || fail "TMPDIR: cannot make $root"
}

# Makes it the directory that the server works in.
fill_root() {
    cp -R "$prepared/META-INF" "$prepared/config" "$prepared/docroot" "$prepared/lib" "$root/"
    ln -s "$prepared/runtime" "$root/runtime"
}
