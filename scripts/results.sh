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

# of_project NAME: a test of the storage suite is called by the project, and so the database, that it ran for.
of_project() { sed "s/OtpPipeline\\.Storage\\.Suite\\./OtpPipeline.$1./"; }

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

# Reads tests/allowed-skips.txt: whole names, and those that end in ".*" and stand for all tests below them.
readonly ALLOWED_SKIPS='
    FNR == NR {
        if ($0 ~ /^(#|[[:space:]]*$)/ || $2 == "") next
        if ($1 ~ /\.\*$/) below[substr($1, 1, length($1) - 1)] = 1; else allowed[$1] = 1
        next
    }
    !/^NotExecuted / { next }
    { name = substr($0, 13); bare = name; sub(/\(.*/, "", bare); all = ""; for (p in below) if (index(bare, p) == 1) all = p }
'

# forbidden_skips FILE: the skipped tests that tests/allowed-skips.txt does not name with a reason.
forbidden_skips() {
    awk -F ' [|] ' "$ALLOWED_SKIPS"' all == "" && !(bare in allowed) { print name }' "$PROJECT_ROOT/tests/allowed-skips.txt" "$1"
}

# skips FILE: the skipped tests, in one line those that tests/allowed-skips.txt names together.
skips() {
    awk -F ' [|] ' "$ALLOWED_SKIPS"' all != "" { count[all]++; next } { print "  Skipped " name }
        END { for (p in count) print "  Skipped " p "* (" count[p] ")" }' "$PROJECT_ROOT/tests/allowed-skips.txt" "$1"
}
