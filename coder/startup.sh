#!/usr/bin/env bash
# startup.sh [--foreground]: what the agent runs each time the workspace starts
# and after each build of a running one. It may run any number of times: what is
# up stays up, a daemon that runs is given the new agent's environment. What it
# says is the startup log of the dashboard. --foreground is for a container
# without Coder: it stays until it is told to end, and then stops the slots.
set -uo pipefail
say() { printf 'startup: %s\n' "$*"; }

command -v slot >/dev/null || { say "slot is not in PATH ($PATH): the image needs it"; exit 1; }

# Keeper and daemon bring back each slot from its kept release, and the database
# if it is on: no network, no build.
slot up || { say "slot up failed: slot doctor says more"; exit 1; }

# From here on nothing is worth an agent that counts as failed.
token=${SLOT_ADMIN_TOKEN_FILE:-/run/slot/admin-token}
if [ -r "$token" ]; then
  slot token create coder --stdin <"$token" || say "the dashboard's button will not open the admin: 'slot open admin' prints a link"
fi

say "what came back:"
slot status || true

[ "${1:-}" = --foreground ] || exit 0
trap 'slot down; exit 0' TERM INT
while :; do sleep 3600 & wait $!; done
