// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The exec tracer of the template, told who runs. */
#include <linux/types.h>

#include <skep/testing.h>
#include <skep/testing/host.h>

#include "exec.h"

int on_exec(void *ctx);
extern const volatile __u32 min_uid;

static void exec_of_a_user_is_reported(void **state)
{
	const struct skep_host_current who = { .pid = 5, .ppid = 4, .uid = 1000, .comm = "true" };
	const struct exec_event *e;

	(void)state;
	skep_host_reset();
	skep_host_set_current(&who);
	skep_host_set_const(min_uid, 1001);
	skep_host_run(on_exec, NULL);
	assert_null(skep_host_record("events", NULL));
	skep_host_set_const(min_uid, 1000);
	skep_host_run(on_exec, NULL);
	e = skep_host_record("events", NULL);
	assert_non_null(e);
	assert_int_equal(e->pid, 5);
	assert_int_equal(e->ppid, 4);
	assert_string_equal(e->comm, "true");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(exec_of_a_user_is_reported) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
