// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* tc and tcx: order, what is left behind, and whose it is. */
#include "harness/machine.h"
#include "harness/test.h"

#include <net/if.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "app.h"
#include "attach_net.h"
#include "hooks.h"
#include "net.h"
#include "net_app.h"

#define TC(...)  SKEP_OPTS(skep_tc_opts, __VA_ARGS__)
#define TCX(...) SKEP_OPTS(skep_tcx_opts, __VA_ARGS__)

/* Asked of libbpf, not of skep. */
static bool has_qdisc(const char *interface)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)if_nametoindex(interface),
		    .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);
	int err = bpf_tc_hook_create(&hook);

	if (!err)
		assert_int_equal(bpf_tc_hook_destroy(&hook), 0);
	return err == -EEXIST;
}

static int program_fd(const char *name)
{
	return skep_program_fd(net_program(name));
}

/* Somebody else's filter, at priority 7 handle 1 of the ingress side. */
static void put_foreign(bool on)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)if_nametoindex("lo"),
		    .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .priority = 7, .handle = 1);

	if (on) {
		opts.prog_fd = program_fd("tc_other");
		assert_int_equal(bpf_tc_attach(&hook, &opts), 0);
	} else {
		assert_int_equal(bpf_tc_detach(&hook, &opts), 0);
	}
}

TEST(qdisc_that_skep_made_goes_with_its_last_filter)
{
	struct skep_link *first = NULL, *second = NULL;

	net_start();
	assert_ok(skep_attach_tc(&first, net_program("tc_count"), "lo", SKEP_INGRESS, NULL));
	assert_ok(skep_attach_tc(&second, net_program("tc_count"), "lo", SKEP_EGRESS, NULL));
	assert_true(has_qdisc("lo"));
	skep_link_free(first); /* the one that made it */
	assert_true(has_qdisc("lo"));
	skep_link_free(second);
	assert_false(has_qdisc("lo"));
}

/* One makes it or takes it away while the other one is about to put its filter into it. */
TEST(two_processes_come_and_go_on_one_interface)
{
	pid_t pids[2];
	int status;

	net_start();
	for (int i = 0; i < 2; i++) {
		pids[i] = fork();
		for (int times = 0; !pids[i] && times < 20; times++) {
			struct skep_link *link = NULL;

			if (skep_attach_tc(&link, net_program("tc_count"), "lo", SKEP_INGRESS,
					   NULL))
				_exit(skep_perror("tc"));
			skep_link_free(link);
		}
		if (!pids[i])
			_exit(0);
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
}

TEST(info_tells_where_a_filter_hangs)
{
	struct skep_link_info info = { .sz = sizeof(info) };
	struct skep_link *link = NULL;

	net_start();
	assert_ok(skep_attach_tc(&link, net_program("tc_count"), "lo", SKEP_EGRESS,
				 TC(.priority = 9, .handle = 3)));
	assert_ok(skep_link_info(link, &info));
	assert_string_equal(info.hook, "interface lo (1), egress, priority 9, handle 3");
	assert_false(info.is_gone);
	assert_ok(skep_link_detach(link));
	assert_ok(skep_link_info(link, &info));
	assert_true(info.is_gone);
	skep_link_free(link);
}

TEST(qdisc_that_was_there_or_has_other_filters_stays)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .attach_point = BPF_TC_INGRESS);
	struct skep_link *link = NULL;

	net_start();
	hook.ifindex = (int)if_nametoindex("lo");
	assert_int_equal(bpf_tc_hook_create(&hook), 0);
	assert_ok(skep_attach_tc(&link, net_program("tc_count"), "lo", SKEP_INGRESS, NULL));
	skep_link_free(link);
	assert_true(has_qdisc("lo"));
	net_start();
	assert_ok(skep_attach_tc(&link, net_program("tc_count"), "lo", SKEP_INGRESS, NULL));
	put_foreign(true);
	skep_link_free(link);
	put_foreign(false); /* fails where it went with our qdisc */
}

TEST(qdisc_without_an_egress_side_is_named)
{
	struct skep_link *link = NULL;

	net_start();
	net_make_ingress("lo");
	assert_error(skep_attach_tc(&link, net_program("tc_count"), "lo", SKEP_EGRESS, NULL),
		     EBUSY);
	app_assert_says("`ingress` qdisc");
	assert_null(link);
	assert_ok(skep_attach_tc(&link, net_program("tc_count"), "lo", SKEP_INGRESS, NULL));
	net_send_udp("127.0.0.1", 1);
	assert_true(net_count(COUNT_TC) > 0);
	skep_link_free(link);
}

