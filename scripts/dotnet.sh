# shellcheck shell=bash
# The .NET SDK: found, checked, and quiet. Sourced after common.sh.

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
# No build server shall outlive the command that started it.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0

need_dotnet() {
    local folder
    # The SDK keeps its first-run files below HOME, which a bare CI may not set.
    if [ -z "${HOME:-}" ]; then export HOME="$PROJECT_ROOT/.local/home"; mkdir -p "$HOME"; fi
    for folder in "${DOTNET_ROOT:-}" "$HOME/.dotnet" /usr/share/dotnet /usr/lib/dotnet; do
        if ! have dotnet && [ -x "$folder/dotnet" ]; then PATH="$PATH:$folder"; fi
    done
    have dotnet || die "The .NET 10 SDK is needed and 'dotnet' was not found: https://dotnet.microsoft.com/download/dotnet/10.0"
    (cd "$PROJECT_ROOT" && dotnet --version >/dev/null 2>&1) ||
        die "The .NET 10 SDK is needed; here are only: $(dotnet --list-sdks | cut -d ' ' -f 1 | xargs). See https://dotnet.microsoft.com/download/dotnet/10.0"
}

# dotnet_build PROJECT: Release; silent when all is well, the errors otherwise. All projects are compiled by one compiler process of this
# build, which ends with it; where marked processes cannot be found, each project starts its own.
dotnet_build() {
    local log="$PROJECT_ROOT/.local/log/build.log" compiler=-p:UseSharedCompilation=false status=0
    if [ -d /proc/self ]; then compiler=-p:SharedCompilationId=$(random_hex 8); fi
    mkdir -p "${log%/*}"
    say "Building $1"
    STEP_MARK="$PROJECT_ROOT/.local/build"
    step "building" "$log" env OTP_SERVICE_DIR="$STEP_MARK" dotnet build "$PROJECT_ROOT/$1" -c Release -nologo -v quiet \
        -nodeReuse:false "$compiler" || status=$?
    end_marked "$STEP_MARK" 5
    STEP_MARK=""
    [ $status != 0 ] || return 0
    grep -E '(error|warning) [A-Z]+[0-9]+' "$log" | sort -u | head -n 40 >&2 || show_tail "$log" 40
    die "The build of $1 failed; its whole output is in $log"
}

# hosts_ahead FOLDER: the built hosts in FOLDER/Api and FOLDER/Workers, most of their code compiled ahead, and that of the libraries which
# the tests share with them: a start takes two thirds of the processor time.
hosts_ahead() {
    local log="$PROJECT_ROOT/.local/log/hosts.log" built=bin/Release/net10.0 folder
    mkdir -p "${log%/*}"
    rm -rf "$1"
    say "Compiling the hosts ahead"
    STEP_MARK="$PROJECT_ROOT/.local/hosts-ahead"
    step "compiling the hosts ahead" "$log" env OTP_SERVICE_DIR="$STEP_MARK" dotnet publish "$PROJECT_ROOT/src/Workers" -c Release \
        -o "$1/Workers" -nologo -v quiet -nodeReuse:false -p:PublishReadyToRun=true -p:RunAnalyzers=false -p:UseSharedCompilation=false ||
        { show_tail "$log" 40; die "The hosts could not be compiled ahead; the whole output is in $log"; }
    STEP_MARK=""
    cp -R "$PROJECT_ROOT/src/Api/$built" "$1/Api"
    for folder in "$1/Api" "$PROJECT_ROOT"/tests/*.Tests/"$built"; do libraries_ahead "$1/Workers" "$folder"; done
}

# libraries_ahead HOST FOLDER: each library of the folder that is the same as that of the workers, compiled ahead as in HOST.
libraries_ahead() {
    local file
    for file in "$1"/*.dll; do
        file=${file##*/}
        if cmp -s "$2/$file" "$PROJECT_ROOT/src/Workers/bin/Release/net10.0/$file"; then cp "$1/$file" "$2/"; fi
    done
}
