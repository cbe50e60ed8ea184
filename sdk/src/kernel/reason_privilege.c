/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Refusals for want of privilege, and EPERM for other reasons. */
#include "facts.h"
#include "newer.h"
#include "rules.h"
#include "since.h"
#include "stage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <linux/perf_event.h>

#define TO_BPF     1U
#define TO_PERFMON 2U
#define TO_NET     4U
#define TO_SYS     8U /* kernels before CAP_BPF know only this one */

static bool is_refusal_of_privilege(const struct skep_refusal *refusal)
{
	/* EACCES of a load is the verifier's. */
	return refusal->code == EPERM ||
	       (refusal->code == EACCES && refusal->request == SKEP_REQUEST_ATTACH);
}

static bool came_before(const char *feature)
{
	const struct skep_since *row = skep_kernel_since_name(SKEP_SINCE_FEATURE, feature);

	return row && skep_kernel_version() < row->version;
}

/* As the kernel's own bpf_prog_load() sorts them. */
static unsigned int needs_of_program(int prog_type)
{
	switch (prog_type) {
	case BPF_PROG_TYPE_SOCKET_FILTER:
	case BPF_PROG_TYPE_SK_REUSEPORT:
	case BPF_PROG_TYPE_SK_LOOKUP:
	case BPF_PROG_TYPE_CGROUP_SKB:
	case BPF_PROG_TYPE_SYSCALL:
	case BPF_PROG_TYPE_LIRC_MODE2:
	case -1:
		return TO_BPF;
	case BPF_PROG_TYPE_KPROBE:
	case BPF_PROG_TYPE_TRACEPOINT:
	case BPF_PROG_TYPE_PERF_EVENT:
	case BPF_PROG_TYPE_RAW_TRACEPOINT:
	case BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE:
	case BPF_PROG_TYPE_TRACING:
	case BPF_PROG_TYPE_LSM:
	case BPF_PROG_TYPE_STRUCT_OPS:
		return TO_BPF | TO_PERFMON;
	case BPF_PROG_TYPE_EXT:
		return TO_BPF | TO_PERFMON | TO_NET;
	default:
		return TO_BPF | TO_NET;
	}
}

static unsigned int needs_of_map(int map_type)
{
	switch (map_type) {
	case BPF_MAP_TYPE_DEVMAP:
	case BPF_MAP_TYPE_DEVMAP_HASH:
	case BPF_MAP_TYPE_SOCKMAP:
	case BPF_MAP_TYPE_SOCKHASH:
	case BPF_MAP_TYPE_XSKMAP:
		return TO_BPF | TO_NET;
	default:
		return TO_BPF;
	}
}

static unsigned int missing(const struct skep_refusal *refusal, uint64_t have)
{
	unsigned int needs = refusal->request == SKEP_REQUEST_MAP
				     ? needs_of_map(refusal->map_type)
				     : needs_of_program(refusal->prog_type);
	unsigned int lacks = 0;

	if (skep_kernel_capability_in(have, "cap_sys_admin") == SKEP_YES)
		needs &= TO_NET;
	else if (came_before("CAP_BPF"))
		return TO_SYS;
	if (refusal->request == SKEP_REQUEST_ATTACH && refusal->prog_type >= 0)
		needs &= ~TO_BPF;
	/* These it asks for when they are attached, and not when they are loaded. */
	if (refusal->request == SKEP_REQUEST_ATTACH &&
	    refusal->prog_type == BPF_PROG_TYPE_CGROUP_SKB &&
	    skep_kernel_capability_in(have, "cap_sys_admin") != SKEP_YES)
		needs |= TO_NET;
	if (needs & TO_BPF && skep_kernel_capability_in(have, "cap_bpf") == SKEP_NO)
		lacks |= TO_BPF;
	if (needs & TO_PERFMON && skep_kernel_capability_in(have, "cap_perfmon") == SKEP_NO)
		lacks |= TO_PERFMON;
	if (needs & TO_NET && skep_kernel_capability_in(have, "cap_net_admin") == SKEP_NO)
		lacks |= TO_NET;
	return lacks;
}

