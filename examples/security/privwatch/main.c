/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Who changes privileges, from what to what: users, groups, capabilities, user namespaces, ptrace. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>

#include <skep/tool.h>

#include "privwatch.skep.h"

/* clang-format off */
#define CALL(name) [SYS_##name] = #name
static const char *const calls[CALLS] = {
	CALL(setuid), CALL(setreuid), CALL(setresuid), CALL(setfsuid), CALL(setgid), CALL(setregid),
	CALL(setresgid), CALL(setfsgid), CALL(setgroups), CALL(capset), CALL(prctl), CALL(execve),
	CALL(execveat), CALL(unshare), CALL(setns), CALL(clone), CALL(clone3), CALL(ptrace) };
static const char *const ids[] = { "uid", "euid", "suid", "fsuid", "gid", "egid", "sgid", "fsgid" };
static const char *const sets[] = { "inheritable", "permitted", "effective", "bounding", "ambient" };
static const char *const caps[64] = {
	"chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid",
	"setpcap", "linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw",
	"ipc_lock", "ipc_owner", "sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct",
	"sys_admin", "sys_boot", "sys_nice", "sys_resource", "sys_time", "sys_tty_config", "mknod",
	"lease", "audit_write", "audit_control", "setfcap", "mac_override", "mac_admin", "syslog",
	"wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf", "checkpoint_restore" };
/* clang-format on */

static const struct skep_tool_column columns[] = {
	{ "time", .kind = SKEP_TOOL_TIME },
	{ "pid", .kind = SKEP_TOOL_UINT },
	{ "uid", .kind = SKEP_TOOL_UINT, .width = 6 },
	{ "comm", .kind = SKEP_TOOL_TEXT, .width = 15 },
	{ "call", .kind = SKEP_TOOL_TEXT, .width = 9 },
	{ "error", .kind = SKEP_TOOL_ERROR, .width = 5 },
	{ "change", .kind = SKEP_TOOL_TEXT },
	{ 0 },
};

/* Of few their names, of many how many. */
static void put_caps(FILE *out, char sign, __u64 set)
{
	if (__builtin_popcountll(set) > 6)
		fprintf(out, " %c%d", sign, __builtin_popcountll(set));
	else
		for (int i = 0; i < 64; i++)
			if (set >> i & 1)
				fprintf(out, " %c%s", sign, caps[i] ? caps[i] : "unknown");
}

static void put_change(FILE *out, const struct priv_event *e)
{
	const __u32 *id = &e->before.uid, *new_id = &e->after.uid;
	const __u64 *set = &e->before.cap_inheritable, *new_set = &e->after.cap_inheritable;

	for (int i = 0; i < 8; i++)
		if (id[i] != new_id[i])
			fprintf(out, " %s %u->%u", ids[i], id[i], new_id[i]);
	for (int i = 0; i < 5; i++) {
		if (set[i] != new_set[i])
			fprintf(out, " %s", sets[i]);
		put_caps(out, '+', new_set[i] & ~set[i]);
		put_caps(out, '-', set[i] & ~new_set[i]);
	}
	if (e->before.user_ns != e->after.user_ns)
		fprintf(out, " userns %u->%u", e->before.user_ns, e->after.user_ns);
	if (e->before.securebits != e->after.securebits)
		fprintf(out, " securebits %#x->%#x", e->before.securebits, e->after.securebits);
	if (e->traced)
		fprintf(out, " of process %d", (int)e->traced);
}

static int on_call(const struct priv_event *e, void *tool)
{
	char *change = NULL;
	size_t bytes;
	FILE *out = open_memstream(&change, &bytes);

	if (!out)
		return skep_error_set(ENOMEM, NULL, "no memory");
	put_change(out, e);
	fclose(out);
	skep_tool_uint(tool, e->pid);
	skep_tool_uint(tool, e->before.uid);
	skep_tool_text(tool, e->comm, sizeof(e->comm));
	skep_tool_string(tool, calls[e->number]);
	skep_tool_int(tool, e->result < 0 ? e->result : 0);
	skep_tool_string(tool, *change ? change + 1 : NULL);
	free(change);
	return skep_tool_row_end(tool);
}

int main(int argc, char **argv)
{
	static const struct skep_tool_opts about = {
		.sz = sizeof(about),
		.doc = "Print who changes privileges, from what to what.",
		.more = "Calls that change nothing are not told, but those that are refused are.",
		.takes = SKEP_TOOL_TAKES_FILTER,
		.columns = columns,
	};
	SKEP_AUTO(skep_tool) *tool = NULL;
	SKEP_AUTO(privwatch) *app = NULL;

	if (skep_tool_new(&tool, argc, argv, &about) || privwatch_open(&app, NULL))
		return skep_perror("privwatch");
	privwatch_consts(app)->filter = *skep_tool_filter(tool);
	privwatch_consts(app)->nr_ptrace = SYS_ptrace;
	privwatch_consts(app)->nr_clone = SYS_clone;
	for (int i = 0; i < CALLS; i++)
		privwatch_consts(app)->watched[i] = calls[i];
	if (privwatch_load(app) || privwatch_on_events(app, skep_tool_loop(tool), on_call, tool) ||
	    privwatch_attach(app))
		return skep_perror("privwatch");
	return skep_tool_run(tool, privwatch_object(app));
}
