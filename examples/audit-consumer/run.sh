#!/bin/sh
# With KAFKA_BROKERS: follows the audit topic there. Without: starts a broker, publishes two statements, reads them.
set -eu
cd "$(dirname "$0")"
if [ -n "${KAFKA_BROKERS:-}" ]; then exec node consumer.mjs; fi
exec node demo.mjs