/* "CAP_BPF and CAP_PERFMON" for people, "cap_bpf,cap_perfmon" for setcap. */
static void name_them(unsigned int which, char *said, size_t said_size, char *set, size_t set_size)
{
	static const struct {
		unsigned int bit;
		const char *said, *set;
	} names[] = {
		{ TO_BPF, "CAP_BPF", "cap_bpf" },
		{ TO_PERFMON, "CAP_PERFMON", "cap_perfmon" },
		{ TO_NET, "CAP_NET_ADMIN", "cap_net_admin" },
		{ TO_SYS, "CAP_SYS_ADMIN", "cap_sys_admin" },
	};

	said[0] = set[0] = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		bool last = !(which >> (i + 1));

		if (!(which & names[i].bit))
			continue;
		snprintf(said + strlen(said), said_size - strlen(said), "%s%s",
			 !said[0] ? ""
			 : last   ? " and "
				  : ", ",
			 names[i].said);
		snprintf(set + strlen(set), set_size - strlen(set), "%s%s", set[0] ? "," : "",
			 names[i].set);
	}
}

bool skep_kernel_rule_privilege(const struct skep_refusal *refusal, struct skep_words *words)
{
	struct skep_kernel_process process;
	char said[96], set[96];
	unsigned int lacks;

	if (!is_refusal_of_privilege(refusal))
		return false;
	if (skep_kernel_hook(refusal) == SKEP_HOOK_TRACEPOINT && refusal->code == EACCES &&
	    skep_kernel_tracefs_is_closed())
		return false;
	process = skep_kernel_process();
	if (!process.known)
		return false;
	lacks = missing(refusal, process.effective);
	if (lacks) {
		name_them(lacks, said, sizeof(said), set, sizeof(set));
		skep_kernel_say(words, "this process lacks %s", said);
		skep_kernel_advise(words, "run it with sudo, or grant %s", set);
		return true;
	}
	if (process.initial_user_ns)
		return false;
	skep_kernel_say(words, "bpf() does not accept the capabilities of a user namespace");
	skep_kernel_advise(words, "run it outside of the rootless container or user namespace");
	return true;
}

/* Debian and others have a third level, which takes CAP_SYS_ADMIN for every event. */
static bool is_perf_closed(void)
{
	struct perf_event_attr attr;
	long fd;

	memset(&attr, 0, sizeof(attr));
	attr.size = sizeof(attr);
	attr.type = PERF_TYPE_SOFTWARE;
	attr.config = PERF_COUNT_SW_DUMMY;
	attr.disabled = 1;
	attr.exclude_kernel = 1;
	fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return errno == EACCES || errno == EPERM;
	close((int)fd);
	return false;
}

bool skep_kernel_rule_perf(const struct skep_refusal *refusal, struct skep_words *words)
{
	long level;

	if (!skep_kernel_is_by_perf(refusal) || refusal->request != SKEP_REQUEST_ATTACH ||
	    !is_refusal_of_privilege(refusal) ||
	    skep_kernel_has_capability("cap_sys_admin") != SKEP_NO ||
	    (skep_kernel_hook(refusal) == SKEP_HOOK_TRACEPOINT &&
	     skep_kernel_tracefs_is_closed()) ||
	    skep_kernel_sysctl("kernel.perf_event_paranoid", &level) || level <= 2 ||
	    !is_perf_closed())
		return false;
	skep_kernel_say(words,
			"this process lacks CAP_SYS_ADMIN, which perf_event_open() takes here: "
			"kernel.perf_event_paranoid is %ld",
			level);
	skep_kernel_advise(words, "run it with sudo, grant cap_sys_admin, or "
				  "`sysctl -w kernel.perf_event_paranoid=2`");
	return true;
}

/*
 * A uprobe by perf_event_open() can be put into the middle of an instruction: since 6.16, and in
 * stable kernels before it, it takes more than CAP_PERFMON. Asked without a path, the kernel looks
 * at the privilege first.
 */
static bool is_closed_to_uprobes(void)
{
	struct perf_event_attr attr;
	char text[32];
	long fd;

	if (skep_kernel_read("/sys/bus/event_source/devices/uprobe/type", text, sizeof(text)))
		return false;
	memset(&attr, 0, sizeof(attr));
	attr.size = sizeof(attr);
	attr.type = (__u32)strtoul(text, NULL, 10);
	attr.disabled = 1;
	fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return errno == EACCES || errno == EPERM;
	close((int)fd);
	return false;
}

