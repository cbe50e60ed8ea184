/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Before load an object tells what it needs, where, and what of it is not here. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <bpf/libbpf.h>

#include <skep/error.h>
#include <skep/needs.h>
#include <skep/object.h>

static struct skep_object *object;
static struct skep_needs *needs;

/* Opened and looked through once for all cases. */
static void open_once(void)
{
	require_root();
	if (needs)
		return;
	assert_ok(skep_object_open(&object, test_file("needs.bpf.o"), NULL));
	assert_ok(skep_object_needs(&needs, object, NULL));
}

static const struct skep_need *find(const struct skep_needs *in, const char *program,
				    enum skep_need_kind kind, const char *name)
{
	for (const struct skep_need *n = skep_needs_next(in, NULL); n; n = skep_needs_next(in, n))
		if (n->kind == kind && !strcmp(n->name, name) &&
		    (!program || (n->program && !strcmp(n->program, program))))
			return n;
	return NULL;
}

static const struct skep_need *need(const char *program, enum skep_need_kind kind, const char *name)
{
	const struct skep_need *n;

	open_once();
	n = find(needs, program, kind, name);
	if (!n)
		fail_msg("%s: no %s %s in the report", program ? program : "object",
			 skep_need_kind_name(kind), name);
	return n;
}

static void assert_line(const struct skep_need *n, const char *text)
{
	assert_non_null(n->file);
	assert_non_null(strstr(n->file, "needs.bpf.c"));
	assert_true(n->line > 0);
	assert_non_null(n->text);
	if (!strstr(n->text, text))
		fail_msg("%s is said to be at \"%s\"", n->name, n->text);
}

TEST(helper_of_another_type_is_lacking_with_its_line)
{
	const struct skep_need *n = need("wrong_helper", SKEP_NEED_HELPER, "bpf_skb_pull_data");

	assert_int_equal(n->answer, SKEP_NO);
	assert_false(n->optional);
	assert_non_null(n->why);
	assert_line(n, "bpf_skb_pull_data(ctx, 64)");
}

TEST(helper_that_this_type_may_call_is_there)
{
	const struct skep_need *n = need("right_helper", SKEP_NEED_HELPER, "bpf_map_lookup_elem");

	assert_int_equal(n->answer, SKEP_YES);
	assert_null(n->why);
	assert_line(n, "bpf_map_lookup_elem");
}

TEST(helper_that_no_kernel_has_is_lacking_by_its_number)
{
	const struct skep_need *n = need("helper_of_no_kernel", SKEP_NEED_HELPER, "helper 9999");

	assert_int_equal(n->answer, SKEP_NO);
	assert_line(n, "no_such_helper()");
}

TEST(helper_that_the_program_asks_about_is_optional)
{
	const struct skep_need *n =
		need("guarded_helper", SKEP_NEED_HELPER, "bpf_cgrp_storage_get");

	assert_true(n->optional);
	if (!kernel_at_least(6, 2))
		assert_int_equal(n->answer, SKEP_NO);
}

TEST(field_that_is_not_there_is_lacking_unless_the_program_asks)
{
	const struct skep_need *n = need("field", SKEP_NEED_FIELD, "task_struct.no_such_field");

	assert_int_equal(n->answer, SKEP_NO);
	assert_false(n->optional);
	assert_non_null(n->remedy);
	n = need("field", SKEP_NEED_FIELD, "task_struct.pid");
	assert_int_equal(n->answer, SKEP_YES);
	n = need("guarded_field", SKEP_NEED_FIELD, "task_struct.no_such_field");
	assert_int_equal(n->answer, SKEP_NO);
	assert_true(n->optional);
}

TEST(kfunc_that_is_not_there_is_lacking_and_optional_when_weak)
{
	const struct skep_need *n = need("kfunc", SKEP_NEED_KFUNC, "skep_no_such_kfunc");

	assert_int_equal(n->answer, SKEP_NO);
	assert_false(n->optional);
	assert_line(n, "skep_no_such_kfunc()");
	n = need("weak_kfunc", SKEP_NEED_KFUNC, "skep_no_such_weak_kfunc");
	assert_int_equal(n->answer, SKEP_NO);
	assert_true(n->optional);
}

