#!/usr/bin/env bash
# Private PostgreSQL and RabbitMQ servers: the one place that knows how to install, start and stop them. Used by ./test, ./distributed
# and the test fixtures. Every server listens on loopback and keeps its data and its pid file in the folder it is given.
#
#   .ci/servers.sh install postgres rabbitmq chromium nginx wrk haproxy   installs what is missing (Debian, as root), else says what to install
#   .ci/servers.sh start postgres DIR [PORT]                      prints the connection string when it accepts connections
#   .ci/servers.sh start rabbitmq DIR [PORT]                      prints the URI when it accepts connections
#   .ci/servers.sh database DIR NAME                              creates a database on that PostgreSQL unless it exists; prints its connection string
#   .ci/servers.sh stop DIR                                       stops the server of that folder; its data stays
#   .ci/servers.sh port                                           prints a free loopback port
set -euo pipefail

fail() { echo "servers: $*" >&2; exit 1; }

first_existing() { local path; for path in "$@"; do if [ -e "$path" ]; then echo "$path"; return; fi; done; }
postgres_bin() { first_existing /usr/lib/postgresql/15/bin /usr/lib/postgresql/*/bin /usr/local/pgsql/bin; }
rabbitmq_bin() { first_existing /usr/lib/rabbitmq/bin/rabbitmq-server /usr/local/lib/rabbitmq/bin/rabbitmq-server; }

has() {
  case "$1" in
    postgres) [ -n "$(postgres_bin)" ] ;;
    rabbitmq) [ -n "$(rabbitmq_bin)" ] ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

package_of() { case "$1" in postgres) echo postgresql ;; rabbitmq) echo rabbitmq-server ;; *) echo "$1" ;; esac; }

install_missing() {
  local missing=()
  for what in "$@"; do has "$what" || missing+=("$(package_of "$what")"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    fail "missing: ${missing[*]}. Install them with your package manager (on Debian: apt-get install ${missing[*]}) and run again."
  fi
  echo "servers: installing ${missing[*]}" >&2
  # No server of the distribution's own may start: only private ones are used. policy-rc.d is Debian's way to say so.
  local policy=/usr/sbin/policy-rc.d written=
  [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy"; chmod 755 "$policy"; written=yes; }
  apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  [ -z "$written" ] || rm -f "$policy"
}

free_port() {
  local port
  while :; do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    listening "$port" || { echo "$port"; return; }
  done
}

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

alive() { [ -f "$1" ] && kill -0 "$(head -n 1 "$1")" 2>/dev/null; }

# As root, PostgreSQL runs as the user postgres, because initdb and the server refuse root.
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

start_postgres() {
  local dir=$1 port=${2:-} bin
  bin=$(postgres_bin)
  [ -n "$bin" ] || fail "PostgreSQL is not installed (Debian package postgresql)."
  mkdir -p "$dir"
  dir=$(cd "$dir" && pwd)
  if [ "$(id -u)" = 0 ]; then
    chown postgres "$dir"
    as_postgres test -x "$dir" || fail "The user postgres cannot enter '$dir'; choose a data folder whose parents others may enter."
  fi
  if ! alive "$dir/data/postmaster.pid"; then
    if [ ! -f "$dir/data/PG_VERSION" ]; then
      as_postgres "$bin/initdb" -D "$dir/data" -U strangler --auth=trust --encoding=UTF8 --locale=C.UTF-8 >"$dir/initdb.log" 2>&1 \
        || fail "initdb failed; see $dir/initdb.log"
    fi
    [ -n "$port" ] || port=$(cat "$dir/port" 2>/dev/null || free_port)
    echo "$port" >"$dir/port"
    (cd "$dir" && as_postgres setsid "$bin/postgres" -D "$dir/data" -p "$port" -k "$dir" -h 127.0.0.1 \
      -c wal_level=logical -c max_wal_senders=64 -c max_replication_slots=64 -c max_connections=400 \
      -c max_prepared_transactions=64 -c log_min_messages=warning &) >>"$dir/log" 2>&1 </dev/null
    # pg_isready speaks the protocol: a port that merely accepts is not a server that answers.
    local tries=0
    until "$bin/pg_isready" -q -h 127.0.0.1 -p "$port"; do
      tries=$((tries + 1)); [ $tries -lt 300 ] || fail "PostgreSQL did not answer on port $port within 30 s; see $dir/log"
      sleep 0.1
    done
  fi
  head -n 1 "$dir/data/postmaster.pid" >"$dir/pid"
  echo "Host=127.0.0.1;Port=$(cat "$dir/port");Username=strangler;Database=postgres"
}

start_rabbitmq() {
  local dir=$1 port=${2:-} bin
  bin=$(rabbitmq_bin)
  [ -n "$bin" ] || fail "RabbitMQ is not installed (Debian package rabbitmq-server)."
  mkdir -p "$dir"
  dir=$(cd "$dir" && pwd)
  if ! alive "$dir/pid" || ! listening "$(cat "$dir/port" 2>/dev/null || echo 1)"; then
    [ -n "$port" ] || port=$(cat "$dir/port" 2>/dev/null || free_port)
    # The node's name is part of its data: it must be the same at every start, whatever the port.
    [ -f "$dir/node" ] || echo "strangler-$port-$$" >"$dir/node"
    echo "$port" >"$dir/port"
    printf 'listeners.tcp.local = 127.0.0.1:%s\nlog.file.level = warning\ndisk_free_limit.absolute = 200MB\n' "$port" >"$dir/rabbitmq.conf"
    # Further settings of a node, e.g. which cluster it belongs to.
    [ ! -f "$dir/extra.conf" ] || cat "$dir/extra.conf" >>"$dir/rabbitmq.conf"
    : >"$dir/enabled_plugins"
    rm -f "$dir/pid"
    (cd "$dir" && HOME="$dir" ERL_EPMD_ADDRESS=127.0.0.1 \
      RABBITMQ_NODENAME="$(cat "$dir/node")@localhost" RABBITMQ_NODE_PORT="$port" RABBITMQ_DIST_PORT="$(free_port)" \
      RABBITMQ_MNESIA_BASE="$dir/mnesia" RABBITMQ_LOG_BASE="$dir/log" RABBITMQ_CONFIG_FILE="$dir/rabbitmq.conf" \
      RABBITMQ_ENABLED_PLUGINS_FILE="$dir/enabled_plugins" RABBITMQ_PID_FILE="$dir/pid" \
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none" \
      setsid "$bin" &) >>"$dir/stdout" 2>&1 </dev/null
    local tries=0
    until listening "$port"; do
      tries=$((tries + 1)); [ $tries -lt 900 ] || fail "RabbitMQ did not listen on port $port within 90 s; see $dir/stdout and $dir/log"
      sleep 0.1
    done
  fi
  echo "amqp://guest:guest@127.0.0.1:$(cat "$dir/port")/"
}

stop_server() {
  local pidfile="$1/pid" pid tries=0
  alive "$pidfile" || return 0
  pid=$(head -n 1 "$pidfile")
  # INT is PostgreSQL's fast shutdown (it disconnects clients); RabbitMQ's runtime ends in order on TERM.
  if [ -d "$1/data" ]; then kill -INT "$pid"; else kill -TERM "$pid"; fi
  while kill -0 "$pid" 2>/dev/null; do
    tries=$((tries + 1)); [ $tries -lt 300 ] || { kill -KILL "$pid"; break; }
    sleep 0.1
  done
}

create_database() {
  local dir=$1 name=$2 bin sql
  bin=$(postgres_bin)
  sql=("$bin/psql" -h 127.0.0.1 -p "$(cat "$dir/port")" -U strangler -d postgres -v ON_ERROR_STOP=1 -qtAc)
  [ -n "$("${sql[@]}" "select 1 from pg_database where datname = '$name'")" ] || "${sql[@]}" "create database $name"
  echo "Host=127.0.0.1;Port=$(cat "$dir/port");Username=strangler;Database=$name"
}

case "${1:-}" in
  install) shift; install_missing "$@" ;;
  start)
    case "${2:-}" in
      postgres) start_postgres "${3:?DIR}" "${4:-}" ;;
      rabbitmq) start_rabbitmq "${3:?DIR}" "${4:-}" ;;
      *) fail "start what? postgres or rabbitmq" ;;
    esac ;;
  database) create_database "${2:?DIR}" "${3:?NAME}" ;;
  stop) stop_server "${2:?DIR}" ;;
  port) free_port ;;
  *) sed -n '2,10p' "$0"; exit 2 ;;
esac
