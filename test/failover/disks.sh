# A file system of its own for each database node, so that one's disk can be full. Sourced, by root, in the repository's
# root; test/failover/disks.yaml makes volumes of them. What they are told to sync gets as far as the machine's memory, and
# lives through the death of any container: on a file within a file system that syncs, too, each commit would pay twice.
disks=$PWD/target/failover/disks

make_disks() {
  local node
  # New disks and an old record of what is on them would not go together.
  mountpoint -q "$disks/mysql-b" ||
    docker compose -p relevo-failover -f compose/compose.yaml down --volumes --timeout 1 >/dev/null 2>&1 || true
  for node in {mariadb,postgresql,mysql}-{a,b}; do
    mkdir -p "$disks/$node"
    if ! mountpoint -q "$disks/$node"; then
      truncate -s 2G "$disks/$node.img"
      mkfs.ext4 -q -F -m 0 -O ^has_journal "$disks/$node.img"
      mount -o loop,nobarrier "$disks/$node.img" "$disks/$node"
      chown 999:999 "$disks/$node"
    fi
  done
}

remove_disks() {
  local disk
  for disk in "$disks"/*/; do
    ! mountpoint -q "$disk" || umount "$disk" || return 1
  done
  rm -rf "$disks"
}
