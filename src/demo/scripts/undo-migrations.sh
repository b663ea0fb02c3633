#!/bin/sh
# Takes the database back to what the stable side expects. The traffic goes back first.
# usage: undo-migrations.sh FOLDER TARGET
set -eu
cd "$1"
read -r weight < weight
read -r stable < stable
if [ "$weight" -ne 0 ]; then
    echo "the candidate still has $weight % of the traffic: roll $2 back first" >&2
    exit 1
fi
echo "undoing 0042_ledger_notes"
sleep 3
echo "the database of $2 is as $stable expects it"
