// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Hooks of the network: who comes second, what went away, and what is refused. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/libbpf.h>
#include <linux/capability.h>
#include <linux/if_link.h>

#include "app.h"
#include "attach_net.h"
#include "hooks.h"
#include "net.h"
#include "net_app.h"

#define TC(...)  SKEP_OPTS(skep_tc_opts, __VA_ARGS__)
#define TCX(...) SKEP_OPTS(skep_tcx_opts, __VA_ARGS__)
#define XDP(...) SKEP_OPTS(skep_xdp_opts, __VA_ARGS__)

static int program_fd(const char *name)
{
	return skep_program_fd(net_program(name));
}

TEST(xdp_program_in_the_way_is_named_and_can_be_replaced)
{
	SKEP_AUTO(skep_link) *link = NULL, *other = NULL;
	struct skep_link_info where = { .sz = sizeof(where) };
	struct skep_xdp_info info = { .sz = sizeof(info) };

	net_start();
	assert_error(skep_attach_xdp(&link, net_program("xdp_two"), "lo", XDP(.replace_id = 77)),
		     ENOENT);
	assert_int_equal(bpf_xdp_attach(1, program_fd("xdp_pass"), XDP_FLAGS_SKB_MODE, NULL), 0);
	assert_error(skep_attach_xdp(&link, net_program("xdp_two"), "lo", NULL), EBUSY);
	app_assert_says("'xdp_pass' (id ");
	app_assert_hints("xdpgeneric off");
	assert_ok(skep_xdp_query("lo", &info, NULL));
	assert_string_equal(info.program_name, "xdp_pass");
	assert_int_equal(info.mode, SKEP_XDP_GENERIC);
	assert_int_equal(info.link_id, 0);
	assert_error(skep_attach_xdp(&link, net_program("xdp_two"), "lo",
				     XDP(.replace_id = info.program_id + 1)),
		     EEXIST);
	assert_null(link);
	assert_ok(skep_attach_xdp(&link, net_program("xdp_two"), "lo",
				  XDP(.replace_id = info.program_id)));
	assert_string_equal(skep_link_way(link), "xdp generic");
	assert_ok(skep_link_info(link, &where));
	assert_string_equal(where.hook, "interface lo (1)");
	assert_ok(skep_link_update(link, net_program("xdp_one"), NULL));
	net_send_udp("127.0.0.1", 1);
	assert_int_equal(net_steps() % 10, 1);
	skep_link_free(link);
	link = NULL;
	assert_ok(skep_xdp_query("1", &info, NULL));
	assert_int_equal(info.program_id, 0);
	assert_ok(skep_attach_xdp(&link, net_program("xdp_one"), "lo", NULL));
	assert_ok(skep_xdp_query("lo", &info, NULL));
	assert_true(info.link_id > 0);
	assert_error(skep_attach_xdp(&other, net_program("xdp_two"), "lo",
				     XDP(.replace_id = info.program_id)),
		     EBUSY);
	app_assert_says("BPF link");
}

TEST(mtu_too_large_for_the_driver_is_named_and_generic_mode_takes_it)
{
	SKEP_AUTO(skep_link) *link = NULL;

	net_start();
	net_make_veth("left", "right");
	net_set_mtu("left", 9000);
	assert_error(skep_attach_xdp(&link, net_program("xdp_pass"), "right",
				     XDP(.mode = SKEP_XDP_NATIVE)),
		     ERANGE);
	app_assert_says("MTU");
	assert_ok(skep_attach_xdp(&link, net_program("xdp_pass"), "right",
				  XDP(.mode = SKEP_XDP_NATIVE, .fallback = true)));
	assert_string_equal(skep_link_way(link), "xdp generic");
}

