#!/bin/sh
# Looks whether the revision that is back works.
# usage: smoke-test.sh FOLDER REVISION
set -eu
cd "$1"
read -r weight < weight
read -r stable < stable
if [ "$weight" -ne 0 ] || [ "$2" != "$stable" ]; then
    echo "$2 is not what answers: $stable, and the candidate has $weight %" >&2
    exit 1
fi
echo "$2 answers: 3 of 3 entries posted and read back"
