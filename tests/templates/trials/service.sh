# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
cause()
{
	python3 -c "import socket; socket.create_server(('127.0.0.1', 7001))"
}

printed()
{
	[[ $3 -eq 0 ]] && grep -qE '^\{"event":"listen","address":"127\.0\.0\.1","port":7001,"pid":[0-9]+,"uid":0,"comm":"python3"\}$' "$1"
}
