/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Exercises 9 to 14 and 28: the stack, texts, the kernel's memory, and what kernels have. */
#include "lab_check.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <skep/needs.h>

/* Not satisfied by: a smaller buffer, a global one, a fixed length. */
int lab_stack_limit(struct lab_run *run)
{
	size_t bytes = 0;
	char text[1024];

	if (lab_load(run))
		return -1;
	if (skep_object_section(run->object, ".bss", &bytes) && bytes >= 512)
		return lab_wrong(run, "a global variable of this size: all processors share it");
	for (int i = 0; i < 6; i++) {
		uint32_t length = i ? lab_random(0, 1022) : 1023, found;
		uint64_t args[4] = { (uintptr_t)text };

		memset(text, 'a' + i, length);
		text[length] = '\0';
		if (lab_call(run, "path_length", args, &found) ||
		    lab_expect(run, found, length, "path_length() of a text of %u:", length))
			return -1;
	}
	return 0;
}

/* Not satisfied by: 0 for all, looking at fewer characters, a fixed answer. */
int lab_user_string(struct lab_run *run)
{
	static const struct {
		const char *path;
		uint32_t is;
	} cases[] = {
		{ "/etc/%u", 1 },
		{ "/etc/", 1 },
		{ "/etc%u/x", 0 },
		{ "/etc", 0 },
		{ "", 0 },
		{ "/", 0 },
		{ "etc/%u", 0 },
		{ "/etd/%u", 0 },
		{ "/usr/etc/%u", 0 },
		{ "/Etc/%u", 0 },
		{ "/et/c/%u", 0 },
		{ "/etc/%u/and/a/long/tail/that/is/longer/than/sixty-four/characters/all/in/all",
		  1 },
	};
	uint64_t args[4] = { 0 };
	uint32_t found;
	char path[128];

	if (lab_load(run))
		return -1;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *mark = strstr(cases[i].path, "%u");

		snprintf(path, sizeof(path), "%.*s",
			 mark ? (int)(mark - cases[i].path) : (int)strlen(cases[i].path),
			 cases[i].path);
		if (mark)
			snprintf(path + strlen(path), sizeof(path) - strlen(path), "%u%s",
				 lab_random(100, 999), mark + 2);
		args[0] = (uintptr_t)path;
		if (lab_call(run, "is_config", args, &found) ||
		    lab_expect(run, found, cases[i].is, "is_config(\"%s\"):", path))
			return -1;
	}
	args[0] = 0;
	if (lab_call(run, "is_config", args, &found))
		return -1;
	return lab_expect(run, found, 0, "is_config() of an address where nothing is:");
}

static int asks_by_name(struct lab_run *run, const char *wanted)
{
	char names[5][16];
	uint64_t args[4] = { 0 };

	for (int i = 0; i < 5; i++)
		snprintf(names[i], sizeof(names[i]), "%s", wanted);
	names[1][strlen(wanted) - 1]++;      /* another end */
	names[2][strlen(wanted) - 1] = '\0'; /* shorter */
	snprintf(names[3], sizeof(names[3]), "%.14sd", wanted);
	names[4][0]++;
	for (int i = 0; i < 5; i++) {
		uint32_t found;

		prctl(PR_SET_NAME, names[i]);
		if (lab_call(run, "is_wanted", args, &found) ||
		    lab_expect(run, found, i == 0,
			       "is_wanted() for the process '%s', wanted is '%s':", names[i],
			       wanted))
			return -1;
	}
	return 0;
}

/* Not satisfied by: beginnings, lengths, a fixed name, 0 or 1 for all. */
int lab_compare_text(struct lab_run *run)
{
	char before[16], wanted[16], *place;
	int err;

	snprintf(wanted, sizeof(wanted), "lab-%u", lab_random(100000, 999999));
	if (lab_variable(run, "wanted", sizeof(wanted), &place))
		return -1;
	memcpy(place, wanted, sizeof(wanted));
	if (lab_load(run))
		return -1;
	prctl(PR_GET_NAME, before);
	err = asks_by_name(run, wanted);
	prctl(PR_SET_NAME, before);
	return err;
}

static int expect_name(struct lab_run *run, const char *variable, const char *found,
		       const char *expected)
{
	if (!strncmp(found, expected, 16))
		return 0;
	/* What is read of the wrong place is no text. */
	for (int i = 0; i < 16 && found[i]; i++)
		if (found[i] < ' ' || found[i] > '~')
			return lab_wrong(run, "%s:\n  expected \"%s\"\n  found    no text",
					 variable, expected);
	return lab_wrong(run, "%s:\n  expected \"%s\"\n  found    \"%.16s\"", variable, expected,
			 found);
}

