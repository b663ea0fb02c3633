#!/bin/sh
# Takes all traffic from the candidate.
# usage: rollback.sh FOLDER REVISION
set -eu
cd "$1"
read -r stable < stable
read -r before < weight
if [ "$2" != "$stable" ]; then
    echo "$2 is not deployed here: stable is $stable" >&2
    exit 1
fi
echo 0 > weight.new
mv weight.new weight
echo "back on $stable: $before % -> 0 %"
