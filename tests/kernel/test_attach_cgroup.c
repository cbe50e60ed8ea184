// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Each hook of control groups, seen firing in a group of the case's own. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "app.h"
#include "attach_cgroup.h"
#include "attach_cgroup.skep.h"
#include "attach_cgroup_new.skep.h"
#include "group.h"
#include "hooks.h"

static const struct {
	const char *hook, *program;
	enum attach_cgroup_hit hit;
} hooks[] = {
	{ "cgroup_skb/ingress", "ingress", HIT_INGRESS },
	{ "cgroup_skb/egress", "egress", HIT_EGRESS },
	{ "cgroup/skb", "skb", HIT_SKB },
	{ "cgroup/sock", "sock", HIT_SOCK },
	{ "cgroup/sock_create", "sock_create", HIT_SOCK_CREATE },
	{ "cgroup/sock_release", "sock_release", HIT_SOCK_RELEASE },
	{ "cgroup/post_bind4", "post_bind4", HIT_POST_BIND4 },
	{ "cgroup/post_bind6", "post_bind6", HIT_POST_BIND6 },
	{ "cgroup/bind4", "bind4", HIT_BIND4 },
	{ "cgroup/bind6", "bind6", HIT_BIND6 },
	{ "cgroup/connect4", "connect4", HIT_CONNECT4 },
	{ "cgroup/connect6", "connect6", HIT_CONNECT6 },
	{ "cgroup/getpeername4", "getpeername4", HIT_GETPEERNAME4 },
	{ "cgroup/getpeername6", "getpeername6", HIT_GETPEERNAME6 },
	{ "cgroup/getsockname4", "getsockname4", HIT_GETSOCKNAME4 },
	{ "cgroup/getsockname6", "getsockname6", HIT_GETSOCKNAME6 },
	{ "cgroup/sendmsg4", "sendmsg4", HIT_SENDMSG4 },
	{ "cgroup/sendmsg6", "sendmsg6", HIT_SENDMSG6 },
	{ "cgroup/recvmsg4", "recvmsg4", HIT_RECVMSG4 },
	{ "cgroup/recvmsg6", "recvmsg6", HIT_RECVMSG6 },
	{ "cgroup/getsockopt", "get_option", HIT_GETSOCKOPT },
	{ "cgroup/setsockopt", "set_option", HIT_SETSOCKOPT },
	{ "cgroup/sysctl", "sysctl", HIT_SYSCTL },
	{ "cgroup/dev", "dev", HIT_DEV },
	{ "sockops", "tcp_events", HIT_SOCKOPS },
};

#define HOOKS (sizeof(hooks) / sizeof(hooks[0]))

/* Those that not every kernel loads. */
static const struct {
	const char *hook, *program;
	enum attach_cgroup_hit hit;
} newer[] = {
	{ "cgroup/connect_unix", "connect_unix", HIT_CONNECT_UNIX },
	{ "cgroup/sendmsg_unix", "sendmsg_unix", HIT_SENDMSG_UNIX },
	{ "cgroup/recvmsg_unix", "recvmsg_unix", HIT_RECVMSG_UNIX },
	{ "cgroup/getpeername_unix", "getpeername_unix", HIT_GETPEERNAME_UNIX },
	{ "cgroup/getsockname_unix", "getsockname_unix", HIT_GETSOCKNAME_UNIX },
	{ "lsm_cgroup/socket_bind", "lsm_bind", HIT_LSM },
};

#define NEWER (sizeof(newer) / sizeof(newer[0]))

/* Everything that datagrams of one family can do; -1 where something did not work. */
static int exchange(const struct sockaddr *address, socklen_t size)
{
	int a = socket(address->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int b = socket(address->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0), yes = 1;
	struct sockaddr_storage bound, from;
	socklen_t bound_size = sizeof(bound), from_size = sizeof(from), yes_size = sizeof(yes);
	char got[8];
	int bad = a < 0 || b < 0;

	bad = bad || setsockopt(a, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) ||
	      getsockopt(a, SOL_SOCKET, SO_REUSEADDR, &yes, &yes_size) || bind(a, address, size) ||
	      getsockname(a, (struct sockaddr *)&bound, &bound_size) ||
	      sendto(b, "hello", 5, 0, (struct sockaddr *)&bound, bound_size) != 5 ||
	      recvfrom(a, got, sizeof(got), 0, (struct sockaddr *)&from, &from_size) != 5 ||
	      connect(b, (struct sockaddr *)&bound, bound_size) ||
	      getpeername(b, (struct sockaddr *)&from, &from_size);
	close(a);
	close(b);
	return bad ? -1 : 0;
}

static int connect_by_tcp(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int bad = bind(server, (struct sockaddr *)&address, size) || listen(server, 1) ||
		  getsockname(server, (struct sockaddr *)&address, &size) ||
		  connect(client, (struct sockaddr *)&address, size);

	close(client);
	close(server);
	return bad;
}

static int read_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[16];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));

	close(fd);
	return n < 0;
}

