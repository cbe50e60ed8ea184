// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Groups that are none, or gone; programs that do not share; the order among those that do. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/capability.h>

#include "app.h"
#include "attach_cgroup.h"
#include "attach_cgroup.skep.h"
#include "group.h"

#define EGRESS "cgroup_skb/egress"

static struct attach_cgroup *start(void)
{
	struct attach_cgroup *app = NULL;

	assert_ok(attach_cgroup_open(&app, NULL));
	if (attach_cgroup_load(app))
		fail_msg("%s", skep_error_last()->message);
	return app;
}

static uint32_t id_of(const struct skep_program *program)
{
	struct bpf_prog_info info = { 0 };
	uint32_t bytes = sizeof(info);

	assert_int_equal(bpf_obj_get_info_by_fd(skep_program_fd(program), &info, &bytes), 0);
	return info.id;
}

static size_t count_at(const char *group, enum skep_cgroup_which which)
{
	uint32_t ids[8];
	size_t count = 8;

	assert_ok(skep_cgroup_programs(group, EGRESS, which, ids, &count));
	return count;
}

TEST(what_is_no_group_of_v2_is_refused_with_where_v2_is)
{
	struct attach_cgroup *app;
	const struct skep_program *egress;
	struct skep_link *link = NULL;
	char group[GROUP_PATH], path[GROUP_PATH + 32];

	group_make(group, NULL, "faults");
	app = start();
	egress = attach_cgroup_program_egress(app);
	assert_error(skep_attach_cgroup(&link, egress, "/", NULL), EINVAL);
	app_assert_says("/ is not a control group");
	app_assert_hints("cgroup v2 is mounted at ");
	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	assert_error(skep_attach_cgroup(&link, egress, path, NULL), EINVAL);
	app_assert_says("it is a file");
	assert_error(skep_attach_cgroup(&link, egress, "", NULL), EINVAL);
	assert_error(skep_attach_cgroup(&link, egress, NULL, NULL), EINVAL);
	app_assert_says("no control group is named");
	/* The last letter is wrong. */
	snprintf(path, sizeof(path), "%sx", group);
	assert_error(skep_attach_cgroup(&link, egress, path, NULL), ENOENT);
	app_assert_says("there is no control group");
	app_assert_hints("did you mean skep-faults-");
	assert_error(skep_attach_cgroup(&link, egress, "no-such/group", NULL), ENOENT);
	assert_error(skep_attach_cgroup(&link, egress, "/proc/no-such", NULL), ENOENT);
	app_assert_hints("cgroup v2 is mounted at ");
	assert_null(link);
	/* A name alone is below the mount. */
	assert_ok(skep_attach_cgroup(&link, egress, strrchr(group, '/') + 1, NULL));
	assert_int_equal(count_at(group, SKEP_CGROUP_ATTACHED), 1);
	skep_link_free(link);
	attach_cgroup_free(app);
	group_remove(group);
}

TEST(groups_of_v1_are_refused_and_a_machine_without_v2_is_told_the_command)
{
	struct attach_cgroup *app;
	struct skep_link *link = NULL;
	char root[GROUP_PATH], v1[GROUP_PATH];
	int home = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);

	require_root();
	snprintf(root, sizeof(root), "%s", cgroup2_root());
	snprintf(v1, sizeof(v1), "%s/v1", test_tmpdir());
	app = start();
	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	assert_int_equal(mkdir(v1, 0755), 0);
	if (!mount("none", v1, "cgroup", 0, "none,name=skep-test")) {
		assert_error(skep_attach_cgroup(&link, attach_cgroup_program_egress(app), v1, NULL),
			     EINVAL);
		app_assert_says("is a group of cgroup v1");
		app_assert_hints("cgroup v2 is mounted at");
		assert_int_equal(umount(v1), 0);
	}
	while (!umount2(root, MNT_DETACH))
		;
	assert_error(skep_attach_cgroup(&link, attach_cgroup_program_egress(app), root, NULL),
		     EINVAL);
	app_assert_hints("mount -t cgroup2");
	assert_error(skep_attach_cgroup(&link, attach_cgroup_program_egress(app), "x", NULL),
		     ENOENT);
	app_assert_hints("mount -t cgroup2");
	assert_null(link);
	assert_int_equal(setns(home, CLONE_NEWNS), 0);
	close(home);
	attach_cgroup_free(app);
}

