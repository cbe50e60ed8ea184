// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Sections that are newer than libbpf. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <time.h>

#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include "app.h"
#include "hooks.h"
#include "object/sections.h"

#define PROGRAMS 21

static const struct bpf_program *find(const struct bpf_object *object, int number)
{
	char name[8];

	snprintf(name, sizeof(name), "p%d", number);
	return bpf_object__find_program_by_name(object, name);
}

/* Whoever knew the section, libbpf or skep: the program is what the table says. */
static void assert_as_in_table(const struct bpf_object *object)
{
	for (int i = 0; i < PROGRAMS; i++) {
		const struct bpf_program *program = find(object, i);
		const struct skep_section *row;

		assert_non_null(program);
		row = skep_section_find(bpf_program__section_name(program));
		assert_non_null(row);
		assert_int_equal(bpf_program__type(program), row->type);
		if (row->attach_type)
			assert_int_equal(bpf_program__expected_attach_type(program),
					 row->attach_type);
	}
}

TEST(sections_that_libbpf_does_not_know_have_their_types)
{
	struct skep_object *object = app_open("sections.bpf.o");
	const struct bpf_object *libbpfs = skep_object_libbpf(object);
	const struct bpf_program *sleeps = bpf_object__find_program_by_name(libbpfs, "p2");

	assert_as_in_table(libbpfs);
	/* A newer libbpf sets it when it loads. */
	if (libbpf_minor_version() == 1)
		assert_true(bpf_program__flags(sleeps) & BPF_F_SLEEPABLE);
	skep_object_free(object);
}

TEST(adopted_objects_have_them_too_and_what_was_set_by_hand_stays)
{
	struct bpf_object *theirs;
	struct bpf_program *set;
	struct skep_object *object = NULL;

	require_root();
	theirs = bpf_object__open_file(test_file("sections.bpf.o"), NULL);
	assert_non_null(theirs);
	set = bpf_object__find_program_by_name(theirs, "nobodys");
	assert_int_equal(bpf_program__set_type(set, BPF_PROG_TYPE_XDP), 0);
	assert_ok(skep_object_adopt(&object, theirs));
	assert_as_in_table(theirs);
	assert_int_equal(bpf_program__type(set), BPF_PROG_TYPE_XDP);
	skep_object_free(object);
	bpf_object__close(theirs);
}

TEST(a_section_that_nobody_knows_is_refused_with_what_was_meant)
{
	static const struct {
		const char *section, *hint;
	} rows[] = {
		{ "xpd", "SEC(\"xdp\")?" },
		{ "kprob/vfs_read", "SEC(\"kprobe/vfs_read\")?" },
		{ "uprobe.mutli/x", "SEC(\"uprobe.multi/x\")?" },
		{ "cgroup/conect4", "SEC(\"cgroup/connect4\")?" },
		{ "xdp_prog", "SEC(\"xdp\")?" }, /* of libbpf before 1.0 */
		{ "something", "name the kind first" },
		{ "/", "name the kind first" },
	};
	struct skep_object *object = app_open("sections.bpf.o");

	assert_ok(skep_program_enable(skep_object_program(object, "nobodys"), true));
	assert_error(skep_object_load(object), EINVAL);
	app_assert_says("program 'nobodys': SEC(\"tcx/ingres\") does not say what kind");
	app_assert_hints("did you mean SEC(\"tcx/ingress\")?");
	skep_object_free(object);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(skep_section_refuse("p", rows[i].section, -EINVAL), -EINVAL);
		app_assert_hints(rows[i].hint);
	}
}

TEST(names_that_only_begin_alike_are_left_alone)
{
	static const char *const names[] = { "tcx",
					     "tcx/ingress/x",
					     "tcx/ingres",
					     "netfilterx",
					     "uprobe.multiple/x",
					     "uprobe",
					     "kprobe/x",
					     "" };
	struct skep_object *object = app_open("sections.bpf.o");
	const struct skep_program *nobodys = skep_object_program(object, "nobodys");

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_null(skep_section_find(names[i]));
	assert_int_equal(bpf_program__type(skep_program_libbpf(nobodys)), BPF_PROG_TYPE_UNSPEC);
	skep_object_free(object);
}

TEST(every_row_of_the_table_has_a_program_here)
{
	size_t count, seen = 0;
	const struct skep_section *rows = skep_section_table(&count);
	struct skep_object *object = app_open("sections.bpf.o");

	for (size_t i = 0; i < count; i++)
		for (struct skep_program *p = skep_object_next_program(object, NULL); p;
		     p = skep_object_next_program(object, p))
			if (skep_section_find(skep_program_section(p)) == &rows[i]) {
				seen++;
				break;
			}
	assert_int_equal(seen, count - 1); /* fsession.s is fsession */
	skep_object_free(object);
}

/* A kernel that knows neither tcx nor netkit loads what is for them: so clsact can take it. */
TEST(network_programs_of_newer_kinds_load_everywhere)
{
	static const char *const names[] = { "p8", "p9", "p10", "p11" };
	struct skep_object *object = app_open("sections.bpf.o");
	struct skep_link *link = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_ok(skep_program_enable(skep_object_program(object, names[i]), true));
	assert_ok(skep_object_load(object));
	assert_error(skep_attach(&link, skep_object_program(object, "p8")), EDESTADDRREQ);
	assert_non_null(skep_error_last()->hint);
	assert_null(link);
	skep_object_free(object);
}

TEST(function_sessions_run_where_the_kernel_has_them)
{
	struct skep_object *object = app_open("sections.bpf.o");
	struct skep_program *session = skep_object_program(object, "session");
	struct snapshot before;
	struct skep_link *link = NULL;
	uint64_t fired = 0;
	int err;

	snapshot_take(&before);
	assert_ok(skep_program_enable(session, true));
	err = skep_object_load(object);
	if (!err)
		err = skep_attach(&link, session);
	if (!err) {
		nanosleep(&(struct timespec){ .tv_nsec = 1000 }, NULL);
		fired = *(uint64_t *)skep_object_section(object, ".bss", NULL);
		assert_string_equal(skep_link_way(link), "tracing");
	}
	hook_expect("fsession", err, fired);
	skep_link_free(link);
	skep_object_free(object);
	snapshot_assert_unchanged(&before);
}
