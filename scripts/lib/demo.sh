# SPDX-License-Identifier: Apache-2.0
# The quickstart's own story, played by `slipway up --demo`: a small C project, a good commit, a breaking one, and the mail
# about it.
# shellcheck shell=bash disable=SC2153

demo_run() {
    DEMO=$STATE/slipway/demo
    server_start "$(free_port 8010)" --demo

    say "Pushing a good commit …"
    until_true 120 "the build of the good commit" demo_built 2
    local good=$BUILD
    say "Pushing a breaking commit …"
    until_true 120 "the build of the breaking commit" demo_built 3
    local bad=$BUILD
    until_true 60 "the mail about the failed build" demo_mail_arrived

    BUILD=$good
    expect_result SUCCESS
    say
    heading "Slipway is at $URL/"
    say "  good commit:     ${GREEN}$(result_name)${PLAIN}  $(build_url)"
    BUILD=$bad
    expect_result FAILURE
    say "  breaking commit: ${RED}$(result_name)${PLAIN}  $(build_url)"
    say "  its red step:    $(demo_red_log)"
    say "  its mail:        $URL/#/messages  (delivered to $DEMO/mail/new/)"
    say "  configuration:   $DEMO/slipway.yaml"
    say "  admin token:     $STATE/slipway/admin.token  (for the buttons that change something)"
}

# demo_built N: sets BUILD to the finished build of the N-th commit, once that is pushed.
demo_built() {
    server_alive
    local revision
    revision=$(git -C "$DEMO/hello.git" rev-list --reverse main 2>/dev/null | sed -n "${1}p")
    [[ -n $revision ]] && build_finished hello "$revision"
}

demo_red_log() {
    local step
    step=$(rest "builds/$(build_field .buildid)/steps" | jq -r '[.steps[] | select(.results == 2)][0].number')
    echo "$(build_url)/steps/$step/logs/stdio"
}

demo_mail_arrived() {
    server_alive
    grep -qs '^Build [0-9]* of hello: failed' "$DEMO"/mail/new/*
}