TEST(file_descriptors_that_are_no_groups_are_named)
{
	struct attach_cgroup *app;
	const struct skep_program *egress;
	struct skep_link *link = NULL;
	char group[GROUP_PATH];
	int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC), folder, only;

	group_make(group, NULL, "fds");
	app = start();
	egress = attach_cgroup_program_egress(app);
	folder = open(group, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	only = open(group, O_PATH | O_CLOEXEC);
	assert_error(skep_attach_cgroup_fd(&link, egress, -1, NULL), EBADF);
	assert_error(skep_attach_cgroup_fd(&link, egress, 999, NULL), EBADF);
	app_assert_says("999 is not open");
	assert_error(skep_attach_cgroup_fd(&link, egress, file, NULL), EINVAL);
	app_assert_says("a file: not a control group");
	assert_error(skep_attach_cgroup_fd(&link, egress, skep_program_fd(egress), NULL), EINVAL);
	app_assert_says("a BPF program");
	assert_error(skep_attach_cgroup_fd(&link, egress, only, NULL), EBADF);
	app_assert_says("O_PATH");
	assert_null(link);
	assert_ok(skep_attach_cgroup_fd(&link, egress, folder, NULL));
	skep_link_free(link);
	link = NULL;
	group_remove(group);
	assert_error(skep_attach_cgroup_fd(&link, egress, folder, NULL), ENOENT);
	app_assert_says("was removed");
	assert_null(link);
	close(file);
	close(folder);
	close(only);
	attach_cgroup_free(app);
}

TEST(programs_that_do_not_fit_are_refused_before_anything_is_done)
{
	struct skep_object *object = app_open("attach_cgroup.bpf.o");
	struct skep_program *egress = skep_object_program(object, "egress");
	struct skep_program *other = skep_object_program(object, "not_for_groups");
	struct skep_link *link = NULL;
	char group[GROUP_PATH];

	group_make(group, NULL, "types");
	assert_error(skep_attach_cgroup(&link, egress, group, NULL), EBADF);
	assert_error(skep_attach_cgroup(&link, NULL, group, NULL), EINVAL);
	app_assert_hints("skep_object_program()");
	assert_ok(skep_object_load(object));
	assert_error(skep_attach_cgroup(&link, other, group, NULL), EPROTOTYPE);
	app_assert_says("'not_for_groups' (xdp) is not one for control groups");
	assert_error(
		skep_attach_cgroup(&link, egress, group,
				   SKEP_OPTS(skep_cgroup_opts, .mode = (enum skep_cgroup_mode)9)),
		EINVAL);
	assert_error(skep_attach_cgroup(&link, egress, group,
					SKEP_OPTS(skep_cgroup_opts, .first = true, .after_id = 1)),
		     EINVAL);
	assert_error(skep_attach_cgroup(&link, egress, group,
					SKEP_OPTS(skep_cgroup_opts, .replaces = 1)),
		     EINVAL);
	app_assert_hints("skep_link_update()");
	/* By its section alone it is not said where to. */
	assert_error(skep_attach(&link, egress), EDESTADDRREQ);
	app_assert_hints("skep_attach_cgroup()");
	assert_null(link);
	assert_int_equal(count_at(group, SKEP_CGROUP_ATTACHED), 0);
	skep_object_free(object);
	group_remove(group);
}

TEST(a_group_that_is_removed_takes_its_programs_and_the_link_can_still_be_freed)
{
	static const enum skep_cgroup_mode modes[] = { SKEP_CGROUP_LINK, SKEP_CGROUP_MULTI,
						       SKEP_CGROUP_EXCLUSIVE };
	struct snapshot before;
	char group[GROUP_PATH];

	require_root();
	snapshot_take(&before);
	for (size_t i = 0; i < 3; i++) {
		struct skep_link *link = NULL;
		struct attach_cgroup *app;

		group_make(group, NULL, "removed");
		app = start();
		assert_ok(skep_attach_cgroup(&link, attach_cgroup_program_egress(app), group,
					     SKEP_OPTS(skep_cgroup_opts, .mode = modes[i])));
		group_remove(group);
		skep_link_free(link);
		attach_cgroup_free(app);
	}
	snapshot_assert_unchanged(&before);
}

