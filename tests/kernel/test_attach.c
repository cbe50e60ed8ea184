// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Attaching: all or none, and why not. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <unistd.h>

#include <bpf/libbpf.h>

#include "app.h"

/* All programs of the object but these. */
static struct skep_object *load_without(const char *a, const char *b)
{
	struct skep_object *object = app_open("hooks.bpf.o");

	if (a)
		assert_ok(skep_program_enable(skep_object_program(object, a), false));
	if (b)
		assert_ok(skep_program_enable(skep_object_program(object, b), false));
	assert_ok(skep_object_load(object));
	return object;
}

TEST(all_that_say_where_are_attached_and_others_left_alone)
{
	struct skep_object *object = load_without("mistyped", "probe");

	assert_ok(skep_object_attach(object));
	assert_non_null(skep_program_link(skep_object_program(object, "first")));
	assert_non_null(skep_program_link(skep_object_program(object, "second")));
	assert_null(skep_program_link(skep_object_program(object, "pass")));
	assert_null(skep_program_link(skep_object_program(object, "nowhere")));
	skep_object_free(object);
}

TEST(attaching_what_succeeds_is_no_failure_in_words_either)
{
	struct skep_object *object = load_without("mistyped", "probe");

	skep_error_set(EXDEV, NULL, "something else");
	assert_ok(skep_object_attach(object));
	assert_int_equal(skep_error_last()->code, EXDEV);
	skep_object_free(object);
}

TEST(one_that_cannot_attach_takes_the_others_off_again)
{
	struct skep_object *object = load_without("probe", NULL);
	struct snapshot loaded, before;
	int fds = app_open_fds();

	snapshot_take(&loaded);
	assert_error(skep_object_attach(object), ENOENT);
	app_assert_says("cannot attach program 'mistyped' (raw_tp/sched_process_exet)");
	assert_non_null(skep_error_last()->hint);
	assert_null(skep_program_link(skep_object_program(object, "first")));
	assert_null(skep_program_link(skep_object_program(object, "second")));
	assert_int_equal(app_open_fds(), fds);
	snapshot_assert_unchanged(&loaded); /* no link is left */
	snapshot_take(&before);
	assert_error(skep_object_attach(object), ENOENT);
	skep_object_free(object);
}

TEST(hook_that_does_not_exist_is_enoent_and_the_nearest_is_named)
{
	struct skep_object *object = load_without("probe", NULL);
	struct skep_link *link = NULL;

	assert_error(skep_attach(&link, skep_object_program(object, "mistyped")), ENOENT);
	assert_null(link);
	app_assert_hints("sched_process_exec");
	skep_object_free(object);
}

TEST(section_without_a_place_names_the_helper)
{
	struct skep_object *object = load_without("mistyped", "probe");
	struct skep_link *link = NULL;

	assert_error(skep_attach(&link, skep_object_program(object, "pass")), EDESTADDRREQ);
	app_assert_hints("skep_attach_xdp()");
	assert_error(skep_attach(&link, skep_object_program(object, "nowhere")), EDESTADDRREQ);
	assert_null(link);
	skep_object_free(object);
}

TEST(link_of_its_own_detaches_when_freed)
{
	struct snapshot before;
	struct skep_object *object = load_without("mistyped", "probe");
	struct skep_link *link = NULL;

	snapshot_take(&before);
	assert_ok(skep_attach(&link, skep_object_program(object, "first")));
	assert_true(skep_link_fd(link) >= 0);
	assert_non_null(skep_link_libbpf(link));
	skep_link_free(link);
	snapshot_assert_unchanged(&before);
	skep_object_free(object);
}

/* Where the kernel has kprobes it attaches; elsewhere the reason is that it has none. */
TEST(kprobe_attaches_or_says_that_the_kernel_has_none)
{
	struct skep_object *object = load_without("mistyped", NULL);
	struct skep_link *link = NULL;
	int err = skep_attach(&link, skep_object_program(object, "probe"));

	if (skep_kernel_can(SKEP_CAN_KPROBE) == SKEP_YES) {
		assert_ok(err);
		skep_link_free(link);
	} else {
		assert_error(err, EOPNOTSUPP);
		app_assert_says("kprobe");
		assert_non_null(skep_error_last()->hint);
		assert_error(skep_object_attach(object), EOPNOTSUPP);
		assert_null(skep_program_link(skep_object_program(object, "first")));
	}
	skep_object_free(object);
}

TEST(program_of_somebody_elses_object_is_attached)
{
	struct bpf_object *object;
	struct bpf_program *first;
	struct skep_link *link = NULL;

	require_root();
	object = bpf_object__open_file(test_file("hooks.bpf.o"), NULL);
	assert_non_null(object);
	first = bpf_object__find_program_by_name(object, "first");
	assert_error(skep_attach_libbpf(&link, first), EBADF);
	assert_null(link);
	assert_int_equal(bpf_object__load(object), 0);
	assert_ok(skep_attach_libbpf(&link, first));
	skep_link_free(link);
	bpf_object__close(object);
}
