#!/usr/bin/env bash
# The races, the hostile addresses and the timings of make test at their long
# size (kit/testsize), one package after the other: a timing needs the machine.
set -euo pipefail
cd "$(dirname "$0")/../.."
export AVAL_TEST_SIZE=long
m=github.com/aval-access/aval
long() { # package, expression
  go test -count=1 -timeout 90m -run "$2" "$m/$1"
}
long services/kit/email 'TestNoTwoMailboxesHaveOneKey|TestBentAddressesAreOthers'           # T-15
long services/identity/internal/postgres 'TestACodeIsUsedOnceByAHundred'                    # T-13
long services/membership/internal/app 'TestATokenRedeemedAHundredTimesAtOnce'               # T-13
long services/membership/internal/app 'TestInvitationsInAnyOrder'                           # T-14
long services/identity/internal/app 'TestResetAllAtOnce|TestACodeWorksOnceAmongAHundred'    # T-13
long services/identity/internal/app 'TestGuessesAtOnce'                                     # T-22
long services/identity/internal/app 'TestTimeTellsNothing'                                  # T-22
long services/consent/internal/app 'TestAHundredYesesMakeOneGrant'                          # T-10
long services/consent/internal/app 'TestEveryAlteredBitIsFound'                             # T-17
long services/notification/internal/app 'TestFactIsNotedOnce|TestOneMailPerRecipientHoweverOftenComposed' # T-26
long services/notification/internal/app 'TestProcessesKilledWhileTheySendLoseNothing'       # T-26
long deploy/e2e 'TestHostileAttemptsAtALinkGiveNothing'                                     # T-10
long deploy/e2e 'TestRandomStoriesBecomeWhatTheyMay'                                        # T-07
long services/membership/internal/replica 'TestMemoryAnswersAsTheTablesDo|TestNoReplicaAllowsAfterARevocationReturned|TestNoCopyAllowsAfterARevocationReturned|TestACopyAnswersAsTheTablesDo' # T-01
long services/membership/internal/rpc 'TestTheHistoryOfEveryGrantIsThatOfARegister'             # T-01
long services/membership/internal/rpc 'TestAnEndWhoseStorageFailsIsToldSo'                      # T-02
long services/membership/internal/rpc 'TestAGrantEndsByTheDatabasesClockWhateverTheMachinesSays' # T-04
long deploy/replicas .                                                                          # T-01, T-02, T-05
deploy/spec/run.sh # the protocol of revocations, model-checked
