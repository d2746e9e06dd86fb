#!/bin/sh
# Points a PgBouncer at the member that was promoted. For `onPromoted` of an agent's hooks; see docs/routing.md.
#
#   point-here.sh FILE DATABASE HOST PORT ADMIN
#
#   FILE      what pgbouncer.ini includes in its [databases] section; written whole, in one step
#   DATABASE  its name at PgBouncer and at the server
#   HOST PORT of this member, as PgBouncer reaches it
#   ADMIN     connection string of PgBouncer's admin console, such as
#             "host=bouncer.example port=6432 dbname=pgbouncer user=petrov_hook passfile=/etc/petrov/bouncer.pgpass"
#
# The timeline is kept in FILE: an older primary that comes back can't take clients away from a newer one.
set -eu
[ $# -eq 5 ] || { echo "usage: $0 FILE DATABASE HOST PORT ADMIN" >&2; exit 2; }
file=$1 database=$2 host=$3 port=$4 admin=$5
: "${PETROV_TIMELINE:?is set by the agent}"

pointed=$(sed -n 's/^; timeline \([0-9][0-9]*\)$/\1/p' "$file" 2>/dev/null || true)
if [ "${pointed:-0}" -gt "$PETROV_TIMELINE" ]; then
  echo "$file points at timeline $pointed, newer than $PETROV_TIMELINE: left as it is" >&2
  exit 1
fi

umask 077
printf '; timeline %s\n%s = host=%s port=%s dbname=%s\n' "$PETROV_TIMELINE" "$database" "$host" "$port" "$database" >"$file.new"
chown --reference="$file" "$file.new" 2>/dev/null || true # absent at first
mv "$file.new" "$file"

# RELOAD takes the new target for new connections; KILL ends those that still wait for the old primary.
psql -Xq -v ON_ERROR_STOP=1 "$admin" -c RELOAD -c "KILL $database" -c "RESUME $database"
echo "$database is at $host:$port, timeline $PETROV_TIMELINE"
