# Sourced by the scripts of this folder: where things are, what is being done,
# how far it is, and what to do about a failure.

weir_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
weir_cache=${WEIR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/weir}

# steps_total is set by the script that knows how many steps it has.
steps_total=${steps_total:-0}
steps_done=0

# Says what a script is about to do; all progress goes to stderr, so that
# stdout is left to results.
say() {
  printf '%s\n' "$*" >&2
}

# Ends the script: what failed, and what to do about it.
fail() {
  local what=$1
  shift
  say "error: $what"
  local line
  for line in "$@"; do
    say "  $line"
  done
  exit 1
}

# Prints the part of a log line that tells how far a command is.
progress_of() {
  [ -s "$1" ] || return 0
  tail -c 4000 "$1" | tr '\r' '\n' | grep -v '^[[:space:]]*$' | tail -n 1 \
    | cut -c1-100
}

# run_step TEXT COMMAND...: numbers the step, runs the command with its output
# in a log, shows how far it is, and shows the log's end if it fails.
run_step() {
  local text=$1
  shift
  steps_done=$((steps_done + 1))
  local head="[$steps_done/$steps_total] $text"
  local log_dir="$weir_cache/log"
  mkdir -p "$log_dir"
  local log
  log=$(mktemp "$log_dir/$(date +%Y%m%d-%H%M%S)-step-$steps_done-XXXX.log")
  local begin=$SECONDS pid status=0 shown=$SECONDS
  say "$head ..."
  # A process group of its own, so that all of it can be ended: commands in the
  # background of a script do not hear of Ctrl-C.
  set -m
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  set +m
  trap 'kill -TERM -- -'"$pid"' 2>/dev/null; say "stopped"; exit 130' INT TERM HUP
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    if [ -t 2 ]; then
      printf '\r\033[K  %3d s  %s' $((SECONDS - begin)) "$(progress_of "$log")" >&2
    elif ((SECONDS - shown >= ${WEIR_PROGRESS_SECONDS:-15})); then
      shown=$SECONDS
      say "  $((SECONDS - begin)) s  $(progress_of "$log")"
    fi
  done
  wait "$pid" || status=$?
  trap - INT TERM HUP
  [ -t 2 ] && printf '\r\033[K' >&2
  if [ "$status" -ne 0 ]; then
    tail -n 40 "$log" >&2
    fail "$text failed (exit status $status) after $((SECONDS - begin)) s" \
      "command: $*" "whole output: $log"
  fi
  rm -f "$log"
  say "  done in $((SECONDS - begin)) s"
}
