#!/bin/sh
# A stand-in's start: the broker in the foreground, its log on the standard output, a cookie of its own.
set -eu
chown -R rabbitmq:rabbitmq /var/lib/rabbitmq /var/log/rabbitmq
printf 'log.console = true\n' >/etc/rabbitmq/conf.d/10-console.conf
exec setpriv --reuid rabbitmq --regid rabbitmq --init-groups env HOME=/var/lib/rabbitmq /usr/lib/rabbitmq/bin/rabbitmq-server
