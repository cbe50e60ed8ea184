/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Who changes privileges, from what to what: users, groups, capabilities, user namespaces, ptrace. */
#include <sys/syscall.h>

#include <skep/tool.h>

#include "privwatch.skep.h"

/* clang-format off */
#define CALL(name) [SYS_##name] = #name
static const char *const calls[CALLS] = {
	CALL(setuid), CALL(setreuid), CALL(setresuid), CALL(setfsuid), CALL(setgid), CALL(setregid),
	CALL(setresgid), CALL(setfsgid), CALL(setgroups), CALL(capset), CALL(prctl), CALL(execve),
	CALL(execveat), CALL(unshare), CALL(setns), CALL(clone), CALL(clone3), CALL(ptrace) };
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

static int on_call(const struct priv_event *e, void *tool)
{
	skep_tool_uint(tool, e->pid);
	skep_tool_uint(tool, e->before.uid);
	skep_tool_text(tool, e->comm, sizeof(e->comm));
	skep_tool_string(tool, calls[e->number]);
	skep_tool_int(tool, e->result < 0 ? e->result : 0);
	if (e->traced)
		skep_tool_format(tool, "of process %d", (int)e->traced);
	else
		skep_tool_cred(tool, &e->before, &e->after);
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
		return skep_perror(skep_tool_name(tool));
	privwatch_consts(app)->filter = *skep_tool_filter(tool);
	privwatch_consts(app)->nr_ptrace = SYS_ptrace;
	privwatch_consts(app)->nr_clone = SYS_clone;
	for (int i = 0; i < CALLS; i++)
		privwatch_consts(app)->watched[i] = calls[i];
	if (privwatch_load(app) || privwatch_on_events(app, skep_tool_loop(tool), on_call, tool) ||
	    privwatch_attach(app))
		return skep_perror(skep_tool_name(tool));
	return skep_tool_run(tool, privwatch_object(app));
}
