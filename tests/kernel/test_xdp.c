// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* XDP on interfaces of a network namespace that only this process sees. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <net/if.h>

#include <linux/if_link.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "app.h"
#include "net.h"
#include "xdp.skep.h"

#define GENERIC SKEP_OPTS(skep_xdp_opts, .mode = SKEP_XDP_GENERIC)
#define NATIVE  SKEP_OPTS(skep_xdp_opts, .mode = SKEP_XDP_NATIVE)

static struct xdp *start(void)
{
	struct xdp *xdp = NULL;

	require_root();
	net_enter();
	assert_ok(xdp_open(&xdp, NULL));
	assert_ok(xdp_load(xdp));
	return xdp;
}

static bool counted(void *ctx)
{
	const struct xdp_bss *bss = ctx;

	return *(const volatile uint64_t *)&bss->frames >= 100;
}

/* How the kernel says that it is attached. */
static int mode_of(const char *interface)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);

	assert_int_equal(bpf_xdp_query((int)if_nametoindex(interface), 0, &query), 0);
	return query.attach_mode;
}

static void assert_counts_on_veth(const struct skep_xdp_opts *opts, int mode)
{
	struct xdp *xdp = start();
	struct skep_link *link = NULL;

	net_make_veth("left", "right");
	if (skep_attach_xdp(&link, xdp_program_count(xdp), "right", opts))
		fail_msg("%s", skep_error_last()->message);
	assert_int_equal(mode_of("right"), mode);
	net_send("left", 100);
	assert_true(wait_until(counted, xdp_bss(xdp), 2000));
	assert_int_equal(xdp_bss(xdp)->frames, 100);
	skep_link_free(link);
	net_send("left", 100);
	assert_int_equal(xdp_bss(xdp)->frames, 100);
	xdp_free(xdp);
}

TEST(generic_mode_sees_every_frame_until_its_link_is_freed)
{
	assert_counts_on_veth(GENERIC, XDP_ATTACHED_SKB);
}

TEST(native_mode_sees_every_frame_where_the_driver_can)
{
	assert_counts_on_veth(NATIVE, XDP_ATTACHED_DRV);
}

TEST(default_mode_is_native_where_the_driver_can)
{
	assert_counts_on_veth(NULL, XDP_ATTACHED_DRV);
}

TEST(interface_is_given_by_name_or_by_index)
{
	struct xdp *xdp = start();
	struct snapshot before;
	struct skep_link *link = NULL;

	snapshot_take(&before);
	assert_ok(skep_attach_xdp(&link, xdp_program_pass(xdp), "lo", GENERIC));
	assert_true(skep_link_fd(link) >= 0);
	assert_null(skep_link_libbpf(link));
	skep_link_free(link);
	assert_ok(skep_attach_xdp(&link, xdp_program_pass(xdp), "1", NULL));
	assert_int_equal(mode_of("lo"),
			 XDP_ATTACHED_SKB); /* its driver cannot: generic by default */
	skep_link_free(link);
	snapshot_assert_unchanged(&before);
	xdp_free(xdp);
}

TEST(interface_that_is_not_there_is_enodev_and_others_are_named)
{
	static const char *const names[] = { "eth77", "99", "", "1x", "-1", "99999999999" };
	struct xdp *xdp = start();
	struct skep_link *link = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_error(skep_attach_xdp(&link, xdp_program_pass(xdp), names[i], NULL), ENODEV);
		app_assert_hints("lo");
	}
	assert_null(link);
	xdp_free(xdp);
}

TEST(busy_interface_is_ebusy_and_says_who_is_there_and_what_to_do)
{
	struct xdp *xdp = start();
	struct skep_link *first = NULL, *second = NULL;

	assert_ok(skep_attach_xdp(&first, xdp_program_pass(xdp), "lo", GENERIC));
	assert_error(skep_attach_xdp(&second, xdp_program_count(xdp), "lo", GENERIC), EBUSY);
	app_assert_says("'pass' (id ");
	app_assert_hints("bpftool link show id ");
	app_assert_hints("skep_xdp_chain_open()");
	assert_null(second);
	skep_link_free(first);
	assert_ok(skep_attach_xdp(&second, xdp_program_count(xdp), "lo", GENERIC));
	skep_link_free(second);
	xdp_free(xdp);
}

TEST(driver_without_native_mode_is_eopnotsupp_and_generic_is_named)
{
	struct xdp *xdp = start();
	struct skep_link *link = NULL;

	assert_error(skep_attach_xdp(&link, xdp_program_pass(xdp), "lo", NATIVE), EOPNOTSUPP);
	app_assert_hints("SKEP_XDP_GENERIC");
	assert_null(link);
	xdp_free(xdp);
}

TEST(what_is_no_xdp_or_not_loaded_is_refused)
{
	struct xdp *xdp = start(), *open = NULL;
	struct {
		struct skep_xdp_opts known;
		int newer;
	} opts = { .known.sz = sizeof(opts), .newer = 1 };
	struct skep_link *link = NULL;

	assert_error(skep_attach_xdp(&link, xdp_program_no_xdp(xdp), "lo", NULL), EPROTOTYPE);
	app_assert_hints("SEC(\"xdp\")");
	assert_error(skep_attach_xdp(&link, xdp_program_pass(xdp), "lo", &opts.known), E2BIG);
	opts.known =
		(struct skep_xdp_opts){ .sz = sizeof(opts.known), .mode = (enum skep_xdp_mode)9 };
	assert_error(skep_attach_xdp(&link, xdp_program_pass(xdp), "lo", &opts.known), EINVAL);
	assert_ok(xdp_open(&open, NULL));
	assert_error(skep_attach_xdp(&link, xdp_program_pass(open), "lo", NULL), EBADF);
	assert_null(link);
	xdp_free(open);
	xdp_free(xdp);
}
