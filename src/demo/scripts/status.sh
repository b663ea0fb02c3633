#!/bin/sh
# Prints where the rollout stands, in the words of `flightdeck status -o json`.
# usage: status.sh FOLDER
set -eu
cd "$1"
read -r weight < weight
read -r stable < stable
read -r candidate < candidate
read -r paused < paused
# a phase of its own only where flightdeck could not tell it from the rest
phase=null
reason=null
if [ "$paused" = yes ]; then
    phase='"paused"'
    reason='"paused by the operator"'
fi
printf '{"phase":%s,"routed":%s,"stable":"%s","candidate":"%s","reason":%s}\n' \
    "$phase" "$weight" "$stable" "$candidate" "$reason"
