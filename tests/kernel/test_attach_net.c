// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Each hook of the network: it fires, or is refused as hooks.tsv says. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <fcntl.h>
#include <unistd.h>

#include "app.h"
#include "attach_net.h"
#include "hooks.h"
#include "net.h"
#include "net_app.h"

static int counter; /* the one that wait_until() looks at */

static bool has_counted(void *ctx)
{
	(void)ctx;
	return net_count(counter) >= 3;
}

/* What was counted; some of it is only done by the kernel's own threads. */
static uint64_t await(int which)
{
	counter = which;
	(void)wait_until(has_counted, NULL, 1000);
	return net_count(which);
}

static void expect_udp(const char *hook, int err, int which, const char *address)
{
	if (!err)
		net_send_udp(address, 3);
	hook_expect(hook, err, err ? 0 : await(which));
}

TEST(xdp_fires_in_the_driver_and_behind_it)
{
	SKEP_AUTO(skep_link) *link = NULL;
	int err;

	net_start();
	net_make_veth("left", "right");
	err = skep_attach_xdp(&link, net_program("xdp_pass"), "right",
			      SKEP_OPTS(skep_xdp_opts, .mode = SKEP_XDP_NATIVE));
	if (!err) {
		assert_string_equal(skep_link_way(link), "xdp native");
		net_send("left", 3);
	}
	hook_expect("xdp native", err, err ? 0 : await(COUNT_XDP));
	skep_link_free(link);
	link = NULL;
	net_start();
	err = skep_attach_xdp(&link, net_program("xdp_pass"), "lo",
			      SKEP_OPTS(skep_xdp_opts, .mode = SKEP_XDP_GENERIC));
	expect_udp("xdp generic", err, COUNT_XDP, "127.0.0.1");
	assert_string_equal(skep_link_way(link), "xdp generic");
}

TEST(tc_fires_in_both_directions)
{
	static const char *const hooks[] = { "tc ingress", "tc egress" };

	for (int i = 0; i < 2; i++) {
		SKEP_AUTO(skep_link) *link = NULL;
		int err;

		net_start();
		err = skep_attach_tc(&link, net_program("tc_count"), "lo", (enum skep_traffic)i,
				     NULL);
		expect_udp(hooks[i], err, COUNT_TC, "127.0.0.1");
		assert_string_equal(skep_link_way(link), "clsact");
		assert_int_equal(skep_link_fd(link), -1);
	}
}

TEST(tcx_fires_in_both_directions)
{
	static const char *const hooks[] = { "tcx ingress", "tcx egress" };

	for (int i = 0; i < 2; i++) {
		SKEP_AUTO(skep_link) *link = NULL;
		int err;

		net_start();
		err = skep_attach_tcx(&link, net_program("tcx_one"), "lo", (enum skep_traffic)i,
				      NULL);
		expect_udp(hooks[i], err, COUNT_TCX, "127.0.0.1");
	}
}

TEST(netkit_fires_at_both_ends)
{
	static const char *const hooks[] = { "netkit primary", "netkit peer" };

	for (int i = 0; i < 2; i++) {
		SKEP_AUTO(skep_link) *link = NULL;
		const char *interface = "nk0";
		int err;

		net_start();
		if (!net_make_netkit("nk0", "nk1"))
			interface = "lo";
		err = skep_attach_netkit(&link, net_program("nk_primary"), interface,
					 (enum skep_netkit_end)i, NULL);
		if (!err)
			net_send(i ? "nk1" : "nk0", 3);
		hook_expect(hooks[i], err, err ? 0 : await(COUNT_NK));
	}
}

TEST(netfilter_fires_also_for_what_was_put_together)
{
	static const char *const hooks[] = { "netfilter", "netfilter defrag" };

	for (int i = 0; i < 2; i++) {
		SKEP_AUTO(skep_object) *object = app_open("attach_net_new.bpf.o");
		SKEP_AUTO(skep_link) *link = NULL;
		int err = skep_object_load(object);

		net_start();
		if (!err)
			err = skep_attach_netfilter(
				&link, skep_object_program(object, "filter"),
				SKEP_NETFILTER_LOCAL_IN,
				SKEP_OPTS(skep_netfilter_opts, .defrag = i == 1));
		if (!err)
			net_send_udp("127.0.0.1", 3);
		hook_expect(hooks[i], err,
			    err ? 0
				: *(volatile uint64_t *)skep_object_section(object, ".bss", NULL));
	}
}

TEST(sk_lookup_fires)
{
	SKEP_AUTO(skep_link) *link = NULL;
	int err;

	net_start();
	err = skep_attach_sk_lookup(&link, net_program("sk_pass"), NULL, NULL);
	expect_udp("sk_lookup", err, COUNT_SK, "127.0.0.1");
}

TEST(flow_dissector_fires)
{
	SKEP_AUTO(skep_link) *link = NULL, *rehash = NULL;
	int err;

	net_start();
	assert_ok(skep_attach_tc(&rehash, net_program("tc_rehash"), "lo", SKEP_INGRESS, NULL));
	err = skep_attach_flow_dissector(&link, net_program("dissect"), NULL, NULL);
	expect_udp("flow_dissector", err, COUNT_FLOW, "127.0.0.1");
}

TEST(lwt_fires_in_out_and_as_sent)
{
	static const struct {
		const char *hook, *program;
		int which;
		struct skep_lwt_opts opts;
	} rows[] = {
		{ "lwt_in", "route_in", COUNT_IN, { .sz = sizeof(rows[0].opts), .local = true } },
		{ "lwt_out", "route_out", COUNT_OUT, { .sz = sizeof(rows[0].opts) } },
		{ "lwt_xmit",
		  "route_xmit",
		  COUNT_XMIT,
		  { .sz = sizeof(rows[0].opts), .headroom = 14 } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		SKEP_AUTO(skep_link) *link = NULL;
		int err;

		net_start();
		err = skep_attach_lwt(&link, net_program(rows[i].program), "10.77.0.1", "lo",
				      &rows[i].opts);
		expect_udp(rows[i].hook, err, rows[i].which, "10.77.0.1");
		/* Freed, the route is gone: it can be made again, and freed at once. */
		skep_link_free(link);
		link = NULL;
		assert_ok(skep_attach_lwt(&link, net_program(rows[i].program), "10.77.0.1", "lo",
					  &rows[i].opts));
	}
}
