# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Folders cannot be made by processes of one control group.
mkdir -p /sys/fs/cgroup/my.slice

cause()
{
	bash -c 'echo $$ > /sys/fs/cgroup/my.slice/cgroup.procs; exec mkdir /tmp/folder'
	bash -c 'echo $$ > /sys/fs/cgroup/my.slice/cgroup.procs; exec mkdir /tmp/other'
	sleep 1
	rmdir /sys/fs/cgroup/my.slice
}