TEST(variable_of_the_kernel_is_looked_up)
{
	assert_int_equal(need("variables", SKEP_NEED_KSYM, "_stext")->answer, SKEP_YES);
	assert_int_equal(need("variables", SKEP_NEED_KSYM, "skep_no_such_variable")->answer,
			 SKEP_NO);
}

TEST(what_a_called_function_needs_its_program_needs)
{
	const struct skep_need *n = need("calls_another", SKEP_NEED_HELPER, "bpf_skb_pull_data");

	assert_int_equal(n->answer, SKEP_NO);
	assert_line(n, "bpf_skb_pull_data(ctx, 32)");
}

TEST(target_that_is_not_there_is_lacking_with_the_nearest_names)
{
	const struct skep_need *n = need("mistyped", SKEP_NEED_TARGET, "sched_proces_exec");

	assert_int_equal(n->answer, SKEP_NO);
	assert_non_null(n->why);
	assert_non_null(n->remedy);
	assert_non_null(strstr(n->remedy, "sched_process_exec"));
	n = need("right_helper", SKEP_NEED_TARGET, "sched_process_exec");
	assert_int_equal(n->answer, SKEP_YES);
	n = need("no_function", SKEP_NEED_TARGET, "skep_no_such_function");
	assert_int_equal(n->answer, SKEP_NO);
}

TEST(hook_is_told_as_trying_it_tells)
{
	const struct skep_need *n = need("typed", SKEP_NEED_HOOK, "tp_btf");

	assert_int_equal(n->answer, skep_kernel_can(SKEP_CAN_BTF_TRACEPOINT));
	n = need("no_function", SKEP_NEED_HOOK, "kprobe");
	assert_int_equal(n->answer, skep_kernel_can(SKEP_CAN_KPROBE));
	assert_true((n->answer == SKEP_YES) == !n->why);
}

TEST(types_are_told_with_the_map_they_are_of)
{
	const struct skep_need *n = need(NULL, SKEP_NEED_MAP_TYPE, "BPF_MAP_TYPE_HASH");

	assert_string_equal(n->map, "numbers");
	assert_int_equal(n->answer, SKEP_YES);
	assert_line(n, "bpf_map_lookup_elem");
	n = need(NULL, SKEP_NEED_MAP_TYPE, "map type 250");
	assert_string_equal(n->map, "of_no_kernel");
	assert_int_equal(n->answer, SKEP_NO);
	n = need("net", SKEP_NEED_PROGRAM_TYPE, "BPF_PROG_TYPE_XDP");
	assert_int_equal(n->answer, SKEP_YES);
}

/* On older kernels helpers that sleep are unknown to programs that do not. */
TEST(program_that_may_sleep_may_call_what_sleeps)
{
	const struct skep_need *n = need("sleeps", SKEP_NEED_HELPER, "bpf_copy_from_user");

	assert_int_equal(n->answer, SKEP_YES);
}

TEST(capabilities_are_those_of_the_programs)
{
	assert_int_equal(need(NULL, SKEP_NEED_CAPABILITY, "cap_bpf")->answer, SKEP_YES);
	assert_int_equal(need(NULL, SKEP_NEED_CAPABILITY, "cap_perfmon")->answer, SKEP_YES);
	assert_int_equal(need(NULL, SKEP_NEED_CAPABILITY, "cap_net_admin")->answer, SKEP_YES);
}

TEST(lacking_counts_what_is_neither_there_nor_optional)
{
	size_t lacking = 0;

	open_once();
	for (const struct skep_need *n = skep_needs_next(needs, NULL); n;
	     n = skep_needs_next(needs, n))
		lacking += n->answer == SKEP_NO && !n->optional;
	assert_int_equal(skep_needs_lacking(needs), lacking);
	assert_true(lacking >= 8);
}

