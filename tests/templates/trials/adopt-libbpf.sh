# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
arguments=(1)

# Instead of process 1, one that is busy.
bash -c 'for ((i = 0; i < 100; i++)); do read -rt 0.05 _ < /proc/self/stat; sleep 0.05; done' &
busy=$!
trap 'kill $busy 2> /dev/null || true' EXIT

adapt()
{
	echo "${1% 1} $busy"
}

cause()
{
	true
}

# What README calls all of the change is all of it.
diff_is_readmes()
{
	local project

	project=$(project_of adopt-libbpf)
	cmp <(diff -U1 --label before.c --label main.c "$project/before.c" "$project/main.c") \
		<(sed -n '/^```diff$/,/^```$/p' "$project/README.md" | sed '/^```/d')
}

printed()
{
	[[ $3 -eq 0 ]] && grep -qE "^$busy +[0-9]+ +bash +[0-9]+$" "$1" &&
		grep -qE '^0 dropped$' "$2" && diff_is_readmes
}
