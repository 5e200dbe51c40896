# What the nodes of all three engines do alike. Sourced by each engine's `node`, which defines
#
#   initialise FOLDER         make a new database there, with its users
#   clone FOLDER PRIMARY      copy the running primary into it
#   copy FOLDER               copy the server that runs here into it, for a backup
#   prepare ROLE PRIMARY      make $db fit to start as that; may answer 2: $db is of no use, take a copy instead
#   serve ROLE PRIMARY        start the server on $db in the background, and set $server to its process id
#   stop_server               have the server stop in good order
#   drop_server               have it stop at once, for it is no primary any more
#
# A node starts no server before the watchdog has said what it is to be: a primary that comes back by itself could show
# or take writes while the other node is the primary. Only the watchdog opens writes.
set -uo pipefail

: "${RELEVO_NODE:?a or b}" "${RELEVO_WATCHDOG:?the address of the watchdog, such as http://watchdog:8020}"
: "${RELEVO_PEER:?the other node, host:port}"
root=/var/lib/relevo db=$root/db run=/run/relevo
lib=$(dirname "${BASH_SOURCE[0]}")
me=$RELEVO_NODE server='' stopping='' said=''
role='' provision='' primary=''

say() { echo "node $me: $*" >&2; }

# Says a thing that goes on for a while once.
say_once() { [ "$said" = "$*" ] || say "$*"; said="$*"; }

secret() { printf '%s' "$(<"/run/secrets/$1")"; }

# Sleeps so that a signal ends it.
pause() { sleep "$1" & wait $!; }

# ask_watchdog SECONDS METHOD PATH [BODY]: sets answer to the body; fails if there is none in time, or it isn't a 200's. How
# long it tries to connect is the container's net.ipv4.tcp_syn_retries (3 s). BODY is JSON.
# Starts no program, for it is done all the time. Of a secret that has several words, the first is sent: the others are
# taken while it changes.
ask_watchdog() {
  local authority=${RELEVO_WATCHDOG#http://} body=${4:-} status='' token='' line
  answer=''
  read -r token _ </run/secrets/node_token
  { exec 3<>"/dev/tcp/${authority%:*}/${authority#*:}"; } 2>/dev/null || return 1
  printf '%s /%s HTTP/1.0\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' \
    "$2" "$3" "$authority" "$token" ${#body} "$body" 2>/dev/null >&3 &&
    read -r -t "$1" _ status _ <&3 &&
    while read -r -t 2 line <&3 && [ "${line%$'\r'}" != '' ]; do :; done &&
    IFS= read -r -t 2 -d '' answer <&3
  exec 3>&-
  [ "$status" = 200 ]
}

# Asks for the role; sets role, provision and primary.
ask() {
  local answer line
  ask_watchdog 2 GET "role?node=$me&data=$1" || return 1
  role='' provision='' primary=''
  for line in $answer; do
    case $line in
      role=primary | role=replica | provision=none | provision=initialise | provision=clone | primary=a | primary=b)
        declare -g "$line" ;;
    esac
  done
  [ -n "$role" ] && [ -n "$provision" ] && [ -n "$primary" ]
}

# A copy counts once it is whole and on disk: $root/new is being made, $root/ready is whole and not yet in place.
settle() {
  rm -rf "$root/new"
  if [ -d "$root/ready" ]; then
    rm -rf "$db" && mv "$root/ready" "$db" && sync -f "$root" || return 1
  fi
}

keep_new() { sync -f "$root" && mv "$root/new" "$root/ready" && sync -f "$root" && settle; }

# provide HOW: makes $db by initialising or cloning. Runs in the background, so that a signal ends it.
provide() {
  local begun=$SECONDS
  say "$1, primary $primary"
  if [ "$1" = initialise ]; then initialise "$root/new" & else clone "$root/new" "$primary" & fi
  wait $! && keep_new || return 1
  say "$1: done in $((SECONDS - begun)) s"
}

have() { [ -d "$db" ] && echo present || echo none; }

# Watches over the running server: until it ends, or is told to.
watch() {
  local runs_as=$1 tick
  while [ -z "$stopping" ]; do
    sleep 2 & tick=$!
    wait -n "$server" "$tick"
    kill -0 "$server" 2>/dev/null || { [ -n "$stopping" ] || say "the server has ended"; return 1; }
    ask running || continue
    # What was started as a replica may have been promoted since; the way back leads through a restart.
    if [ "$role" = primary ]; then runs_as=primary; fi
    if [ "$provision" = clone ] || [ "$role" = replica -a "$runs_as" = primary ]; then
      say "is to be $role (provision $provision) and runs as $runs_as: stops"
      drop_server
      wait "$server"
      return 0
    fi
  done
}

# A node that is asked to stop has itself relieved first, so that no client meets a server that goes away. The answer
# comes when that is done, or can't be; then it isn't stopped in good order, for commits that wait would be let through.
leave() {
  local answer
  say "takes leave"
  ask_watchdog 12 POST fence-me "{\"node\":\"$me\"}"
  say "the watchdog says: ${answer:-nothing}"
  [[ $answer == *'"fenced":true'* ]]
}

# Writes a copy of this node's data to the standard output, as tar, while its server runs.
backup() {
  local to=$root/backup
  rm -rf "$to"
  trap 'rm -rf "$to"' EXIT
  copy "$to" >&2 && tar -cC "$to" .
}

node() {
  local data answer
  trap 'stopping=yes' TERM INT
  # A watchdog that goes away while it is asked is no reason to end.
  trap : PIPE
  mkdir -p "$run"
  while [ -z "$stopping" ]; do
    settle || { say "the data folder can't be written"; pause 2; continue; }
    data=${data:-$(have)}
    if ! ask "$data"; then
      say_once "waits to be told its role (it has data: $data)"
      pause 0.5
      continue
    fi
    case $provision in
      initialise | clone)
        if provide $provision; then data=present; [ $provision = clone ] && data=cloned; else
          [ -n "$stopping" ] || say "$provision did not work, tries again"
          pause 1
        fi
        continue ;;
    esac
    data=''
    prepare "$role" "$primary"; answer=$?
    if [ $answer = 2 ]; then say "the data is of no use"; rm -rf "$db"; continue; fi
    if [ $answer != 0 ]; then pause 0.5; continue; fi
    [ -z "$stopping" ] || break
    say "starts as $role"
    said=''
    serve "$role" "$primary"
    watch "$role" || break
    server=''
  done
  if [ -n "$server" ] && kill -0 "$server" 2>/dev/null; then
    if leave; then stop_server; else drop_server; fi
    while kill -0 "$server" 2>/dev/null; do wait "$server"; done
    say "stopped"
    exit 0
  fi
  # Whatever starts containers starts it again, and it asks for its role again.
  [ -n "$stopping" ]
}
