#!/bin/sh
# Gives the candidate a part of the traffic.
# usage: shift.sh FOLDER PERCENT REVISION
set -eu
cd "$1"
read -r candidate < candidate
read -r before < weight
if [ "$3" != "$candidate" ]; then
    echo "the candidate is $candidate, not $3" >&2
    exit 1
fi
case "$2" in
    '' | *[!0-9]*)
        echo "$2 is not a whole percentage" >&2
        exit 1
        ;;
esac
if [ "$2" -gt 100 ]; then
    echo "$2 is more than there is" >&2
    exit 1
fi
# in one piece: whoever reads meanwhile sees the old weight or the new one
echo "$2" > weight.new
mv weight.new weight
echo "$candidate: $before % -> $2 %"
