# shellcheck shell=bash
# Reads the .trx files that 'dotnet test' writes. Sourced by ./test.

# Turns the text of an XML attribute or element into what was meant.
readonly XML_TEXT='s/&quot;/"/g; s/&apos;/'"'"'/g; s/&#x[0-9A-Fa-f]*;//g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g'

# outcomes FILE: one line a test, its outcome and its full name.
outcomes() {
    [ -e "$1" ] || return 0
    grep -o '<UnitTestResult [^>]*>' "$1" | sed -E 's/.* testName="([^"]*)".* outcome="([^"]*)".*/\2 \1/; '"$XML_TEXT" || true
}

# reasons FILE: of each test that failed its full name, a tab and a line of its message, and the line of a test where it happened.
reasons() {
    [ -e "$1" ] || return 0
    awk '
        function tell(line) { if (++lines <= 12) print name "\t" substr(line, 1, 300) }
        /<UnitTestResult / {
            name = ""; lines = inside = trace = 0
            if (match($0, / outcome="Failed"/) && match($0, / testName="[^"]*"/)) name = substr($0, RSTART + 11, RLENGTH - 12)
        }
        name == "" { next }
        /<Message>/ { inside = 1; sub(/.*<Message>/, "") }
        inside {
            line = $0
            sub(/<\/Message>.*/, "", line)
            tell(line)
            if ($0 ~ /<\/Message>/) inside = 0
        }
        /<StackTrace>/ && !inside { trace = 1 }
        trace && /\/tests\/.*:line [0-9]/ { sub(/.* in /, ""); sub(/<.*/, ""); lines = 0; tell("at " $0); name = "" }
    ' "$1" | sed -E "$XML_TEXT"
}

# failures OUTCOMES REASONS: the failed tests, each with its reason below it.
failures() {
    awk -F '\t' '
        FILENAME == ARGV[1] { reason[$1] = reason[$1] "\n      " substr($0, index($0, "\t") + 1); next }
        /^(Passed|NotExecuted) / { next }
        { name = $0; sub(/^[^ ]* /, "", name); print "  " $0 reason[name] }
    ' "$2" "$1"
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