TEST(programs_that_take_no_part_need_nothing)
{
	SKEP_AUTO(skep_object) *some = NULL;
	SKEP_AUTO(skep_needs) *left = NULL;

	require_root();
	assert_ok(skep_object_open(&some, test_file("needs.bpf.o"), NULL));
	for (struct skep_program *p = skep_object_next_program(some, NULL); p;
	     p = skep_object_next_program(some, p))
		assert_ok(skep_program_enable(p, !strcmp(skep_program_name(p), "net")));
	assert_ok(skep_object_needs(&left, some, NULL));
	assert_null(find(left, NULL, SKEP_NEED_HELPER, "bpf_skb_pull_data"));
	assert_null(find(left, NULL, SKEP_NEED_CAPABILITY, "cap_perfmon"));
	assert_non_null(find(left, "net", SKEP_NEED_PROGRAM_TYPE, "BPF_PROG_TYPE_XDP"));
}

TEST(mistakes_of_the_caller_are_said)
{
	struct skep_needs *none = NULL;

	open_once();
	assert_error(skep_object_needs(&none, NULL, NULL), EINVAL);
	assert_error(skep_object_needs(&none, object,
				       SKEP_OPTS(skep_needs_opts, .kernel_btf = "/no/such/file")),
		     ENOENT);
	assert_error(skep_object_needs(&none, object,
				       SKEP_OPTS(skep_needs_opts, .kernel_btf = "/proc/version")),
		     EINVAL);
	assert_null(none);
	skep_needs_free(NULL);
}

/* What libbpf opened has no file to look at, and is told of as far as libbpf tells. */
TEST(adopted_object_tells_types_and_targets)
{
	struct bpf_object *stock = bpf_object__open_file(test_file("needs.bpf.o"), NULL);
	SKEP_AUTO(skep_object) *adopted = NULL;
	SKEP_AUTO(skep_needs) *told = NULL;

	require_root();
	assert_non_null(stock);
	assert_ok(skep_object_adopt(&adopted, stock));
	assert_ok(skep_object_needs(&told, adopted, NULL));
	assert_non_null(find(told, "net", SKEP_NEED_PROGRAM_TYPE, "BPF_PROG_TYPE_XDP"));
	assert_int_equal(find(told, "mistyped", SKEP_NEED_TARGET, "sched_proces_exec")->answer,
			 SKEP_NO);
	skep_object_free(SKEP_TAKE(adopted));
	bpf_object__close(stock);
}

/* Nothing that stands in the way of what does not. */
static void assert_no_false_alarm(const char *file)
{
	SKEP_AUTO(skep_object) *sample = NULL;
	SKEP_AUTO(skep_needs) *told = NULL;
	struct skep_needs *late = NULL;
	bool loads, alarm = false;

	assert_ok(skep_object_open(&sample, test_file(file), NULL));
	assert_ok(skep_object_needs(&told, sample, NULL));
	loads = !skep_object_load(sample);
	for (const struct skep_need *n = skep_needs_next(told, NULL); n;
	     n = skep_needs_next(told, n)) {
		if (n->answer == SKEP_YES)
			continue;
		printf("# %s: %s %s: %s%s\n", file, skep_need_kind_name(n->kind), n->name,
		       n->answer == SKEP_NO ? "no" : "unknown", n->optional ? ", optional" : "");
		alarm = alarm || (n->answer == SKEP_NO && !n->optional);
	}
	/* A hook that is not there shows itself only at attach. */
	if (loads && alarm && processor_has_trampolines())
		fail_msg("%s loads here, and is said not to", file);
	if (!loads && !alarm)
		fail_msg("%s does not load here (%s), and nothing is said to be lacking", file,
			 skep_error_last()->message);
	if (loads)
		assert_error(skep_object_needs(&late, sample, NULL), EBUSY);
	else
		assert_ok(skep_object_needs(&late, sample, NULL)); /* to find out why */
	skep_needs_free(late);
}

TEST(examples_and_templates_lack_what_they_cannot_do_without_and_nothing_else)
{
	static const char *const samples[] = { "execsnoop.bpf.o", "xdpcount.bpf.o",
					       "fileaudit.bpf.o", "exec.bpf.o",
					       "counter.bpf.o",   "audit.bpf.o" };
	struct snapshot before;

	require_root();
	snapshot_take(&before);
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
		assert_no_false_alarm(samples[i]);
	snapshot_assert_unchanged(&before);
}
