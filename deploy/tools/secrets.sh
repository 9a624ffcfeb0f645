#!/usr/bin/env bash
# Looks for secrets in the files of the tree, after showing that it would find
# one of each kind. Prints places and never what stands there.
set -euo pipefail
cd "$(dirname "$0")/../.."

# A pattern, and an example in two halves: whole, it would be found here too.
kinds() {
  cat <<'KINDS'
-----BEGIN [A-Z ]*PRIVATE KEY-----	-----BEGIN EC PRIV	ATE KEY-----
\bAKIA[0-9A-Z]{16}\b	AKIA	ABCDEFGHIJ234567
\bgh[pousr]_[A-Za-z0-9]{36}	ghp_	abcdefghijklmnopqrstuvwxyz0123456789
\bgithub_pat_[A-Za-z0-9_]{40}	github_pat_	abcdefghijklmnopqrstuvwxyz0123456789_abcd
\bglpat-[A-Za-z0-9_-]{20}	glpat-	abcdefghijklmnopqrst
\bnpm_[A-Za-z0-9]{36}	npm_	abcdefghijklmnopqrstuvwxyz0123456789
\bxox[abprs]-[0-9A-Za-z-]{10}	xoxb-	0123456789-abc
\bS[ACNOU][A-Z2-7]{56}\b	SU	ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWX
\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{40}	eyJhbGciOiJFZERTQSJ9.	eyJzdWIiOiJ1c3JfMSJ9.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrst
\bavl_[a-z]{3}1_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}\b	avl_ses1_	abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq012345
[a-z][a-z0-9+.-]*://[A-Za-z0-9_-]+:(?!password@)[A-Za-z0-9_~!.-]{8,}@	postgres://aval:	correcthorse@db/aval
KINDS
}

patterns=$(kinds | cut -f1)
while IFS=$'\t' read -r pattern first second; do
  printf '%s%s\n' "$first" "$second" | grep -qP -e "$pattern" || { echo "the pattern $pattern finds nothing"; exit 1; }
done < <(kinds)

found=$(git grep -nIP -e "$(paste -sd'|' <<<"$patterns")" -- ':!proto/third_party' ':!*.sum' ':!*package-lock.json' | cut -d: -f1,2 || true)
[ -z "$found" ] || { echo "these look like secrets; take them out, and consider them known:"; echo "$found"; exit 1; }
