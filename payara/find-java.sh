# Functions for other scripts, which source this file.

# Prints the feature version of the JDK in $1, or nothing if there is none.
java_version() {
    [ -x "$1/bin/java" ] && [ -f "$1/release" ] && sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" || :
}

# find_java VERSION [PROGRAM] prints JAVA_HOME if it is of at least that version, or else the newest JDK installed beside the
# default one or in the usual place. With PROGRAM, only what has bin/PROGRAM counts. Prints nothing if there is none.
find_java() {
    best= best_version=$(($1 - 1))
    default_java=$(command -v java || :)
    beside=$([ -z "$default_java" ] || dirname "$(dirname "$(dirname "$(readlink -f "$default_java")")")")
    for home in "${JAVA_HOME:-}" "$beside"/* /usr/lib/jvm/*; do
        version=$(java_version "$home")
        if [ "${version:-0}" -gt "$best_version" ] && [ -x "$home/bin/${2:-java}" ]; then
            best=$home best_version=$version
            [ "$home" != "${JAVA_HOME:-}" ] || break
        fi
    done
    echo "$best"
}
