/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* All programs of an object on one group. */
#include "harness/test.h"

#include "attach_cgroup.h"
#include "attach_cgroup.skep.h"
#include "group.h"

static struct attach_cgroup *start(void)
{
	struct attach_cgroup *app = NULL;

	assert_ok(attach_cgroup_open(&app, NULL));
	if (attach_cgroup_load(app))
		fail_msg("%s", skep_error_last()->message);
	return app;
}

static size_t count_at(const char *group, const char *hook)
{
	uint32_t ids[8];
	size_t count = 8;

	assert_ok(skep_cgroup_programs(group, hook, SKEP_CGROUP_ATTACHED, ids, &count));
	return count;
}

TEST(programs_of_an_object_are_put_on_a_group_together_or_not_at_all)
{
	struct attach_cgroup *app = start(), *other = start(), *raw = NULL;
	struct skep_object *object = attach_cgroup_object(app);
	struct skep_program *egress = attach_cgroup_program_egress(app);
	struct skep_program *too = attach_cgroup_program_egress_too(app);
	struct skep_link *alone = NULL;
	char group[GROUP_PATH];

	group_make(group, NULL, "together");
	assert_error(skep_object_attach_cgroup(NULL, group), EINVAL);
	assert_ok(attach_cgroup_open(&raw, NULL));
	assert_error(skep_object_attach_cgroup(attach_cgroup_object(raw), group), EBADF);
	assert_error(skep_object_attach_cgroup(object, "/sys/fs/cgroup/no/such"), ENOENT);
	assert_ok(skep_attach_cgroup(&alone, attach_cgroup_program_egress(other), group,
				     SKEP_OPTS(skep_cgroup_opts, .mode = SKEP_CGROUP_EXCLUSIVE)));
	assert_error(skep_object_attach_cgroup(object, group), EBUSY);
	assert_null(skep_program_link(egress));
	assert_int_equal(count_at(group, "cgroup_skb/ingress"), 0);
	/* Those that are refused may be left out. */
	assert_ok(skep_program_set_optional(egress, true));
	assert_ok(skep_program_set_optional(too, true));
	assert_ok(skep_object_attach_cgroup(object, group));
	assert_int_equal(skep_program_refusal(egress)->code, EBUSY);
	assert_non_null(skep_program_link(attach_cgroup_program_ingress(app)));
	assert_null(skep_program_link(attach_cgroup_program_not_for_groups(app)));
	assert_error(skep_object_attach_cgroup(object, group), EALREADY);
	skep_object_detach(object);
	skep_link_free(alone);
	assert_ok(skep_object_attach_cgroup(object, group));
	assert_null(skep_program_refusal(egress));
	assert_int_equal(count_at(group, "cgroup_skb/egress"), 2);
	attach_cgroup_free(app);
	assert_int_equal(count_at(group, "cgroup_skb/egress"), 0);
	attach_cgroup_free(other);
	attach_cgroup_free(raw);
	group_remove(group);
}
