#!/bin/sh
# Begins or ends a pause.
# usage: pause.sh FOLDER yes|no
set -eu
cd "$1"
echo "$2" > paused.new
mv paused.new paused
echo "paused: $2"
