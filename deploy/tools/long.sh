#!/usr/bin/env bash
# What make chaos runs: the journeys under faults, then the races, the hostile
# addresses and links, the stories and the timings of make test at their long size
# (kit/testsize), one after the other: a timing needs the machine. Each has its
# bound, what fails keeps nothing else from running, and one LONG line for each
# stands at the end.
#
#   long.sh            everything
#   long.sh T-07 T-10  what shows these, "chaos" and "models" among the names
set -uo pipefail
cd "$(dirname "$0")/../.."
size=${AVAL_TEST_SIZE:-long}
m=github.com/aval-access/aval
chosen=("$@")
summary=()
failed=0
logs=$(mktemp -d "${TMPDIR:-/tmp}/aval-long-XXXXXX")

wanted() { # any of the names is chosen, or all
  [ ${#chosen[@]} -eq 0 ] && return
  local name
  for name in "$@"; do printf '%s\n' "${chosen[@]}" | grep -qx -- "$name" && return; done
  return 1
}

verdict() { # how it went, seconds, what
  local line="LONG $1 in $2s $3"
  [ "$1" = ok ] || [ "$1" = skipped ] || failed=$((failed + 1))
  echo "$line"
  summary+=("$line")
}

long() { # what it shows, separated by commas, the package and the expression
  wanted ${1//,/ } || return 0
  local began=$SECONDS log="$logs/${#summary[@]}-$1-${2//\//_}" how=FAILED
  if AVAL_TEST_SIZE=$size go test -count=1 -v -timeout 60m -run "$3" "$m/$2" >"$log" 2>&1 && grep -q '^--- ' "$log"; then
    how=ok
    grep -q '^--- PASS' "$log" || how=skipped
  else
    tail -n 60 "$log"
  fi
  verdict "$how" $((SECONDS - began)) "$1 $2 $3"
}

program() { # name, seconds that it may take, command
  wanted "$1" || return 0
  local name=$1 bound=$2 began=$SECONDS how=FAILED
  shift 2
  timeout --kill-after=60 "$bound" "$@" && how=ok
  verdict "$how" $((SECONDS - began)) "$name"
}

program chaos $((${CHAOS_MINUTES:-10} * 60 + 1800)) go run ./deploy/chaos                       # T-06, T-07
long T-15 services/kit/email 'TestNoTwoMailboxesHaveOneKey|TestBentAddressesAreOthers'
long T-13 services/identity/internal/postgres 'TestACodeIsUsedOnceByAHundred'
long T-13 services/membership/internal/app 'TestATokenRedeemedAHundredTimesAtOnce'
long T-14 services/membership/internal/app 'TestInvitationsInAnyOrder'
long T-13 services/identity/internal/app 'TestResetAllAtOnce|TestACodeWorksOnceAmongAHundred'
long T-22 services/identity/internal/app 'TestGuessesAtOnce'
long T-22 services/identity/internal/app 'TestTimeTellsNothing'
long T-10 services/consent/internal/app 'TestAHundredYesesMakeOneGrant'
long T-10 deploy/e2e 'TestHostileAttemptsAtALinkGiveNothing'
if wanted T-10; then deploy/tools/browser.sh; fi
long T-10 deploy/browser 'TestPagesInABrowser'                                                  # a scanner in Chromium
long T-11 deploy/e2e 'TestASupportSession(ReachesNothingOfAval|GrowsNowhere)'
long T-17 services/consent/internal/app 'TestEveryAlteredBitIsFound|TestWhoIsForgottenLeavesTheTreeWhole'
long T-17 services/ledger 'TestTamperingIsNamed|TestKeptNotesHoldTheLedgerToItsPast'
long T-26 services/notification/internal/app 'TestFactIsNotedOnce|TestOneMailPerRecipientHoweverOftenComposed'
long T-26 services/notification/internal/app 'TestProcessesKilledWhileTheySendLoseNothing'
long T-07 deploy/e2e 'TestRandomStoriesBecomeWhatTheyMay'
long T-01 services/membership/internal/replica 'TestMemoryAnswersAsTheTablesDo|TestNoReplicaAllowsAfterARevocationReturned|TestNoCopyAllowsAfterARevocationReturned|TestACopyAnswersAsTheTablesDo'
long T-01 services/membership/internal/rpc 'TestTheHistoryOfEveryGrantIsThatOfARegister'
long T-02 services/membership/internal/rpc 'TestAnEndWhoseStorageFailsIsToldSo'
long T-04 services/membership/internal/rpc 'TestAGrantEndsByTheDatabasesClockWhateverTheMachinesSays'
long T-01,T-02,T-05 deploy/replicas .
program models 7200 deploy/spec/run.sh                                                          # the protocol of revocations

printf '\n'
printf '%s\n' "${summary[@]}"
echo "LONG $((${#summary[@]} - failed)) of ${#summary[@]} went well, at size $size; the logs are in $logs"
[ "$failed" -eq 0 ] && [ ${#summary[@]} -gt 0 ]