bool skep_kernel_rule_uprobe(const struct skep_refusal *refusal, struct skep_words *words)
{
	if (skep_kernel_hook(refusal) != SKEP_HOOK_UPROBE || !skep_kernel_is_by_perf(refusal) ||
	    refusal->request != SKEP_REQUEST_ATTACH || !is_refusal_of_privilege(refusal) ||
	    skep_kernel_has_capability("cap_sys_admin") != SKEP_NO || !is_closed_to_uprobes())
		return false;
	skep_kernel_say(words, "this process lacks CAP_SYS_ADMIN, which this kernel wants for "
			       "uprobes through perf");
	skep_kernel_advise(words, "run it with sudo, or grant cap_sys_admin; "
				  "SEC(\"uprobe.multi/...\") needs only cap_bpf,cap_perfmon");
	return true;
}

/* Only kernels before 5.11 count a map's memory against ulimit -l. */
bool skep_kernel_rule_memlock(const struct skep_refusal *refusal, struct skep_words *words)
{
	struct rlimit limit;

	if (refusal->code != EPERM || refusal->request == SKEP_REQUEST_ATTACH ||
	    !came_before("map memory by cgroup") || getrlimit(RLIMIT_MEMLOCK, &limit) ||
	    limit.rlim_cur == RLIM_INFINITY)
		return false;
	if (skep_kernel_has_capability("cap_sys_resource") == SKEP_YES &&
	    limit.rlim_cur >= (64UL << 20))
		return false;
	skep_kernel_say(words,
			"this kernel counts BPF memory as locked memory, of which this "
			"process may have %llu KiB",
			(unsigned long long)limit.rlim_cur / 1024);
	skep_kernel_advise(words, "raise the limit: `ulimit -l unlimited`, or setrlimit() with "
				  "RLIMIT_MEMLOCK before the load");
	return true;
}

bool skep_kernel_rule_lockdown(const struct skep_refusal *refusal, struct skep_words *words)
{
	enum skep_hook hook = skep_kernel_hook(refusal);
	const char *mode = skep_kernel_lockdown();

	if (refusal->code != EPERM && refusal->code != EACCES)
		return false;
	if (hook != SKEP_HOOK_KPROBE && hook != SKEP_HOOK_TRACEPOINT)
		return false;
	if (!mode || strcmp(mode, "confidentiality"))
		return false;
	skep_kernel_say(words, "the kernel is locked down (confidentiality), which forbids %s",
			hook == SKEP_HOOK_KPROBE ? "kprobes" : "tracefs");
	skep_kernel_advise(words, "boot with lockdown=integrity or none; raw_tp and tp_btf "
				  "programs may still work");
	return true;
}

static void advise_instead(const struct skep_refusal *refusal, struct skep_words *words)
{
	if (skep_kernel_hook(refusal) == SKEP_HOOK_TRAMPOLINE)
		skep_kernel_advise(words, "use a tracepoint near to it: SEC(\"tp_btf/X\"), "
					  "SEC(\"raw_tp/X\"); or another kernel");
	else if (skep_kernel_hook(refusal) == SKEP_HOOK_LSM)
		skep_kernel_advise(words, "use another kernel; to watch without deciding, "
					  "SEC(\"tp_btf/X\") or SEC(\"raw_tp/X\")");
}

/*
 * Everything that a mainline kernel asks for is there, and still: EPERM. Where it comes from can
 * be told, why cannot.
 */
bool skep_kernel_rule_eperm(const struct skep_refusal *refusal, struct skep_words *words)
{
	const char *lockdown = skep_kernel_lockdown();
	const char *when = "";
	char name[48], modules[256];

	if (refusal->code != EPERM)
		return false;
	skep_kernel_hook_name(refusal, name, sizeof(name));
	if (!skep_kernel_lsms(modules, sizeof(modules)))
		strcpy(modules, "unknown");
	if (refusal->request == SKEP_REQUEST_LOAD && refusal->prog_type >= 0) {
		switch (skep_kernel_stage(refusal->prog_type, refusal->attach_type)) {
		case SKEP_STAGE_ENTRY:
			when = ", and does so before bpf() looks at anything, as a security module "
			       "would";
			break;
		case SKEP_STAGE_EARLY:
			when = ", and does so before it looks at the program, as no mainline "
			       "kernel does";
			break;
		case SKEP_STAGE_LATER:
			when = ", after it looked at the program";
		}
	}
	skep_kernel_say(words,
			"this kernel refuses %s %s (EPERM) although the privilege is there%s; "
			"the cause is not known (lockdown: %s; security modules: %s)",
			name, refusal->request == SKEP_REQUEST_MAP ? "maps" : "programs", when,
			lockdown ? lockdown : "unknown", modules);
	advise_instead(refusal, words);
	return true;
}