static int note_filter(const struct skep_tc_filter *filter, void *ctx)
{
	*(struct skep_tc_filter *)ctx = *filter;
	return filter->owner ? 5 : 0; /* ends the walk at one of skep's */
}

TEST(filter_of_a_killed_process_is_found_and_removed_and_no_other)
{
	struct skep_tc_filter found = { 0 };
	struct skep_link *ours = NULL;
	unsigned int removed = 9;
	pid_t child;
	int status;

	net_start();
	child = fork();
	if (!child) {
		if (!skep_attach_tc(&ours, net_program("tc_count"), "lo", SKEP_INGRESS, NULL))
			raise(SIGKILL);
		_exit(1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(skep_tc_foreach("lo", note_filter, &found, NULL), 5);
	assert_int_equal(found.owner, child);
	assert_true(found.stale);
	put_foreign(true);
	assert_ok(skep_attach_tc(&ours, net_program("tc_count"), "lo", SKEP_EGRESS, NULL));
	assert_ok(skep_tc_remove_stale(NULL, &removed, NULL));
	assert_int_equal(removed, 1);
	assert_ok(skep_tc_remove_stale("lo", &removed, NULL));
	assert_int_equal(removed, 0);
	assert_int_equal(skep_tc_foreach("lo", note_filter, &found, NULL), 5);
	assert_int_equal(found.owner, getpid());
	assert_false(found.stale);
	put_foreign(false);
	skep_link_free(ours);
	assert_false(has_qdisc("lo")); /* it was a skep that made it, if a dead one */
}

TEST(filter_in_the_way_is_named_and_can_be_replaced)
{
	SKEP_AUTO(skep_link) *link = NULL;

	net_start();
	assert_ok(skep_attach_tc(&link, net_program("tc_count"), "lo", SKEP_INGRESS, NULL));
	skep_link_free(link);
	link = NULL;
	{
		LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = 1, .attach_point = BPF_TC_INGRESS);

		assert_int_equal(bpf_tc_hook_create(&hook), 0);
	}
	put_foreign(true);
	assert_error(skep_attach_tc(&link, net_program("tc_count"), "lo", SKEP_INGRESS,
				    TC(.priority = 7, .handle = 1)),
		     EEXIST);
	app_assert_says("'tc_other");
	assert_error(skep_attach_tc(&link, net_program("tc_count"), "lo", SKEP_INGRESS,
				    TC(.replace = true)),
		     EINVAL);
	assert_error(skep_attach_tc(&link, net_program("tc_count"), "lo", SKEP_INGRESS,
				    TC(.priority = 65536)),
		     EINVAL);
	assert_null(link);
	assert_ok(skep_attach_tc(&link, net_program("tc_count"), "lo", SKEP_INGRESS,
				 TC(.priority = 7, .handle = 1, .replace = true)));
	net_send_udp("127.0.0.1", 1);
	assert_true(net_count(COUNT_TC) > 0);
	assert_int_equal(net_steps(), 0);
	assert_ok(skep_link_update(link, net_program("tc_other"), NULL));
	net_send_udp("127.0.0.1", 1);
	assert_true(net_steps() > 0);
}

TEST(filter_that_somebody_replaced_is_not_ours_to_remove)
{
	struct skep_link *link = NULL;

	net_start();
	assert_ok(skep_attach_tc(&link, net_program("tc_count"), "lo", SKEP_INGRESS,
				 TC(.priority = 7, .handle = 1)));
	{
		LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = 1, .attach_point = BPF_TC_INGRESS);
		LIBBPF_OPTS(bpf_tc_opts, opts, .priority = 7, .handle = 1,
			    .prog_fd = program_fd("tc_other"), .flags = BPF_TC_F_REPLACE);

		assert_int_equal(bpf_tc_attach(&hook, &opts), 0);
	}
	assert_error(skep_link_update(link, net_program("tc_count"), NULL), ENOLINK);
	skep_link_free(link);
	put_foreign(false); /* it is still there */
}

static void need_tcx(void)
{
	if (!hook_fires("tcx ingress"))
		test_skip("tcx came with Linux 6.6");
}

static unsigned int steps(void)
{
	net_forget_steps();
	net_send("lo", 1);
	return net_steps();
}

