# shellcheck shell=bash
# The two hosts of ./run: their secrets, their settings, how they start and stop. Sourced by ./run.

readonly LOCAL="$PROJECT_ROOT/.local"
readonly LOGS="$LOCAL/log" SECRETS="$LOCAL/secrets.env"
# Not readonly: the demo reads them back from demo.env.
BEEM_APP_ID=1 GUPSHUP_USERID=2000000001 HTTP_AUTH_USERNAME=otp

# secret NAME COMMAND...: made by the command once, and kept: stored PINs and the demo's callers depend on it.
secret() {
    local name=$1
    shift
    [ -e "$SECRETS" ] || (umask 077 && : >"$SECRETS")
    grep -q "^$name=" "$SECRETS" || printf '%s=%s\n' "$name" "$("$@")" >>"$SECRETS"
    sed -n "s/^$name=//p" "$SECRETS"
}

# host_settings: what both hosts read from their environment, into SETTINGS.
host_settings() {
    API_KEY=$(secret OTP_API_KEY random_hex 20)
    ADMIN_KEY=$(secret OTP_ADMIN_KEY random_hex 20)
    APPLICATION_ID=$(secret OTP_APPLICATION_ID random_guid)
    APPLICATION_SECRET=$(secret OTP_APPLICATION_SECRET random_hex 24)
    BEEM_KEY=$(secret BEEM_KEY random_hex 8)
    BEEM_SECRET=$(secret BEEM_SECRET random_base64 32)
    BIZMAGNETS_CONFIG=$(secret BIZMAGNETS_CONFIG random_guid)
    GUPSHUP_KEY=$(secret GUPSHUP_KEY random_hex 16)
    GUPSHUP_PASSWORD=$(secret GUPSHUP_PASSWORD random_hex 10)
    HTTP_AUTH_PASSWORD=$(secret HTTP_AUTH_PASSWORD random_hex 16)
    TELEGRAM_SECRET_TOKEN=$(secret TELEGRAM_SECRET_TOKEN random_hex 16)
    WEBHOOK_SECRET=whsec_$(secret WEBHOOK_SECRET random_base64 32)
    SETTINGS=(
        ASPNETCORE_ENVIRONMENT=Development DOTNET_ENVIRONMENT=Development
        "Storage__Provider=${DATABASE:-postgres}"
        "ConnectionStrings__Otp=${CONNECTION:-Host=127.0.0.1;Port=$POSTGRES_PORT;Username=otp;Database=otp}"
        "RabbitMq__Uri=$AMQP_URL"
        Otp__PinKeys__0__Id=local-1
        "Otp__PinKeys__0__Key=$(secret PIN_KEY random_base64 32)"
        Sandbox__Enabled=true
        "Applications__0__Id=$APPLICATION_ID" Applications__0__Name=demo
        "Applications__0__Keys__0__Key=$API_KEY"
        "Applications__0__Secret=$APPLICATION_SECRET"
        "Applications__0__CompatibleApis__Beem__AppId=$BEEM_APP_ID"
        "Applications__0__CompatibleApis__Beem__Key=$BEEM_KEY" "Applications__0__CompatibleApis__Beem__Secret=$BEEM_SECRET"
        "Applications__0__CompatibleApis__BizMagnets__Configs__0=$BIZMAGNETS_CONFIG"
        "Applications__0__CompatibleApis__Gupshup__Keys__0__Key=$GUPSHUP_KEY"
        "Applications__0__CompatibleApis__Gupshup__Keys__0__Settings__message=Your verification code is %code%"
        "Applications__0__CompatibleApis__Gupshup__Keys__0__Settings__accountType=intl"
        # So that a second request is answered with 101 at once; a key has 60 seconds unless told otherwise.
        "Applications__0__CompatibleApis__Gupshup__Keys__0__Settings__retryPeriod=0"
        "Applications__0__CompatibleApis__Gupshup__UserId=$GUPSHUP_USERID" "Applications__0__CompatibleApis__Gupshup__Password=$GUPSHUP_PASSWORD"
        # Passwords can be read back here, as the sandbox shows every PIN anyway.
        "Perfumerlabs__ApplicationId=$APPLICATION_ID" Perfumerlabs__AllowPasswordReadback=true
        "Perfumerlabs__TelegramSecretToken=$TELEGRAM_SECRET_TOKEN"
        "HTTP_AUTH_USERNAME=$HTTP_AUTH_USERNAME" "HTTP_AUTH_PASSWORD=$HTTP_AUTH_PASSWORD"
        "Applications__0__WebhookSecrets__0=$WEBHOOK_SECRET"
        "Admin__Key=$ADMIN_KEY"
        # The sandbox's own subscriber listens on this machine: no deployment needs this.
        Callbacks__AllowedNetworks__0=127.0.0.0/8
    )
}