TEST(without_links_what_is_there_stays_unless_it_is_named)
{
	struct attach_cgroup *app;
	const struct skep_program *first, *second;
	struct skep_link *a = NULL, *b = NULL;
	char group[GROUP_PATH];
	uint32_t id;

	group_make(group, NULL, "modes");
	app = start();
	first = attach_cgroup_program_egress(app);
	second = attach_cgroup_program_egress_too(app);
	id = id_of(first);
	assert_ok(skep_attach_cgroup(&a, first, group,
				     SKEP_OPTS(skep_cgroup_opts, .mode = SKEP_CGROUP_OVERRIDE)));
	assert_string_equal(skep_link_way(a), "cgroup override");
	assert_error(skep_attach_cgroup(&b, second, group,
					SKEP_OPTS(skep_cgroup_opts, .mode = SKEP_CGROUP_OVERRIDE)),
		     EBUSY);
	app_assert_says("as the only one: program ");
	assert_error(skep_attach_cgroup(&b, second, group,
					SKEP_OPTS(skep_cgroup_opts, .mode = SKEP_CGROUP_OVERRIDE,
						  .replaces = 1)),
		     ENOENT);
	assert_null(b);
	assert_ok(skep_attach_cgroup(
		&b, second, group,
		SKEP_OPTS(skep_cgroup_opts, .mode = SKEP_CGROUP_OVERRIDE, .replaces = id)));
	/* The first one is off already, and its link does not take off another's. */
	skep_link_free(a);
	assert_int_equal(count_at(group, SKEP_CGROUP_ATTACHED), 1);
	skep_link_free(b);
	assert_int_equal(count_at(group, SKEP_CGROUP_ATTACHED), 0);
	/* Several, and one of them replaced. */
	a = b = NULL;
	assert_ok(skep_attach_cgroup(&a, first, group,
				     SKEP_OPTS(skep_cgroup_opts, .mode = SKEP_CGROUP_MULTI)));
	assert_error(skep_attach_cgroup(&b, first, group,
					SKEP_OPTS(skep_cgroup_opts, .mode = SKEP_CGROUP_MULTI)),
		     EEXIST);
	assert_ok(skep_attach_cgroup(
		&b, second, group,
		SKEP_OPTS(skep_cgroup_opts, .mode = SKEP_CGROUP_MULTI, .replaces = id)));
	assert_int_equal(count_at(group, SKEP_CGROUP_ATTACHED), 1);
	skep_link_free(a);
	a = NULL;
	assert_error(skep_attach_cgroup(&a, first, group,
					SKEP_OPTS(skep_cgroup_opts, .mode = SKEP_CGROUP_EXCLUSIVE)),
		     EBUSY);
	app_assert_hints("beside it by SKEP_CGROUP_LINK");
	assert_ok(skep_link_update(b, first, NULL));
	assert_int_equal(count_at(group, SKEP_CGROUP_ATTACHED), 1);
	skep_link_free(b);
	assert_int_equal(count_at(group, SKEP_CGROUP_ATTACHED), 0);
	attach_cgroup_free(app);
	group_remove(group);
}

TEST(a_program_that_does_not_share_is_named_with_its_group)
{
	struct attach_cgroup *app;
	struct skep_link *alone = NULL, *link = NULL;
	char group[GROUP_PATH], below[GROUP_PATH], says[64];

	group_make(group, NULL, "alone");
	group_make(below, group, "below");
	app = start();
	assert_ok(skep_attach_cgroup(&alone, attach_cgroup_program_egress(app), group,
				     SKEP_OPTS(skep_cgroup_opts, .mode = SKEP_CGROUP_EXCLUSIVE)));
	snprintf(says, sizeof(says), "program %u ('egress') on ",
		 id_of(attach_cgroup_program_egress(app)));
	assert_error(skep_attach_cgroup(&link, attach_cgroup_program_egress_too(app), group, NULL),
		     EBUSY);
	app_assert_says(says);
	assert_error(skep_attach_cgroup(&link, attach_cgroup_program_egress_too(app), below, NULL),
		     EBUSY);
	app_assert_says("allows no others beside it");
	assert_null(link);
	assert_int_equal(count_at(below, SKEP_CGROUP_ATTACHED), 0);
	assert_int_equal(count_at(below, SKEP_CGROUP_EFFECTIVE), 1);
	skep_link_free(alone);
	assert_ok(skep_attach_cgroup(&link, attach_cgroup_program_egress_too(app), below, NULL));
	skep_link_free(link);
	attach_cgroup_free(app);
	group_remove(below);
	group_remove(group);
}