/* In a child with another name, whose parent is this process: its name is known to nobody before. */
static int call_in_child(struct lab_run *run)
{
	uint64_t args[4] = { 0 };
	pid_t pid = fork();
	uint32_t returned;
	int status = 0;

	if (!pid) {
		prctl(PR_SET_NAME, "lab-child");
		_exit(lab_call(run, "on_call", args, &returned) ? 1 : 0);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (pid < 0)
		return lab_cannot(run, "cannot start a process: %s", strerror(errno));
	/* What it found wrong, it found in its own memory. */
	return status ? lab_call(run, "on_call", args, &returned) : 0;
}

/* Not satisfied by: the process's own name, a fixed one, an offset that another kernel has. */
int lab_kernel_memory(struct lab_run *run)
{
	char before[16], name[16], *parent;
	int err;

	if (lab_load(run) || lab_variable(run, "parent", 16, &parent))
		return -1;
	snprintf(name, sizeof(name), "lab-%u", lab_random(100000, 999999));
	prctl(PR_GET_NAME, before);
	prctl(PR_SET_NAME, name);
	err = call_in_child(run);
	prctl(PR_SET_NAME, before);
	return err ? err : expect_name(run, "parent", parent, name);
}

struct in_thread {
	struct lab_run *run;
	int err;
};

static void *call_in_thread(void *ctx)
{
	struct in_thread *thread = ctx;
	uint64_t args[4] = { 0 };
	uint32_t returned;

	prctl(PR_SET_NAME, "lab-thread");
	thread->err = lab_call(thread->run, "on_call", args, &returned);
	return NULL;
}

/* Of a second thread: so the name of who runs is not the one that is asked for. */
int lab_relocation(struct lab_run *run)
{
	struct in_thread ctx = { run, 0 };
	char before[16], name[16], *leader;
	pthread_t thread;
	int err;

	if (lab_load(run) || lab_variable(run, "leader", 16, &leader))
		return -1;
	snprintf(name, sizeof(name), "lab-%u", lab_random(100000, 999999));
	prctl(PR_GET_NAME, before);
	prctl(PR_SET_NAME, name); /* of the first thread: the command has no other */
	err = pthread_create(&thread, NULL, call_in_thread, &ctx);
	if (!err)
		pthread_join(thread, NULL);
	prctl(PR_SET_NAME, before);
	if (err)
		return lab_cannot(run, "cannot start a thread: %s", strerror(err));
	return ctx.err ? ctx.err : expect_name(run, "leader", leader, name);
}

/* How the object needs what ends so: 0 not at all, 1 as an option, 2 in any case. */
static int need_of(const struct skep_needs *needs, enum skep_need_kind kind, const char *end)
{
	int how = 0;

	for (const struct skep_need *n = skep_needs_next(needs, NULL); n;
	     n = skep_needs_next(needs, n)) {
		size_t length = strlen(n->name), tail = strlen(end);

		if (n->kind != kind || length < tail || strcmp(n->name + length - tail, end) != 0)
			continue;
		if (how < (n->optional ? 1 : 2))
			how = n->optional ? 1 : 2;
	}
	return how;
}

/* Not satisfied by: one of the names, reading both without asking, a number without reading. */
int lab_renamed_field(struct lab_run *run)
{
	static const char *const fields[] = { ".__state", ".state" };
	SKEP_AUTO(skep_needs) *needs = NULL;
	uint64_t args[4] = { 0 };
	uint32_t found;

	if (skep_object_needs(&needs, run->object, NULL))
		return lab_cannot(run, "%s", skep_error_last()->message);
	if (lab_load(run))
		return -1;
	for (int i = 0; i < 2; i++) {
		int how = need_of(needs, SKEP_NEED_FIELD, fields[i]);

		if (how == 0)
			return lab_wrong(run, "`%s` is not read where it is there", fields[i] + 1);
		if (how == 2)
			return lab_wrong(run, "`%s` is read without asking whether it is there",
					 fields[i] + 1);
	}
	if (lab_call(run, "task_state", args, &found))
		return -1;
	return lab_expect(run, found, 0, "task_state() of a process that runs:");
}

/* Not satisfied by: bpf_loop() unasked, or not at all; a number without rounds is not told apart. */
int lab_older_kernels(struct lab_run *run)
{
	SKEP_AUTO(skep_needs) *needs = NULL;
	uint32_t most = 100000;
	int how;

	if (skep_object_needs(&needs, run->object, NULL))
		return lab_cannot(run, "%s", skep_error_last()->message);
	how = need_of(needs, SKEP_NEED_HELPER, "bpf_loop");
	if (lab_load(run))
		return -1;
	if (how != 1)
		return lab_wrong(run,
				 how ? "bpf_loop() is called without asking whether it is there"
				     : "bpf_loop() is not called where it is there");
	if (skep_kernel_version() < SKEP_KERNEL_VERSION(5, 17, 0))
		most = 64;
	for (int i = 0; i < 6; i++) {
		uint32_t n = i < 3 ? (uint32_t)i * 64 : i == 3 ? 200000 : lab_random(65, 99999);
		uint64_t args[4] = { n };
		uint32_t found;

		if (lab_call(run, "steps", args, &found) ||
		    lab_expect(run, found, n < most ? n : most, "steps() of %u:", n))
			return -1;
	}
	return 0;
}
