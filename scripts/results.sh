# shellcheck shell=bash
# Reads the .trx files that 'dotnet test' writes. Sourced by ./test.

# outcomes FILE: one line a test, its outcome and its full name.
outcomes() {
    [ -e "$1" ] || return 0
    grep -o '<UnitTestResult [^>]*>' "$1" |
        sed -E 's/.* testName="([^"]*)".* outcome="([^"]*)".*/\2 \1/; s/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g' || true
}

# count_outcomes FILE: "passed failed skipped". What is neither passed nor skipped has failed.
count_outcomes() {
    awk '$1 == "Passed" { passed++; next } $1 == "NotExecuted" { skipped++; next } { failed++ }
         END { print passed + 0, failed + 0, skipped + 0 }' "$1"
}

# forbidden_skips FILE: the skipped tests that tests/allowed-skips.txt does not name with a reason.
forbidden_skips() {
    awk -F ' [|] ' '
        FNR == NR { if ($0 !~ /^(#|[[:space:]]*$)/ && $2 != "") allowed[$1] = 1; next }
        /^NotExecuted / { name = substr($0, 13); sub(/\(.*/, "", name); if (!(name in allowed)) print substr($0, 13) }
    ' "$PROJECT_ROOT/tests/allowed-skips.txt" "$1"
}
