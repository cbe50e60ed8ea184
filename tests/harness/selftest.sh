#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Shows that what tests print is read right: a lost failure would make every other test worthless.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
number=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# expect CLAIM GOT WANTED
expect()
{
	number=$((number + 1))
	if [[ $2 = "$3" ]]; then
		echo "ok $number - $1"
		return
	fi
	echo "not ok $number - $1"
	printf '# got: %s\n# wanted: %s\n' "${2//$'\n'/ | }" "${3//$'\n'/ | }"
	failed=1
}

# read_tap LOG VARIABLE=VALUE...: case, result, reason, joined by "|".
read_tap()
{
	local log=$1 options=()

	shift
	for option in "$@"; do
		options+=(-v "$option")
	done
	printf '%s' "$log" | awk -v id=t -v kernel=k -v rc=0 -v limit=9 "${options[@]}" -f ../../sdk/vm/tap.awk |
		cut -f2,4,5 | tr '\t' '|'
}

# check EXPECTED ROWS COMPLETE: "," for a tab, " " between rows.
check()
{
	tr ', ' '\t\n' <<< "$1" > "$work/expected"
	tr ', ' '\t\n' <<< "$2" > "$work/rows"
	awk -v kernels="host 6.1" -v release=6.18.1 -v complete="$3" -f check.awk \
		"$work/expected" "$work/rows" | cut -f1-4 | tr '\t' ',' | xargs
}

expect passes_and_failures_are_read \
	"$(read_tap $'1..2\nok 1 - a\nnot ok 2 - b\n# 1 != 2\n# x.c:9: error: Failure!\n' rc=1)" \
	$'a|pass|\nb|fail|1 != 2; x.c:9'
expect result_after_unfinished_line_is_read \
	"$(read_tap $'1..1\n# start: a\nno newline herenot ok 1 - a\n# why\n' rc=1)" 'a|fail|why'
expect what_is_left_behind_is_a_failure \
	"$(read_tap $'1..1\nok 1 - a\n# ok - a\n# left behind: link 7\n# left behind: map 8\n')" \
	$'a|pass|\nleaves_nothing_behind|fail|link 7; map 8'
expect skip_of_cmocka_keeps_its_reason \
	"$(read_tap $'1..1\n# start: a\n# skip: too old\nnot ok 1 # SKIP a\n')" 'a|skip|too old'
expect skip_of_tap_keeps_its_reason "$(read_tap $'ok 1 - a # SKIP too old\n' rc=77)" 'a|skip|too old'
expect broken_teardown_is_a_failure \
	"$(read_tap $'1..1\nnot ok 1 - a Could not run test: Test teardown failed\n' rc=1)" \
	'a|fail|Test teardown failed'
expect death_blames_the_running_case \
	"$(read_tap $'1..2\n# start: a\nok 1 - a\n# start: b\n' rc=139)" \
	$'a|pass|\nb|fail|died of signal 11'
expect timeout_blames_the_running_case \
	"$(read_tap $'1..1\n# start: a\n' rc=124 ms=9000)" 'a|fail|timed out after 9 s'
expect lost_machine_is_a_failure \
	"$(read_tap $'1..1\n# start: a\n' lost=panic)" 'a|fail|panic'
expect missing_case_is_a_failure "$(read_tap $'1..2\nok 1 - a\n')" \
	$'a|pass|\n-|fail|planned 2 cases, ran 1'
expect silence_is_a_failure "$(read_tap '')" '-|fail|ran no case'
expect failure_without_a_failed_case_is_one "$(read_tap $'1..1\nok 1 - a\n' rc=1)" \
	$'a|pass|\n-|fail|exit status 1'
expect plain_program_passes_by_its_status "$(read_tap 'hello' plain=1)" '-|pass|'
expect plain_program_fails_by_its_status "$(read_tap $'oh no\n' plain=1 rc=3)" \
	'-|fail|exit status 3: oh no'
expect plain_program_skips_with_77 "$(read_tap $'no clang\n' plain=1 rc=77)" '-|skip|no clang'

expect skip_everywhere_fails "$(check '' 'kernel/t,a,host,skip,x kernel/t,a,6.1,skip,x' 1)" \
	'kernel/t,a,host,skip kernel/t,a,6.1,skip kernel/t,a,all,fail'
expect skip_on_one_kernel_is_fine "$(check '' 'kernel/t,a,host,skip,x kernel/t,a,6.1,pass,' 1)" \
	'kernel/t,a,host,skip kernel/t,a,6.1,pass'
expect skip_of_one_variant_is_fine_where_another_passes \
	"$(check '' 'kernel/t_clang14_v2,a,host,skip,x kernel/t_clang14,a,6.1,pass,' 1)" \
	'kernel/t_clang14_v2,a,host,skip kernel/t_clang14,a,6.1,pass'
expect skip_everywhere_in_a_partial_run_is_fine "$(check '' 'kernel/t,a,host,skip,x' '')" \
	'kernel/t,a,host,skip'
expect unit_skip_in_a_partial_run_fails "$(check '' 'unit/t,a,host,skip,x' '')" \
	'unit/t,a,host,skip unit/t,a,all,fail'
expect skip_where_pass_is_expected_fails \
	"$(check 'kernel/t/a,6.1,pass' 'kernel/t,a,host,pass, kernel/t,a,6.1,skip,x' '')" \
	'kernel/t,a,host,pass kernel/t,a,6.1,fail'
expect expected_case_that_is_gone_fails "$(check 'kernel/t/b,6.1,pass' 'kernel/t,a,6.1,pass,' 1)" \
	'kernel/t,a,6.1,pass kernel/t,b,6.1,fail'
expect expectation_for_another_host_is_ignored \
	"$(check 'kernel/t/a,host:6.9,pass' 'kernel/t,a,host,skip,x kernel/t,a,6.1,pass,' 1)" \
	'kernel/t,a,host,skip kernel/t,a,6.1,pass'
expect nothing_ran_is_no_success \
	"$(awk -v kernels=host -f ../../sdk/vm/table.awk /dev/null > /dev/null && echo good || echo bad)" bad
echo "1..$number"
exit $failed
