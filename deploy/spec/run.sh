#!/usr/bin/env bash
# The models of the revocation protocol, exhaustively: those of the protocol
# must hold, each mutant must be refuted, and the good states must be reached.
#
#   run.sh            everything (half an hour, 4 GB)
#   run.sh quick      the small ones (two minutes)
#   run.sh NAME…      those of that name; a refuted one's trail stays in its folder
#
# Needs spin and gcc (Debian: apt-get install spin gcc).
set -euo pipefail
cd "$(dirname "$0")"
for tool in spin gcc; do
  command -v "$tool" >/dev/null || apt-get install -y -q "$tool" >/dev/null || { echo "install $tool: the models need it" >&2; exit 1; }
done
work=${TMPDIR:-/var/tmp}/aval-spec
wrong=0

# model VERDICT NAME FILE [flags]: VERDICT is holds or refuted.
model() {
  local verdict=$1 name=$2 file=$3
  shift 3
  if [ ${#chosen[@]} -gt 0 ] && ! printf '%s\n' "${chosen[@]}" | grep -qx -- "$name"; then return; fi
  local here=$PWD found=unknown
  mkdir -p "$work/$name"
  pushd "$work/$name" >/dev/null
  rm -f ./*.trail pan*
  spin -a "$@" "$here/$file" >spin.out 2>&1
  gcc -O2 -w -DSAFETY -DCOLLAPSE -DVECTORSZ=2048 -DMEMLIM=5800 -o pan pan.c
  timeout 900 ./pan -m8000000 >pan.out 2>&1 || true
  if grep -q 'errors: 1' pan.out; then
    found=refuted
  elif grep -q 'errors: 0' pan.out && ! grep -qE 'Search not completed|max search depth too small' pan.out; then
    found=holds
  fi
  popd >/dev/null
  echo "MODEL $name $found ($(awk '/states, stored/ {print $1; exit}' "$work/$name/pan.out") states)"
  if [ "$found" != "$verdict" ]; then
    echo "  it should be: $verdict" >&2
    wrong=$((wrong + 1))
  fi
}

one="-DVMAX=2 -DNR=1"
four="-DVMAX=4 -DNR=1"

holds() {
  model holds core_v2 core.pml $one
  model holds xid_k1 xid.pml -DNX=5 -DVM=5
  model holds xid_k2 xid.pml -DNX=4 -DNK=2 -DVM=3
  model holds failover failover.pml
  model holds fo_fenced failover.pml -DFENCED -DPLAIN_FALLBACK
  model holds commands commands.pml
}

holds_slowly() {
  model holds core_v4 core.pml $four
  model holds core_ghost core.pml $four -DGHOST # any number of concurrent revokers and re-grants
  model holds core_drop core.pml $four -DDROP   # expired lease rows removed by the revoker
  model holds core_reap core.pml $four -DREAPER -DL=1 # and by somebody else
  model holds core_pgclock core.pml $four -DPGCLOCK # the database's clock, if it never steps
  model holds xid_crash xid.pml -DNX=6 -DCRASH -DVM=4
  model holds embed_nocrash embed.pml -DL=2 -DNOCRASH
  model holds embed_crashD0 embed.pml -DL=2 -DD=0
  model holds embed_crashH embed.pml -DL=2 -DNOCRASH_E
  model holds embed_regrant embed.pml -DL=2 -DNOCRASH -DVMAX=4 -DD=0
}

mutants() {
  local m
  for m in NO_LEASE NO_WAIT RETRY_NOWAIT LIST_BEFORE RENEW_ONE_TX SNAP_FIRST EXTEND_BEFORE_APPLY COUNT_FROM_REPLY LEASE_LAST \
    STALE_CLOCK SHARED_FALLBACK ACK_EARLY BLIND NO_VERSION RESET_IN_PLACE; do
    model refuted "core_$m" core.pml $one "-D$m"
  done
  model refuted core_MARGIN0 core.pml $one -DM=0
  model refuted core_STEP core.pml $one -DPGCLOCK -DSTEP
  model refuted core_DROP_BLIND core.pml $four -DDROP -DDROP_BLIND
  for m in BOUND_MAXSEEN BOUND_XMAX SEP_STMT XID_ORDER HARD_DELETE NOT_APPLIED DROP_ANY KEEP_ALL_MSG DISCARD_XMIN REPORT_XMAX; do
    model refuted "xid_$m" xid.pml -DNX=4 -DVM=4 "-D$m"
  done
  for m in NOCLIP REPORT_VIS ACK_DISCARDED; do model refuted "xid_$m" xid.pml -DNX=5 -DCRASH "-D$m"; done
  for m in SELF_ACK SELF_REPORT SNAP_THEN_REG CHILD_NOLEASE_H GRACE SAMEID; do
    model refuted "embed_$m" embed.pml -DL=2 -DD=0 "-D$m"
  done
  for m in CHILD_FULL COUNT_REPLY; do model refuted "embed_$m" embed.pml -DL=2 -DNOCRASH "-D$m"; done
  for m in ASYNC_LEASE PLAIN_FALLBACK PG_CLOCK ASYNC_REVOKE; do model refuted "fo_$m" failover.pml "-D$m"; done
  model refuted fo_FENCED_ASYNC failover.pml -DFENCED -DPLAIN_FALLBACK -DASYNC_LEASE
  for m in NO_TOMBSTONE ONE_ROW REPLAY_OK END_BY_TIME; do model refuted "cmd_$m" commands.pml "-D$m"; done
}

reached() {
  local c
  for c in 1 2 3; do model refuted "core_cover$c" core.pml $four "-DCOVER=$c"; done
  model refuted embed_cover embed.pml -DL=2 -DD=0 -DCOVER
  model refuted fo_cover failover.pml -DCOVER
}

chosen=()
case "${1:-}" in
"") holds && holds_slowly && mutants && reached ;;
quick) holds && mutants ;;
*) chosen=("$@") && holds && holds_slowly && mutants && reached ;;
esac
if [ "$wrong" -gt 0 ]; then
  echo "$wrong models are not as they must be" >&2
  exit 1
fi
echo "all models are as they must be"