static uint32_t link_id(const struct skep_link *link)
{
	struct bpf_link_info info = { 0 };
	uint32_t bytes = sizeof(info);

	assert_int_equal(bpf_obj_get_info_by_fd(skep_link_fd(link), &info, &bytes), 0);
	return info.id;
}

static void assert_order(const char *group, const struct skep_program *a,
			 const struct skep_program *b, const struct skep_program *c)
{
	uint32_t ids[3];
	size_t count = 3;

	assert_ok(skep_cgroup_programs(group, EGRESS, SKEP_CGROUP_EFFECTIVE, ids, &count));
	assert_int_equal(count, 3);
	assert_int_equal(ids[0], id_of(a));
	assert_int_equal(ids[1], id_of(b));
	assert_int_equal(ids[2], id_of(c));
}

TEST(programs_stand_where_they_are_told_or_the_kernel_is_too_old)
{
	struct attach_cgroup *app;
	const struct skep_program *a, *b, *c;
	struct skep_link *last = NULL, *first = NULL, *between = NULL, *other = NULL;
	char group[GROUP_PATH];
	int err;

	group_make(group, NULL, "order");
	app = start();
	a = attach_cgroup_program_egress(app);
	b = attach_cgroup_program_egress_too(app);
	c = attach_cgroup_program_skb(app);
	assert_ok(skep_attach_cgroup(&last, a, group, NULL));
	err = skep_attach_cgroup(&first, b, group, SKEP_OPTS(skep_cgroup_opts, .first = true));
	if (!kernel_at_least(6, 17)) {
		assert_error(err, EOPNOTSUPP);
		app_assert_says("it came with Linux 6.17");
	} else {
		assert_ok(err);
		assert_ok(skep_attach_cgroup(
			&between, c, group,
			SKEP_OPTS(skep_cgroup_opts, .egress = true, .before = last)));
		assert_order(group, b, c, a);
		skep_link_free(between);
		between = NULL;
		assert_ok(skep_attach_cgroup(
			&between, c, group,
			SKEP_OPTS(skep_cgroup_opts, .egress = true, .after = last)));
		assert_order(group, b, a, c);
		skep_link_free(between);
		between = NULL;
		assert_ok(skep_attach_cgroup(
			&between, c, group,
			SKEP_OPTS(skep_cgroup_opts, .egress = true, .before_id = link_id(last))));
		assert_order(group, b, c, a);
		skep_link_free(between);
		between = NULL;
		/* At another hook of the same group. */
		assert_ok(skep_attach_cgroup(&other, attach_cgroup_program_ingress(app), group,
					     NULL));
		assert_error(skep_attach_cgroup(
				     &between, c, group,
				     SKEP_OPTS(skep_cgroup_opts, .egress = true, .before = other)),
			     ENOENT);
		app_assert_says("is not at this hook of");
		assert_null(between);
	}
	skep_link_free(other);
	skep_link_free(first);
	skep_link_free(last);
	attach_cgroup_free(app);
	group_remove(group);
}

