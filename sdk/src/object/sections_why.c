// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* SEC() with a word that nobody knows: what was meant. */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "kernel/rules.h"
#include "sections.h"

/* What libbpf 1.1 knows, those that are used most first: of two that are as near, the first is told. */
static const char *const kinds[] = {
	"xdp",          "tc",
	"kprobe",       "kretprobe",
	"tp",           "tracepoint",
	"raw_tp",       "fentry",
	"fexit",        "fmod_ret",
	"tp_btf",       "uprobe",
	"uretprobe",    "lsm",
	"iter",         "usdt",
	"ksyscall",     "kretsyscall",
	"syscall",      "perf_event",
	"sockops",      "sk_lookup",
	"sk_msg",       "socket",
	"classifier",   "raw_tracepoint",
	"kprobe.multi", "kretprobe.multi",
	"uprobe.s",     "uretprobe.s",
	"fentry.s",     "fexit.s",
	"fmod_ret.s",   "lsm.s",
	"lsm_cgroup",   "iter.s",
	"freplace",     "xdp.frags",
	"sk_reuseport", "struct_ops",
	"raw_tp.w",     "action",
	"lwt_in",       "lwt_out",
	"lwt_xmit",     "lwt_seg6local",
	"lirc_mode2",   "flow_dissector",
};

/* Of these the whole section is one name. */
static const char *const whole[] = {
	"cgroup_skb/ingress",   "cgroup_skb/egress",
	"cgroup/skb",           "cgroup/sock",
	"cgroup/sock_create",   "cgroup/sock_release",
	"cgroup/connect4",      "cgroup/connect6",
	"cgroup/bind4",         "cgroup/bind6",
	"cgroup/post_bind4",    "cgroup/post_bind6",
	"cgroup/sendmsg4",      "cgroup/sendmsg6",
	"cgroup/recvmsg4",      "cgroup/recvmsg6",
	"cgroup/getpeername4",  "cgroup/getpeername6",
	"cgroup/getsockname4",  "cgroup/getsockname6",
	"cgroup/sysctl",        "cgroup/getsockopt",
	"cgroup/setsockopt",    "cgroup/dev",
	"sk_skb/stream_parser", "sk_skb/stream_verdict",
	"sk_reuseport/migrate", "xdp/devmap",
	"xdp/cpumap",           "xdp.frags/devmap",
	"xdp.frags/cpumap",
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* "xdp" for "xdp_prog", which libbpf took before 1.0. */
static bool begins_with_kind(const char *section, char *meant, size_t room)
{
	size_t longest = 0;

	for (size_t i = 0; i < COUNT(kinds); i++) {
		size_t length = strlen(kinds[i]);

		if (length > longest && !strncmp(section, kinds[i], length) &&
		    strchr("_-:", section[length]))
			longest = length;
	}
	return longest && snprintf(meant, room, "%.*s", (int)longest, section) > 0;
}

/* "kprobe/vfs_read" for "kprob/vfs_read"; false where nothing is alike. */
static bool guess(const char *section, char *meant, size_t room)
{
	const struct skep_section *newer;
	struct skep_nearest as_whole, as_kind;
	const char *rest = strchr(section, '/');
	char kind[64];
	size_t count;

	snprintf(kind, sizeof(kind), "%.*s", (int)strcspn(section, "/"), section);
	skep_kernel_nearest_start(&as_whole, section);
	skep_kernel_nearest_start(&as_kind, kind);
	for (size_t i = 0; i < COUNT(whole); i++)
		skep_kernel_nearest_offer(&as_whole, whole[i]);
	for (size_t i = 0; i < COUNT(kinds); i++)
		skep_kernel_nearest_offer(&as_kind, kinds[i]);
	newer = skep_section_table(&count);
	for (size_t i = 0; i < count; i++)
		skep_kernel_nearest_offer(strchr(newer[i].name, '/') ? &as_whole : &as_kind,
					  newer[i].name);
	if (as_whole.best[0].name[0] && rest)
		return snprintf(meant, room, "%s", as_whole.best[0].name) > 0;
	if (!as_kind.best[0].name[0] || !strcmp(as_kind.best[0].name, kind))
		return false;
	return snprintf(meant, room, "%s%s", as_kind.best[0].name, rest ? rest : "") > 0;
}

int skep_section_refuse(const char *program, const char *section, int err)
{
	char meant[160];

	err = skep_fail(
		err,
		"cannot load program '%s': SEC(\"%s\") does not say what kind of program it is",
		program, section);
	if (guess(section, meant, sizeof(meant)) || begins_with_kind(section, meant, sizeof(meant)))
		return skep_fail_hint(err, "did you mean SEC(\"%s\")?", meant);
	return skep_fail_hint(err,
			      "name the kind first, as in SEC(\"xdp\"), SEC(\"kprobe/vfs_read\") "
			      "or SEC(\"tp/sched/sched_switch\")");
}
