#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# The examples under valgrind, from start to Ctrl-C: no errors, nothing lost; nothing of ours suppressed.
# shellcheck source=../cli/common.sh
. "$SKEP_SOURCE_DIR/tests/cli/common.sh"

require_root
command -v valgrind > /dev/null || { echo "valgrind is missing (package valgrind)"; exit 77; }
if grep -Eq '^SKEP_SANITIZE:BOOL=(ON|1|TRUE)' "$SKEP_BUILD_DIR/CMakeCache.txt"; then
	echo "a sanitized program does not run under valgrind"
	exit 77
fi

# program NAME: the example as it was built.
program()
{
	find -H "$SKEP_BUILD_DIR/examples" -type f -name "$1" -perm -u+x | head -n 1
}

# check STATUS READY EXAMPLE ARGUMENT...: runs it until it has printed READY and one thing more has
# happened, ends it by Ctrl-C.
check()
{
	local status=$1 ready=$2 is=0 name=$3

	shift 3
	: > check.out
	: > check.err
	env --default-signal=INT valgrind -q --error-exitcode=99 --leak-check=full \
		--errors-for-leak-kinds=definite,indirect --num-callers=30 \
		--suppressions="$SKEP_SOURCE_DIR/tests/cli/valgrind.supp" \
		"$(program "$name")" "$@" > check.out 2> check.err &
	pids+=($!)
	for _ in {1..300}; do
		! grep -q -- "$ready" check.out check.err || break
		kill -0 $! 2>/dev/null || break
		sleep 0.1
	done
	for _ in {1..5}; do /bin/true; done
	[[ ! -e traffic ]] || . ./traffic
	sleep 0.3
	kill -INT $! 2>/dev/null || true
	wait $! || is=$?
	lacks '^==[0-9]+==' check.err
	[[ $is -eq $status ]] || { echo "status $is"; cat check.err; return 1; }
}

execsnoop_is_clean()
{
	check 0 COMM execsnoop -x
	grep -q true check.out
	grep -qE '[1-9][0-9]* events, 0 dropped' check.err
	check 0 '{' execsnoop -x -j -r 65536
	grep -q '"args":\["/bin/true"\]' check.out
}

execsnoop_refusals_are_clean()
{
	check 1 never execsnoop -r 5000
	check 2 never execsnoop -d x
}

xdpcount_is_clean()
{
	cat > traffic <<- 'END'
		echo words > /dev/udp/127.0.0.1/9
	END
	{
		declare -p work pids
		declare -f check program lacks
		echo 'ip link set lo up; cd "$work"'
		echo 'check 0 "Ctrl-C ends" xdpcount -j lo'
		echo 'grep -q "\"protocol\":\"udp\"" check.out'
		echo 'check 0 "Ctrl-C ends" xdpcount -i 1 -m generic lo'
		echo 'check 1 never xdpcount no-such-one'
	} > inside
	unshare -n bash -e inside
}

# Where the kernel refuses, the way back is what is looked at.
fileaudit_is_clean()
{
	cat > traffic <<- 'END'
		echo words > written
	END
	if "$(program fileaudit)" -d 1 / > fileaudit.out 2> fileaudit.err; then
		check 0 PATH fileaudit "$work"
		grep -q "$work/written" check.out
	else
		check 1 never fileaudit "$work"
	fi
	check 2 never fileaudit /no/such/folder
}

network_tools_are_clean()
{
	cat > traffic <<- 'END'
		(echo > /dev/tcp/127.0.0.1/9) 2> /dev/null || true
		echo 'no DNS message, but long enough' > /dev/udp/127.0.0.1/9
	END
	check 0 COMM tcplife -P 9
	grep -q ' 127.0.0.1 ' check.out
	check 0 COMM tcpconnect -x
	grep -q ECONNREFUSED check.out
	check 0 COMM dnswatch -P 9
	grep -q '(malformed)' check.out
	check 1 never dnswatch -g no/such/group
}

watches_are_clean()
{
	cat > traffic <<- 'END'
		setpriv --reuid=65534 true
	END
	check 0 COMM privwatch
	grep -q 'uid 0->65534' check.out
	check 0 COMM bindwatch -x
	rm traffic
}

claim "execsnoop: no errors, nothing lost" execsnoop_is_clean
claim "execsnoop, refused: no errors, nothing lost" execsnoop_refusals_are_clean
claim "xdpcount: no errors, nothing lost" xdpcount_is_clean
claim "fileaudit: no errors, nothing lost" fileaudit_is_clean
if [[ -n ${SKEP_TEST_FULL:-} ]]; then
	claim "tcplife, tcpconnect, dnswatch: no errors, nothing lost" network_tools_are_clean
	claim "privwatch, bindwatch: no errors, nothing lost" watches_are_clean
fi
finish