TEST(programs_of_a_group_are_listed_and_wrong_questions_answered)
{
	struct attach_cgroup *app;
	struct skep_link *a = NULL, *b = NULL;
	char group[GROUP_PATH];
	uint32_t ids[2] = { 0 };
	size_t count = 1, none = 0;

	group_make(group, NULL, "list");
	app = start();
	assert_ok(skep_attach_cgroup(&a, attach_cgroup_program_egress(app), group, NULL));
	assert_ok(skep_attach_cgroup(&b, attach_cgroup_program_egress_too(app), group, NULL));
	assert_error(skep_cgroup_programs(group, EGRESS, SKEP_CGROUP_ATTACHED, ids, &count), E2BIG);
	assert_int_equal(count, 2);
	assert_ok(skep_cgroup_programs(group, EGRESS, SKEP_CGROUP_ATTACHED, ids, &count));
	assert_int_equal(ids[0], id_of(attach_cgroup_program_egress(app)));
	assert_int_equal(ids[1], id_of(attach_cgroup_program_egress_too(app)));
	assert_ok(skep_cgroup_programs(group, "sockops", SKEP_CGROUP_ATTACHED, NULL, &none));
	assert_error(skep_cgroup_programs(group, "xdp", SKEP_CGROUP_ATTACHED, ids, &count), EINVAL);
	assert_error(
		skep_cgroup_programs(group, "cgroup/nonsense", SKEP_CGROUP_ATTACHED, ids, &count),
		EINVAL);
	app_assert_says("'cgroup/nonsense' is not a hook of control groups");
	assert_error(skep_cgroup_programs(group, NULL, SKEP_CGROUP_ATTACHED, ids, &count), EINVAL);
	assert_error(skep_cgroup_programs(group, EGRESS, SKEP_CGROUP_ATTACHED, NULL, &count),
		     EINVAL);
	assert_error(skep_cgroup_programs("/", EGRESS, SKEP_CGROUP_ATTACHED, ids, &count), EINVAL);
	skep_link_free(a);
	skep_link_free(b);
	attach_cgroup_free(app);
	group_remove(group);
}

#define MANY 64 /* that the kernel takes */

TEST(a_hook_has_room_for_so_many_programs_and_no_more)
{
	struct skep_link *links[MANY + 1] = { NULL };
	struct attach_cgroup *app;
	char group[GROUP_PATH];

	group_make(group, NULL, "many");
	app = start();
	for (int i = 0; i < MANY; i++)
		assert_ok(
			skep_attach_cgroup(&links[i], attach_cgroup_program_dev(app), group, NULL));
	assert_error(skep_attach_cgroup(&links[MANY], attach_cgroup_program_dev(app), group, NULL),
		     E2BIG);
	app_assert_says("has as many programs at this hook as the kernel takes");
	for (int i = 0; i <= MANY; i++)
		skep_link_free(links[i]);
	attach_cgroup_free(app);
	group_remove(group);
}

/* Run by a process that may do anything but this. */
static struct attach_cgroup *poor;
static char poor_group[GROUP_PATH];

static int without_net_admin(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];
	struct skep_link *link = NULL;
	uint32_t ids[1];
	size_t count = 1;

	if (syscall(SYS_capget, &header, data))
		return 1;
	data[0].effective &= ~(1U << CAP_NET_ADMIN | 1U << CAP_SYS_ADMIN);
	if (syscall(SYS_capset, &header, data))
		return 2;
	if (skep_attach_cgroup(&link, attach_cgroup_program_egress(poor), poor_group, NULL) !=
	    -EPERM)
		return 3;
	if (!strstr(skep_error_last()->message, "this process lacks CAP_NET_ADMIN"))
		return 4;
	if (skep_cgroup_programs(poor_group, EGRESS, SKEP_CGROUP_ATTACHED, ids, &count) != -EPERM)
		return 5;
	return strstr(skep_error_last()->message, "lacks CAP_NET_ADMIN") ? 0 : 6;
}

TEST(who_lacks_the_privilege_is_told_which)
{
	group_make(poor_group, NULL, "privilege");
	poor = start();
	group_run(poor_group, without_net_admin);
	attach_cgroup_free(poor);
	group_remove(poor_group);
}

TEST(somebody_elses_program_is_attached_after_its_object_was_adopted)
{
	struct bpf_object *theirs;
	struct skep_object *object = NULL;
	struct skep_link *link = NULL;
	char group[GROUP_PATH];

	group_make(group, NULL, "adopted");
	theirs = bpf_object__open_file(test_file("attach_cgroup.bpf.o"), NULL);
	assert_non_null(theirs);
	assert_int_equal(bpf_object__load(theirs), 0);
	assert_ok(skep_object_adopt(&object, theirs));
	assert_ok(skep_attach_cgroup(&link, skep_object_program(object, "egress"), group, NULL));
	skep_object_free(object);
	bpf_object__close(theirs);
	/* The link has the program, whoever loaded it. */
	assert_int_equal(count_at(group, SKEP_CGROUP_ATTACHED), 1);
	skep_link_free(link);
	assert_int_equal(count_at(group, SKEP_CGROUP_ATTACHED), 0);
	group_remove(group);
}
