#!/usr/bin/env bash
# machine.sh start|stop FOLDER: the tests' machine, whose home is FOLDER/home.
set -euo pipefail
dir=$2

start() {
  mkdir -p "$dir/home"
  (umask 077 && mkdir -p "$dir/run" && printf %s "$ADMIN_TOKEN" >"$dir/run/admin-token" && printf %s "$SESSION" >"$dir/run/coder-session")
  [ "$DELAY" = 0 ] || sleep "$DELAY"
  namespace=(unshare --fork --pid --mount-proc --kill-child)
  [ "$(id -u)" = 0 ] || namespace+=(--map-root-user)
  # shellcheck disable=SC2086 # words without blanks
  env -i $ENVIRONMENT HOME="$dir/home" USER="$(id -un)" SHELL=/bin/bash LANG=C.UTF-8 PATH="$AGENT_PATH" \
    CODER_AGENT_URL="$ACCESS_URL" CODER_AGENT_TOKEN="$TOKEN" CODER_AGENT_AUTH=token CODER_AGENT_LOG_DIR="$dir" \
    CODER_AGENT_PPROF_ADDRESS= CODER_AGENT_PROMETHEUS_ADDRESS= CODER_AGENT_DEBUG_ADDRESS= \
    SLOT_BASE_PORT="$BASE_PORT" SLOT_ADMIN_PORT=$((BASE_PORT + 5)) SLOT_WEBHOOK_PORT=$((BASE_PORT + 6)) \
    SLOT_PGADMIN_PORT=$((BASE_PORT + 7)) SLOT_POSTGRES_PORT=$((BASE_PORT + 8)) \
    SLOT_SECRETS_DIR="$dir/run" \
    setsid "${namespace[@]}" "$AGENT" agent </dev/null >>"$dir/agent.log" 2>&1 &
  echo $! >"$dir/pid"
}

# The agent is asked first: it runs the scripts for the stop. The rest of the
# namespace ends with it.
stop() {
  [ -f "$dir/pid" ] || return 0
  machine=$(cat "$dir/pid")
  pkill -TERM -P "$machine" || true
  for _ in $(seq 600); do
    kill -0 "$machine" 2>/dev/null || break
    sleep 0.05
  done
  kill -KILL "$machine" 2>/dev/null || true
  rm -f "$dir/pid"
}

"$1"