TEST(tcx_programs_run_in_the_order_that_was_asked_for)
{
	SKEP_AUTO(skep_link) *two = NULL, *one = NULL, *three = NULL;
	struct skep_tcx_info info = { .sz = sizeof(info) };

	need_tcx();
	net_start();
	assert_ok(skep_attach_tcx(&two, net_program("tcx_two"), "lo", SKEP_INGRESS, NULL));
	assert_ok(skep_attach_tcx(&three, net_program("tcx_three"), "lo", SKEP_INGRESS, NULL));
	assert_int_equal(steps(), 23);
	assert_ok(skep_attach_tcx(&one, net_program("tcx_one"), "lo", SKEP_INGRESS,
				  TCX(.order = SKEP_ORDER_FIRST)));
	assert_int_equal(steps(), 123);
	skep_link_free(three);
	three = NULL;
	assert_ok(skep_attach_tcx(&three, net_program("tcx_three"), "lo", SKEP_INGRESS,
				  TCX(.order = SKEP_ORDER_BEFORE, .link = two)));
	assert_int_equal(steps(), 132);
	skep_link_free(one);
	one = NULL;
	assert_ok(skep_tcx_query("lo", SKEP_INGRESS, &info, NULL));
	assert_int_equal(info.count, 2);
	assert_ok(skep_attach_tcx(&one, net_program("tcx_one"), "lo", SKEP_INGRESS,
				  TCX(.order = SKEP_ORDER_AFTER, .link_id = info.link_ids[0],
				      .revision = info.revision)));
	assert_int_equal(steps(), 312);
	skep_link_free(one);
	one = NULL;
	assert_error(skep_attach_tcx(&one, net_program("tcx_one"), "lo", SKEP_INGRESS,
				     TCX(.revision = info.revision)),
		     ESTALE);
	assert_ok(skep_attach_tcx(
		&one, net_program("tcx_one"), "lo", SKEP_INGRESS,
		TCX(.order = SKEP_ORDER_AFTER, .program = net_program("tcx_three"))));
	assert_int_equal(steps(), 312);
}

TEST(tcx_orders_that_make_no_sense_are_refused_in_words)
{
	SKEP_AUTO(skep_link) *two = NULL, *link = NULL, *filter = NULL;

	need_tcx();
	net_start();
	assert_ok(skep_attach_tcx(&two, net_program("tcx_two"), "lo", SKEP_INGRESS, NULL));
	assert_error(skep_attach_tcx(&link, net_program("tcx_two"), "lo", SKEP_INGRESS, NULL),
		     EEXIST);
	assert_error(skep_attach_tcx(&link, net_program("tcx_one"), "lo", SKEP_INGRESS,
				     TCX(.order = SKEP_ORDER_BEFORE)),
		     EINVAL);
	assert_error(skep_attach_tcx(&link, net_program("tcx_one"), "lo", SKEP_INGRESS,
				     TCX(.program_id = 1)),
		     EINVAL);
	assert_error(skep_attach_tcx(&link, net_program("tcx_one"), "lo", SKEP_INGRESS,
				     TCX(.order = (enum skep_order)8)),
		     EINVAL);
	assert_error(skep_attach_tcx(
			     &link, net_program("tcx_one"), "lo", SKEP_INGRESS,
			     TCX(.order = SKEP_ORDER_AFTER, .program = net_program("tcx_three"))),
		     ENOENT);
	assert_error(skep_attach_tcx(&link, net_program("tcx_one"), "lo", SKEP_EGRESS,
				     TCX(.order = SKEP_ORDER_AFTER, .link = two)),
		     ENOENT);
	assert_ok(skep_attach_tc(&filter, net_program("tc_count"), "lo", SKEP_INGRESS, NULL));
	assert_error(skep_attach_tcx(&link, net_program("tcx_one"), "lo", SKEP_INGRESS,
				     TCX(.order = SKEP_ORDER_AFTER, .link = filter)),
		     EINVAL);
	assert_null(link);
}

TEST(tcx_falls_back_only_where_allowed_and_says_so)
{
	SKEP_AUTO(skep_link) *one = NULL, *two = NULL, *three = NULL;
	bool has = hook_fires("tcx ingress");

	net_start();
	assert_ok(skep_attach_tcx(&two, net_program("tcx_two"), "lo", SKEP_INGRESS,
				  TCX(.fallback = true)));
	assert_ok(skep_attach_tcx(&three, net_program("tcx_three"), "lo", SKEP_INGRESS,
				  TCX(.fallback = true)));
	assert_ok(skep_attach_tcx(&one, net_program("tcx_one"), "lo", SKEP_INGRESS,
				  TCX(.fallback = true, .order = SKEP_ORDER_FIRST)));
	assert_string_equal(skep_link_way(one), has ? "tcx" : "clsact");
	assert_int_equal(steps(), 123);
	assert_int_equal(has_qdisc("lo"), !has);
	if (!has) {
		struct skep_link *link = NULL;

		assert_error(skep_attach_tcx(&link, net_program("tcx_one"), "lo", SKEP_INGRESS,
					     TCX(.fallback = true, .order = SKEP_ORDER_BEFORE,
						 .program = net_program("tcx_two"))),
			     EOPNOTSUPP);
	}
}
