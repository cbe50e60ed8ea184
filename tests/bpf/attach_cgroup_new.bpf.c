/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Hooks of control groups that not every kernel loads: one at a time is enabled. */
#include <skep/bpf/core.h>

#include "attach_cgroup.h"

SKEP_LICENSE("GPL");

__u64 hits[HIT_COUNT];

#define COUNTS(name, section, hit)                                                                 \
	SEC(section)                                                                               \
	int name(void *ctx)                                                                        \
	{                                                                                          \
		__sync_fetch_and_add(&hits[hit], 1);                                               \
		return 1;                                                                          \
	}

COUNTS(connect_unix, "cgroup/connect_unix", HIT_CONNECT_UNIX)
COUNTS(sendmsg_unix, "cgroup/sendmsg_unix", HIT_SENDMSG_UNIX)
COUNTS(recvmsg_unix, "cgroup/recvmsg_unix", HIT_RECVMSG_UNIX)
COUNTS(getpeername_unix, "cgroup/getpeername_unix", HIT_GETPEERNAME_UNIX)
COUNTS(getsockname_unix, "cgroup/getsockname_unix", HIT_GETSOCKNAME_UNIX)
COUNTS(lsm_bind, "lsm_cgroup/socket_bind", HIT_LSM)
