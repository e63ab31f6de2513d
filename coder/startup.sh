#!/usr/bin/env bash
# startup.sh [--foreground]: what the agent runs each time the workspace starts
# and after each build of a running one. It may run any number of times: what is
# up stays up, a daemon that runs is given the new agent's environment. What it
# says is the startup log of the dashboard. --foreground is for a container
# without Coder: it stays until it is told to end, and then stops the slots.
set -uo pipefail
secrets=${SLOT_SECRETS_DIR:-/run/slot} # what the template hands over, readable by us alone
say() { printf 'startup: %s\n' "$*"; }

command -v slot >/dev/null || { say "slot is not in PATH ($PATH): the image needs it"; exit 1; }

# The owner's login, so that "slot subdomain a blog" works in the workspace. Each
# build makes the one before invalid; one that the owner made stays.
login=${CODER_CONFIG_DIR:-${XDG_CONFIG_HOME:-$HOME/.config}/coderv2}
if [ -r "$secrets/coder-session" ] && { [ ! -e "$login/session" ] || cmp -s "$login/session" "$login/session.slot"; }; then
  umask 077
  mkdir -p "$login" && cp "$secrets/coder-session" "$login/session.slot" && cp "$login/session.slot" "$login/session" &&
    printf %s "$CODER_AGENT_URL" >"$login/url" || say "coder login is needed before slot params"
  umask 022
fi

# Keeper and daemon bring back each slot from its kept release, and the database
# if it is on: no network, no build.
slot up || { say "slot up failed: slot doctor says more"; exit 1; }

# From here on nothing is worth an agent that counts as failed.
if [ -r "$secrets/admin-token" ]; then
  slot token create coder --stdin <"$secrets/admin-token" || say "the dashboard's button will not open the admin: 'slot open admin' prints a link"
fi

# A database is there from the first start on. Later starts leave it as its owner
# has it: on, or switched off.
data=${SLOT_DATA:-$HOME/data}
[ -e "$data/postgres" ] || slot db enable || say "no database: slot db enable says more"
[ -e "$data/pgadmin" ] || [ ! -d /opt/pgadmin ] || slot db pgadmin enable || say "no pgAdmin: slot db pgadmin enable says more"

say "what came back:"
slot status || true

[ "${1:-}" = --foreground ] || exit 0
trap 'slot down; exit 0' TERM INT
while :; do sleep 3600 & wait $!; done