# demo_settings: in the demo SMS and e-mail go through real providers, to the gateway process at these ports. SMS to Germany are
# led to a provider that cannot be reached, then to the gateway; those to Great Britain to a stand-in of Twilio, which sends receipts.
demo_settings() {
    local twilio_account
    twilio_account=AC$(random_hex 16)
    SETTINGS+=(
        "Api__PublicUrl=$API_URL"
        Deliveries__Channels__sms__Routes__0__Name=fallback Deliveries__Channels__sms__Routes__0__Countries__0=DE
        Deliveries__Channels__sms__Routes__0__Providers__0=down Deliveries__Channels__sms__Routes__0__Providers__1=gateway
        Deliveries__Channels__sms__Routes__1__Name=receipts Deliveries__Channels__sms__Routes__1__Countries__0=GB
        Deliveries__Channels__sms__Routes__1__Providers__0=twilio
        Deliveries__Channels__sms__Routes__2__Name=others Deliveries__Channels__sms__Routes__2__Providers__0=gateway
        Deliveries__Channels__email__Provider=mail
        Providers__down__Type=http "Providers__down__Url=http://127.0.0.1:$UNREACHABLE_PORT/sms"
        Providers__down__Body__Format=json 'Providers__down__Body__Template={"to":"{{recipient}}","text":"{{text}}"}'
        Providers__twilio__Type=twilio-sms "Providers__twilio__BaseUrl=http://127.0.0.1:$GATEWAY_PORT"
        "Providers__twilio__AccountSid=$twilio_account" "Providers__twilio__AuthToken=$GATEWAY_TOKEN"
        Providers__twilio__From=+12025550123
        Providers__gateway__Type=http
        "Providers__gateway__Url=http://127.0.0.1:$GATEWAY_PORT/sms"
        Providers__gateway__Auth__Scheme=bearer "Providers__gateway__Auth__Token=$GATEWAY_TOKEN"
        Providers__gateway__IdempotencyHeader=Idempotency-Key
        Providers__gateway__Body__Format=json
        'Providers__gateway__Body__Template={"to":"{{recipient}}","from":"{{from}}","text":"{{text}}"}'
        'Providers__gateway__MessageId__JsonPath=$.id'
        'Providers__gateway__Refusals__0__JsonPath=$.error' Providers__gateway__Refusals__0__JsonEquals=unknown_recipient
        Providers__gateway__Refusals__0__As=recipient Providers__gateway__Refusals__0__Reason=invalid_recipient
        Providers__mail__Type=smtp Providers__mail__Host=127.0.0.1 "Providers__mail__Port=$MAIL_PORT" Providers__mail__Security=None
        Providers__mail__From=codes@demo.example 'Providers__mail__FromName={{from}}'
    )
}

# start_gateway: the demo's SMS gateways and mail server, on ports that the system hands out and the process tells.
start_gateway() {
    local detached=env log="$LOGS/gateway.log"
    if have setsid; then detached=setsid; fi
    GATEWAY_TOKEN=$(random_hex 16)
    rm -rf "${LOCAL:?}/app/gateway"
    cp -R "$PROJECT_ROOT/tools/Demo/bin/Release/net10.0" "$LOCAL/app/gateway"
    private_file "$log"
    $detached env OTP_SERVICE_DIR="$LOCAL/app/gateway" OTP_DEMO_GATEWAY_TOKEN="$GATEWAY_TOKEN" \
        dotnet "$LOCAL/app/gateway/OtpPipeline.Demo.dll" gateway >"$log" 2>&1 </dev/null &
    GATEWAY_PID=$!
    wait_until 60 gateway_says_ports || { show_tail "$log"; die "The demo's gateway did not start."; }
    read -r _ GATEWAY_PORT MAIL_PORT UNREACHABLE_PORT <<<"$(grep -m 1 '^ready ' "$log")"
}

gateway_says_ports() { grep -q '^ready ' "$LOGS/gateway.log" || ! alive "$GATEWAY_PID"; }

# copy_host PROJECT NAME: a running host never works from the build's own output, which ./test may rebuild meanwhile.
copy_host() {
    rm -rf "${LOCAL:?}/app/$2"
    mkdir -p "$LOCAL/app/$(dirname "$2")"
    cp -R "$PROJECT_ROOT/src/$1/bin/Release/net10.0" "$LOCAL/app/$2"
}

# host_env NAME: the environment of a host, into HOST_ENV. It starts in the folder of its copy, where its appsettings.json lies.
host_env() { HOST_ENV=("${SETTINGS[@]}" OTP_SERVICE_DIR="$LOCAL/app/$1"); }

migrate() {
    host_env api
    cd "$LOCAL/app/api" || exit 1
    step "migrating" "$LOGS/migrate.log" env "${HOST_ENV[@]}" dotnet OtpPipeline.Api.dll --migrate ||
        { show_tail "$LOGS/migrate.log"; die "The database could not be migrated."; }
    cd "$PROJECT_ROOT" || exit 1
}

# start_host NAME DLL PORT: in a session of its own, so that Ctrl-C reaches it only through us. Its process is in $!.
start_host() {
    local detached=env
    if have setsid; then detached=setsid; fi
    host_env "$1"
    cd "$LOCAL/app/$1" || exit 1
    private_file "$LOGS/$1.log"
    $detached env "${HOST_ENV[@]}" ASPNETCORE_URLS="http://127.0.0.1:$3" dotnet "$2" >"$LOGS/$1.log" 2>&1 </dev/null &
    cd "$PROJECT_ROOT" || exit 1
}

