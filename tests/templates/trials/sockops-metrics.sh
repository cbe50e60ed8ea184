# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Where cgroup v2 is here.
group=$(findmnt -nt cgroup2 -o TARGET | head -n 1)
arguments=("$group")

adapt()
{
	echo "${1//\/sys\/fs\/cgroup/$group}"
}

# Both ends are here; who serves is python, for want of a shell's own.
cause()
{
	python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 7001)); c = s.accept()[0]
while c.recv(100): pass' &
	sleep 0.5
	echo words > /dev/tcp/127.0.0.1/7001
}

printed()
{
	[[ $3 -eq 0 ]] && grep -qE '^127\.0\.0\.1:[0-9]+ -> 127\.0\.0\.1:7001  sent [678], received [01], 0 again' "$1" &&
		grep -qE '^127\.0\.0\.1:7001 <- 127\.0\.0\.1:[0-9]+  sent [01], received [67], 0 again' "$1"
}