static int do_everything(void)
{
	const struct sockaddr_in four = { .sin_family = AF_INET,
					  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const struct sockaddr_in6 six = { .sin6_family = AF_INET6,
					  .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	const struct sockaddr_un local = { .sun_family = AF_UNIX }; /* the kernel finds a name */

	if (exchange((const struct sockaddr *)&four, sizeof(four)))
		return 1;
	if (exchange((const struct sockaddr *)&six, sizeof(six)))
		return 2;
	if (exchange((const struct sockaddr *)&local, sizeof(local.sun_family)))
		return 3;
	if (connect_by_tcp())
		return 4;
	if (read_file("/proc/sys/kernel/ostype"))
		return 5;
	return read_file("/dev/null") ? 6 : 0;
}

TEST(every_hook_of_a_group_fires_for_what_happens_in_it)
{
	struct skep_link *links[HOOKS] = { NULL };
	struct attach_cgroup *app = NULL;
	struct snapshot before;
	char group[GROUP_PATH];
	int errs[HOOKS];

	group_make(group, NULL, "hooks");
	snapshot_take(&before);
	assert_ok(attach_cgroup_open(&app, NULL));
	if (attach_cgroup_load(app))
		fail_msg("%s", skep_error_last()->message);
	for (size_t i = 0; i < HOOKS; i++)
		errs[i] = skep_attach_cgroup(
			&links[i], skep_object_program(attach_cgroup_object(app), hooks[i].program),
			group, NULL);
	group_run(group, do_everything);
	for (size_t i = 0; i < HOOKS; i++) {
		hook_expect(hooks[i].hook, errs[i], attach_cgroup_bss(app)->hits[hooks[i].hit]);
		skep_link_free(links[i]);
	}
	/* Off again, nothing counts. */
	memset(attach_cgroup_bss(app)->hits, 0, sizeof(attach_cgroup_bss(app)->hits));
	group_run(group, do_everything);
	for (size_t i = 0; i < HOOKS; i++)
		assert_int_equal(attach_cgroup_bss(app)->hits[hooks[i].hit], 0);
	attach_cgroup_free(app);
	group_remove(group);
	snapshot_assert_unchanged(&before);
}

/* Loads one program only, and attaches it. */
static int attach_newer(struct attach_cgroup_new **app, struct skep_link **link,
			const char *program, const char *group)
{
	struct skep_object *object;
	int err;

	assert_ok(attach_cgroup_new_open(app, NULL));
	object = attach_cgroup_new_object(*app);
	for (size_t i = 0; i < NEWER; i++)
		assert_ok(skep_program_enable(skep_object_program(object, newer[i].program),
					      !strcmp(newer[i].program, program)));
	err = attach_cgroup_new_load(*app);
	return err ? err
		   : skep_attach_cgroup(link, skep_object_program(object, program), group, NULL);
}

TEST(hooks_newer_than_some_kernels_fire_or_say_which_kernel_has_them)
{
	struct snapshot before;
	char group[GROUP_PATH];

	group_make(group, NULL, "newer");
	snapshot_take(&before);
	for (size_t i = 0; i < NEWER; i++) {
		struct attach_cgroup_new *app = NULL;
		struct skep_link *link = NULL;
		int err = attach_newer(&app, &link, newer[i].program, group);

		if (!err)
			group_run(group, do_everything);
		hook_expect(newer[i].hook, err,
			    err ? 0 : attach_cgroup_new_bss(app)->hits[newer[i].hit]);
		skep_link_free(link);
		attach_cgroup_new_free(app);
	}
	group_remove(group);
	snapshot_assert_unchanged(&before);
}

TEST(programs_that_do_not_say_the_direction_are_told_it)
{
	struct attach_cgroup *app = NULL;
	struct skep_link *in = NULL, *out = NULL;
	struct skep_program *skb;
	uint64_t both;
	char group[GROUP_PATH];

	group_make(group, NULL, "skb");
	assert_ok(attach_cgroup_open(&app, NULL));
	assert_ok(attach_cgroup_load(app));
	skb = attach_cgroup_program_skb(app);
	assert_ok(skep_attach_cgroup(&in, skb, group, NULL));
	group_run(group, do_everything);
	both = attach_cgroup_bss(app)->hits[HIT_SKB];
	assert_true(both > 0);
	assert_ok(
		skep_attach_cgroup(&out, skb, group, SKEP_OPTS(skep_cgroup_opts, .egress = true)));
	attach_cgroup_bss(app)->hits[HIT_SKB] = 0;
	group_run(group, do_everything);
	assert_true(attach_cgroup_bss(app)->hits[HIT_SKB] > both);
	assert_string_equal(skep_link_way(in), "cgroup");
	skep_link_free(in);
	skep_link_free(out);
	assert_error(skep_attach_cgroup(&in, attach_cgroup_program_ingress(app), group,
					SKEP_OPTS(skep_cgroup_opts, .egress = true)),
		     EINVAL);
	app_assert_says("cgroup_skb/ingress");
	attach_cgroup_free(app);
	group_remove(group);
}

static uint32_t id_of(const struct skep_program *program)
{
	struct bpf_prog_info info = { 0 };
	uint32_t bytes = sizeof(info);

	assert_int_equal(bpf_obj_get_info_by_fd(skep_program_fd(program), &info, &bytes), 0);
	return info.id;
}

TEST(programs_of_a_group_below_run_first_unless_one_above_is_told_to)
{
	struct skep_link *above = NULL, *below = NULL, *early = NULL;
	const struct skep_program *a, *b;
	struct attach_cgroup *app = NULL;
	char group[GROUP_PATH], child[GROUP_PATH];
	uint32_t ids[3];
	size_t count = 3;
	int err;

	group_make(group, NULL, "above");
	group_make(child, group, "below");
	assert_ok(attach_cgroup_open(&app, NULL));
	assert_ok(attach_cgroup_load(app));
	a = attach_cgroup_program_egress(app);
	b = attach_cgroup_program_egress_too(app);
	assert_ok(skep_attach_cgroup(&above, a, group, NULL));
	assert_ok(skep_attach_cgroup(&below, b, child, NULL));
	assert_ok(skep_cgroup_programs(child, "cgroup_skb/egress", SKEP_CGROUP_EFFECTIVE, ids,
				       &count));
	assert_int_equal(count, 2);
	assert_int_equal(ids[0], id_of(b));
	assert_int_equal(ids[1], id_of(a));
	err = skep_attach_cgroup(&early, a, group, SKEP_OPTS(skep_cgroup_opts, .preorder = true));
	if (kernel_at_least(6, 15)) {
		assert_ok(err);
		count = 3;
		assert_ok(skep_cgroup_programs(child, "cgroup_skb/egress", SKEP_CGROUP_EFFECTIVE,
					       ids, &count));
		assert_int_equal(count, 3);
		assert_int_equal(ids[0], id_of(a));
		assert_int_equal(ids[1], id_of(b));
	} else {
		assert_error(err, EOPNOTSUPP);
		app_assert_says("it came with Linux 6.15");
	}
	skep_link_free(early);
	skep_link_free(below);
	skep_link_free(above);
	attach_cgroup_free(app);
	group_remove(child);
	group_remove(group);
}

TEST(without_a_free_file_descriptor_that_is_the_reason_that_is_told)
{
	struct rlimit limit, none;
	struct skep_link *link = NULL;
	struct attach_cgroup *app = NULL;
	char group[GROUP_PATH];
	int by_path, by_fd, fd;

	group_make(group, NULL, "fds");
	assert_ok(attach_cgroup_open(&app, NULL));
	assert_ok(attach_cgroup_load(app));
	fd = open(group, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = limit;
	none.rlim_cur = (rlim_t)fd + 1; /* the lowest that was free */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	by_path = skep_attach_cgroup(&link, attach_cgroup_program_egress(app), group, NULL);
	by_fd = skep_attach_cgroup_fd(&link, attach_cgroup_program_egress(app), fd, NULL);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_error(by_path, EMFILE);
	assert_error(by_fd, EMFILE);
	app_assert_says("no file descriptor is free");
	app_assert_hints("ulimit -n");
	assert_null(link);
	close(fd);
	attach_cgroup_free(app);
	group_remove(group);
}
