// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The audit of the template: a hook of LSM, with a file of the test's and a helper of its own. */
#include <errno.h>
#include <linux/types.h>
#include <stdio.h>

#include <skep/testing.h>
#include <skep/testing/host.h>

#include "audit.h"

/* As the program declares them. */
struct path {
	const char *name;
};

struct file {
	struct path f_path;
	unsigned int f_mode;
};

int on_open(unsigned long long *ctx);

static long name_of(const struct path *path, char *to, __u32 room)
{
	return path->name ? snprintf(to, room, "%s", path->name) + 1 : -ENAMETOOLONG;
}

static int open_file(struct file *file, int earlier)
{
	unsigned long long args[] = { (uintptr_t)file, (unsigned long long)earlier };

	return skep_host_run(on_open, args);
}

static void open_for_writing_is_reported(void **state)
{
	struct file file = { { "/etc/passwd" }, 1 };
	const struct open_event *e;

	(void)state;
	skep_host_reset();
	skep_host_fake("bpf_d_path", name_of);
	assert_int_equal(open_file(&file, 0), 0);
	assert_null(skep_host_record("events", NULL));
	file.f_mode = 2;
	assert_int_equal(open_file(&file, -EPERM), -EPERM);
	e = skep_host_record("events", NULL);
	assert_non_null(e);
	assert_string_equal(e->path, "/etc/passwd");
	assert_string_equal(e->comm, "host");
	file.f_path.name = NULL;
	assert_int_equal(open_file(&file, 0), 0);
	assert_null(skep_host_record("events", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(open_for_writing_is_reported) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