TEST(interface_that_vanishes_leaves_links_that_can_be_freed)
{
	struct skep_link *xdp = NULL, *tc = NULL, *tcx = NULL, *route = NULL;
	struct snapshot before;

	net_start();
	snapshot_take(&before);
	net_make_veth("left", "right");
	assert_ok(skep_attach_xdp(&xdp, net_program("xdp_pass"), "left", NULL));
	assert_ok(skep_attach_tc(&tc, net_program("tc_count"), "left", SKEP_INGRESS, NULL));
	assert_ok(skep_attach_tcx(&tcx, net_program("tcx_one"), "left", SKEP_INGRESS,
				  TCX(.fallback = true)));
	assert_ok(skep_attach_lwt(&route, net_program("route_xmit"), "10.77.0.1", "left", NULL));
	net_remove("left");
	assert_error(skep_link_update(xdp, net_program("xdp_one"), NULL), ENOLINK);
	assert_error(skep_link_update(tc, net_program("tc_other"), NULL), ENOLINK);
	assert_error(skep_link_update(tcx, net_program("tcx_two"), NULL), ENOLINK);
	assert_error(skep_link_update(route, net_program("route_xmit"), NULL), ENOLINK);
	skep_link_free(xdp);
	skep_link_free(tc);
	skep_link_free(tcx);
	skep_link_free(route);
	snapshot_assert_unchanged(&before);
}

static bool is_bare(void *ctx)
{
	struct skep_xdp_info info = { .sz = sizeof(info) };

	(void)ctx;
	assert_ok(skep_xdp_query("lo", &info, NULL));
	return !info.program_id;
}

