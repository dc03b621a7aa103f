#!/bin/sh
# Tries the policies of this folder, without a database.
set -eu
cd "$(dirname "$0")"
exec ../../gatehouse policy test .
