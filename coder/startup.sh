#!/usr/bin/env bash
# startup.sh: what the agent runs each time the workspace starts, and after
# each build of a running one. It may run any number of times: what is up stays
# up. Its output is the startup log of Coder's dashboard.
set -uo pipefail
say() { printf 'startup: %s\n' "$*"; }

if ! command -v slot >/dev/null; then
  say "slot is not in PATH ($PATH): the image needs it"
  exit 1
fi

# Starts keeper and daemon, which bring back each slot and the database; a
# daemon that runs is given the new agent's environment.
say "slot up"
slot up || { say "slot up failed; 'slot doctor' in the terminal says more"; exit 1; }

slot status