# http_ok PORT PATH: answers 200. Without curl, which a bare machine does not have.
http_ok() (
    line=""
    exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
    printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' "$2" >&3
    read -r -t 3 line <&3 || true
    case "$line" in *" 200"*) exit 0 ;; *) exit 1 ;; esac
) 2>/dev/null

# wait_for_host NAME PID PORT
wait_for_host() {
    local deadline=$((SECONDS + 60)) said=$SECONDS
    until http_ok "$3" /health/ready; do
        if ! alive "$2"; then show_tail "$LOGS/$1.log" 30; die "The host '$1' ended while starting."; fi
        [ $SECONDS -lt $deadline ] || { show_tail "$LOGS/$1.log" 30; die "The host '$1' was not ready after 60 s."; }
        if [ $((SECONDS - said)) -ge 4 ]; then say "    waiting for $1"; said=$SECONDS; fi
        sleep 0.2
    done
}

# stop_hosts: all at once, each with the time to finish what is in flight.
stop_hosts() {
    local name pids
    for name in api workers gateway; do
        pids=$(marked_processes "$LOCAL/app/$name")
        # shellcheck disable=SC2086
        [ -z "$pids" ] || kill -TERM $pids 2>/dev/null || true
    done
    for name in api workers gateway; do end_marked "$LOCAL/app/$name" 40; done
}

write_demo_env() {
    (
        umask 077
        cat >"$LOCAL/demo.env.new" <<ENV
export OTP_URL=$API_URL
export OTP_AMQP_URL=$AMQP_URL
export OTP_API_KEY=$API_KEY
export OTP_ADMIN_KEY=$ADMIN_KEY
export OTP_APPLICATION_ID=$APPLICATION_ID
export OTP_APPLICATION_SECRET=$APPLICATION_SECRET
export OTP_WEBHOOK_SECRET=$WEBHOOK_SECRET
export BEEM_APP_ID=$BEEM_APP_ID
export BEEM_KEY=$BEEM_KEY
export BEEM_SECRET=$BEEM_SECRET
export BIZMAGNETS_CONFIG=$BIZMAGNETS_CONFIG
export BIZMAGNETS_KEY=$API_KEY
export GUPSHUP_KEY=$GUPSHUP_KEY
export GUPSHUP_APIKEY=$API_KEY
export GUPSHUP_USERID=$GUPSHUP_USERID
export GUPSHUP_PASSWORD=$GUPSHUP_PASSWORD
export HTTP_AUTH_USERNAME=$HTTP_AUTH_USERNAME
export HTTP_AUTH_PASSWORD=$HTTP_AUTH_PASSWORD
export TELEGRAM_SECRET_TOKEN=$TELEGRAM_SECRET_TOKEN
ENV
    )
    mv "$LOCAL/demo.env.new" "$LOCAL/demo.env"
}

# print_block: without a key, since what ./run prints may end in a log or on a screen that others see.
print_block() {
    cat <<BLOCK

  OtpPipeline is running.

    API            $API_URL
    Documentation  $API_URL/docs
    Description    $API_URL/openapi/v1.json
    Keys           .local/demo.env
    Logs           .local/log/api.log, .local/log/workers.log

  In another shell, in this folder:
    . .local/demo.env

  1. Request an OTP. The sandbox provider sends nothing, it keeps what it would have sent.
    curl -s \$OTP_URL/otp -H "X-API-KEY: \$OTP_API_KEY" -H 'Content-Type: application/json' \\
      -d '{"phoneNumber":"+33612246400","otpCallbackUrl":"'\$OTP_URL'/sandbox/callbacks"}'

  2. Read the PIN.
    curl -s "\$OTP_URL/sandbox/messages?recipient=%2B33612246400" -H "X-API-KEY: \$OTP_API_KEY"

  3. Verify it: put in the otpId of step 1 and the pin of step 2.
    curl -s \$OTP_URL/otp/OTP_ID -H "X-API-KEY: \$OTP_API_KEY" -H 'Content-Type: application/json' -d '{"pin":"PIN"}'

  4. See what became of it.
    curl -s \$OTP_URL/otp/OTP_ID -H "X-API-KEY: \$OTP_API_KEY"

  5. See the callback, as the sandbox's own subscriber received it.
    curl -s "\$OTP_URL/sandbox/callbacks?otpId=OTP_ID" -H "X-API-KEY: \$OTP_API_KEY"

  6. Request one on the bus, with any AMQP client (this one is Debian's python3-pika); step 2 shows its PIN.
    /usr/bin/python3 -c 'import json, os, pika; pika.BlockingConnection(pika.URLParameters(os.environ["OTP_AMQP_URL"])).channel().basic_publish(
      "request-otp", "", json.dumps({"applicationId": os.environ["OTP_APPLICATION_ID"], "phoneNumber": "+33612246400"}),
      pika.BasicProperties(message_id="my-first-command"))'

  Every channel at once: ./run --demo
BLOCK
}
