#!/bin/sh
# What a container of the registry runs, in a LAIN cluster and elsewhere. With words, that command of the registry instead of
# `serve`, with the same settings: `docker exec CONTAINER ./entry.sh config`.
#
# In a cluster, etcd tells whether tokens are asked for, and further settings. It is one if LAIN says so in the environment,
# if the registry has had settings of an etcd before, or if the name of LAIN's etcd is known: containers that administrators
# start by hand, to bootstrap or to upgrade, have nothing of LAIN in their environment. Even these must not let every client in
# where tokens are on. The registry waits for an etcd that is late, goes by what it said last if it is away, and does not start
# if it never said anything. An operator who wants no etcd there sets REGISTRY_ETCD_ENDPOINTS to nothing.
set -eu

directory=$(dirname "$(readlink -f "$0")")
config=$directory/config.yml
export REGISTRY_CONFIGURATION_PATH="$config"

# More than once, because the network of a container may come after it.
knows_etcd() {
    for pause in 1 1 0; do
        ! timeout 5 getent hosts etcd.lain >/dev/null || return 0
        sleep "$pause"
    done
    return 1
}

is_in_lain() {
    [ -n "${LAIN_APPNAME:-}${LAIN_DOMAIN:-}" ] || [ -e /var/lib/registry/etcd-settings.json ] || knows_etcd
}

if [ -z "${REGISTRY_ETCD_ENDPOINTS+set}" ] && ! grep -Eqs '^etcd:' "$config" && is_in_lain; then
    export REGISTRY_ETCD_ENDPOINTS=http://etcd.lain:4001
fi

# LAIN's key in etcd does not tell with what tokens are signed: it is Console's key, unless config.yml has another
if [ -n "${REGISTRY_ETCD_ENDPOINTS:-}" ] && ! grep -Eqs '^[^#]*(rootcertbundle|jwks):' "$config"; then
    export REGISTRY_AUTH_TOKEN_ROOTCERTBUNDLE="${REGISTRY_AUTH_TOKEN_ROOTCERTBUNDLE-$directory/auth/server.pem}"
fi

if [ $# -eq 0 ]; then
    echo "entry.sh: settings come from $config, REGISTRY_ variables and ${REGISTRY_ETCD_ENDPOINTS:-no etcd besides}"
    set -- serve
fi
exec registry "$@" # as this very process, so that signals reach it
