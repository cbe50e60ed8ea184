/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What kinds of links the kernel has, and what one is. */
#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include "kernel/newer.h"
#include "link.h"
#include "map/fds.h"

static const struct skep_link_kind kinds[] = {
	[BPF_LINK_TYPE_UNSPEC] = { "unknown", true, true }, /* let the kernel say */
	[BPF_LINK_TYPE_RAW_TRACEPOINT] = { "raw tracepoint", false, false },
	[BPF_LINK_TYPE_TRACING] = { "tracing", false, false },
	[BPF_LINK_TYPE_CGROUP] = { "cgroup", true, true },
	[BPF_LINK_TYPE_ITER] = { "iterator", true, false },
	[BPF_LINK_TYPE_NETNS] = { "network namespace", true, true },
	[BPF_LINK_TYPE_XDP] = { "xdp", true, true },
	[BPF_LINK_TYPE_PERF_EVENT] = { "perf event", false, false },
	[BPF_LINK_TYPE_KPROBE_MULTI] = { "kprobe.multi", false, false },
	[BPF_LINK_TYPE_STRUCT_OPS] = { "struct_ops", true, true },
	[SKEP_BPF_LINK_NETFILTER] = { "netfilter", false, true },
	[SKEP_BPF_LINK_TCX] = { "tcx", true, true },
	[SKEP_BPF_LINK_UPROBE_MULTI] = { "uprobe.multi", false, false },
	[SKEP_BPF_LINK_NETKIT] = { "netkit", true, true },
	[SKEP_BPF_LINK_SOCKMAP] = { "socket map", true, true },
	[SKEP_BPF_LINK_TRACING_MULTI] = { "tracing.multi", false, false },
};

const struct skep_link_kind *skep_link_kind(uint32_t type)
{
	return &kinds[type < sizeof(kinds) / sizeof(kinds[0]) ? type : 0];
}

int skep_link_ask(int fd, struct skep_link_info_raw *raw)
{
	uint32_t bytes = sizeof(*raw);

	/* 0, or -1 with errno, or -errno: by libbpf's version. */
	return bpf_obj_get_info_by_fd(fd, raw, &bytes) ? -errno : 0;
}

bool skep_link_is(int fd)
{
	static const char prefix[] = "anon_inode:";
	char words[SKEP_FD_WORDS];
	const char *is = skep_fd_words(fd, words);

	if (!strncmp(is, prefix, strlen(prefix)))
		return strstr(is, "bpf_link") || strstr(is, "bpf-link");
	return !strcmp(is, "something else"); /* /proc is not there to tell */
}