TEST(links_of_a_killed_process_are_gone)
{
	SKEP_AUTO(skep_link) *link = NULL;
	struct snapshot before;
	int status;
	pid_t child;

	net_start();
	snapshot_take(&before);
	child = fork();
	if (!child) {
		struct skep_link *xdp = NULL, *sk = NULL, *flow = NULL;

		if (!skep_attach_xdp(&xdp, net_program("xdp_pass"), "lo", NULL) &&
		    !skep_attach_sk_lookup(&sk, net_program("sk_pass"), NULL, NULL) &&
		    !skep_attach_flow_dissector(&flow, net_program("dissect"), NULL, NULL))
			raise(SIGKILL);
		_exit(1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_true(wait_until(is_bare, NULL, 5000));
	snapshot_assert_unchanged(&before);
	assert_ok(skep_attach_xdp(&link, net_program("xdp_pass"), "lo", NULL));
}

static int stop_at_any(const struct skep_tc_filter *filter, void *ctx)
{
	(void)filter;
	(void)ctx;
	return 1;
}

TEST(interface_of_another_namespace_is_reached_by_fd_or_path)
{
	SKEP_AUTO(skep_link) *xdp = NULL, *tc = NULL, *link = NULL;
	struct skep_xdp_info info = { .sz = sizeof(info) };
	char path[40];
	int inner;

	net_start();
	net_make_veth("left", "right");
	inner = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", inner);
	net_start();
	assert_error(skep_attach_tc(&tc, net_program("tc_count"), "left", SKEP_INGRESS, NULL),
		     ENODEV);
	assert_ok(skep_attach_tc(&tc, net_program("tc_count"), "left", SKEP_INGRESS,
				 TC(.netns = path)));
	assert_ok(skep_attach_xdp(&xdp, net_program("xdp_pass"), "left", XDP(.netns_fd = inner)));
	assert_ok(skep_xdp_query("left", &info, XDP(.netns_fd = inner)));
	assert_true(info.program_id > 0);
	/* What fails over there is said here. */
	assert_error(skep_attach_tc(&link, net_program("tc_count"), "lefd", SKEP_INGRESS,
				    TC(.netns = path)),
		     ENODEV);
	app_assert_hints("left");
	assert_error(skep_attach_tc(&link, net_program("tc_count"), "left", SKEP_INGRESS,
				    TC(.netns = "no-such-namespace")),
		     ENOENT);
	assert_error(skep_attach_tc(&link, net_program("tc_count"), "left", SKEP_INGRESS,
				    TC(.netns = "/proc/self/ns/mnt")),
		     EINVAL);
	assert_error(skep_attach_tc(&link, net_program("tc_count"), "left", SKEP_INGRESS,
				    TC(.netns = path, .netns_fd = inner)),
		     EINVAL);
	assert_error(
		skep_attach_sk_lookup(&link, net_program("sk_pass"), "/proc/self/ns/mnt", NULL),
		EINVAL);
	assert_ok(skep_attach_sk_lookup(&link, net_program("sk_pass"), path, NULL));
	assert_int_equal(if_nametoindex("left"), 0); /* we never moved */
	/* Freed here, it goes there. */
	assert_int_equal(skep_tc_foreach("left", stop_at_any, NULL, TC(.netns = path)), 1);
	skep_link_free(tc);
	tc = NULL;
	assert_int_equal(skep_tc_foreach("left", stop_at_any, NULL, TC(.netns = path)), 0);
	close(inner);
}

TEST(programs_of_other_types_and_hooks_without_a_place_are_named)
{
	static const char *const helpers[][2] = {
		{ "tc_count", "skep_attach_tc()" },
		{ "tcx_one", "skep_attach_tcx()" },
		{ "nk_primary", "skep_attach_netkit()" },
		{ "sk_pass", "skep_attach_sk_lookup()" },
		{ "dissect", "skep_attach_flow_dissector()" },
		{ "route_out", "skep_attach_lwt()" },
	};
	const struct skep_program *xdp;
	struct skep_link *link = NULL;
	int fds;

	net_start();
	fds = app_open_fds();
	xdp = net_program("xdp_pass");
	for (size_t i = 0; i < sizeof(helpers) / sizeof(helpers[0]); i++) {
		assert_error(skep_attach(&link, net_program(helpers[i][0])), EDESTADDRREQ);
		app_assert_hints(helpers[i][1]);
	}
	assert_error(skep_attach_tc(&link, xdp, "lo", SKEP_INGRESS, NULL), EPROTOTYPE);
	assert_error(skep_attach_tcx(&link, xdp, "lo", SKEP_INGRESS, NULL), EPROTOTYPE);
	assert_error(skep_attach_netkit(&link, xdp, "lo", SKEP_NETKIT_PEER, NULL), EPROTOTYPE);
	assert_error(skep_attach_netfilter(&link, xdp, SKEP_NETFILTER_FORWARD, NULL), EPROTOTYPE);
	assert_error(skep_attach_sk_lookup(&link, xdp, NULL, NULL), EPROTOTYPE);
	assert_error(skep_attach_flow_dissector(&link, xdp, NULL, NULL), EPROTOTYPE);
	assert_error(skep_attach_lwt(&link, xdp, "10.0.0.0/8", "lo", NULL), EPROTOTYPE);
	assert_error(skep_attach_xdp(&link, net_program("tc_count"), "lo", NULL), EPROTOTYPE);
	assert_error(skep_attach_tc(&link, net_program("tc_count"), NULL, SKEP_INGRESS, NULL),
		     EINVAL);
	assert_null(link);
	assert_int_equal(app_open_fds(), fds);
}

TEST(programs_of_somebody_elses_object_are_attached)
{
	struct bpf_object *theirs;
	SKEP_AUTO(skep_object) *object = NULL;
	struct skep_link *filter = NULL, *member = NULL;
	struct skep_xdp_chain *chain = NULL;

	net_start();
	theirs = bpf_object__open_file(test_file("attach_net.bpf.o"), NULL);
	assert_non_null(theirs);
	assert_ok(skep_object_adopt(&object, theirs));
	assert_int_equal(bpf_object__load(theirs), 0);
	assert_ok(skep_attach_tcx(&filter, skep_object_program(object, "tcx_two"), "lo",
				  SKEP_EGRESS, SKEP_OPTS(skep_tcx_opts, .fallback = true)));
	assert_ok(skep_xdp_chain_open(&chain, "lo", NULL));
	assert_ok(
		skep_xdp_chain_add(&member, chain, skep_object_program(object, "xdp_pass"), NULL));
	skep_link_free(filter);
	skep_link_free(member);
	skep_xdp_chain_free(chain);
	skep_object_free(object);
	object = NULL;
	bpf_object__close(theirs);
}

TEST(routes_that_cannot_be_are_refused_in_words)
{
	static const char *const wrong[] = { "10.0.0.0/33", "10.0.0.1/8",     "10.0.0",     "",
					     "10.0.0.0/",   "2001:db8::/129", "10.0.0.0/-1" };
	SKEP_AUTO(skep_link) *route = NULL, *link = NULL;
	const struct skep_program *program;

	net_start();
	program = net_program("route_xmit");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_error(skep_attach_lwt(&link, program, wrong[i], "lo", NULL), EINVAL);
	assert_error(skep_attach_lwt(&link, program, "10.0.0.0/8", "lo",
				     SKEP_OPTS(skep_lwt_opts, .headroom = 257)),
		     EINVAL);
	assert_error(skep_attach_lwt(&link, program, "10.0.0.0/8", "lp", NULL), ENODEV);
	assert_ok(skep_attach_lwt(&route, program, "10.0.0.0/8", "lo", NULL));
	assert_error(skep_attach_lwt(&link, program, "10.0.0.0/8", "lo", NULL), EEXIST);
	app_assert_hints("ip route del 10.0.0.0/8 table 254");
	assert_null(link);
}

TEST(second_flow_dissector_and_netfilter_priority_are_busy)
{
	SKEP_AUTO(skep_object) *object = app_open("attach_net_new.bpf.o");
	struct skep_link *link = NULL, *second = NULL;
	const struct skep_program *filter;

	net_start();
	assert_ok(skep_attach_flow_dissector(&link, net_program("dissect"), NULL, NULL));
	assert_error(skep_attach_flow_dissector(&second, net_program("dissect"), NULL, NULL),
		     EBUSY);
	skep_link_free(link);
	link = NULL;
	if (!hook_fires("netfilter"))
		return;
	assert_ok(skep_object_load(object));
	filter = skep_object_program(object, "filter");
	assert_ok(skep_attach_netfilter(&link, filter, SKEP_NETFILTER_FORWARD, NULL));
	assert_error(skep_attach_netfilter(&second, filter, SKEP_NETFILTER_FORWARD, NULL), EBUSY);
	assert_error(skep_attach_netfilter(&second, filter, (enum skep_netfilter_hook)9, NULL),
		     EINVAL);
	assert_error(skep_attach_netfilter(&second, filter, SKEP_NETFILTER_FORWARD,
					   SKEP_OPTS(skep_netfilter_opts, .priority = INT32_MIN)),
		     EINVAL);
	assert_error(skep_attach_netfilter(
			     &second, filter, SKEP_NETFILTER_FORWARD,
			     SKEP_OPTS(skep_netfilter_opts, .priority = -400, .defrag = true)),
		     EINVAL);
	assert_error(skep_attach(&second, filter), EDESTADDRREQ);
	app_assert_hints("skep_attach_netfilter()");
	assert_null(second);
	skep_link_free(link);
}

/* All but CAP_NET_ADMIN, in this process. */
static void drop_net_admin(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	assert_int_equal(syscall(SYS_capget, &head, data), 0);
	data[0].effective &= ~(1u << CAP_NET_ADMIN);
	data[0].permitted &= ~(1u << CAP_NET_ADMIN);
	assert_int_equal(syscall(SYS_capset, &head, data), 0);
}

/* 0 where each is refused with EPERM, and says what is missing; else the number of the one. */
static int try_unprivileged(void)
{
	struct skep_link *link = NULL;
	int err = skep_attach_tc(&link, net_program("tc_count"), "lo", SKEP_INGRESS, NULL);

	if (err != -EPERM || !strstr(skep_error_last()->message, "CAP_NET_ADMIN"))
		return 1;
	err = skep_attach_lwt(&link, net_program("route_out"), "10.0.0.0/8", "lo", NULL);
	if (err != -EPERM || !strstr(skep_error_last()->message, "CAP_NET_ADMIN"))
		return 2;
	return 0;
}

TEST(without_net_admin_the_capability_is_named)
{
	int status;
	pid_t child;

	net_start();
	child = fork();
	if (!child) {
		drop_net_admin();
		_exit(try_unprivileged());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}
