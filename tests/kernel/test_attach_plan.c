/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Plans: the way that works on this kernel, and why the others do not. */
#include <unistd.h>

#include <skep/plan.h>

#include "app.h"
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"
#include "net.h"
#include "plan.h"
#include "plan.skep.h"

#define CALLS 7
#define ON_LO SKEP_OPTS(skep_plan_hook_opts, .interface = "lo")

static struct plan *app;
static struct skep_plan *plan;

static void start(void)
{
	require_root();
	net_enter();
	net_set_up("lo");
	assert_ok(plan_open(&app, NULL));
	assert_ok(skep_plan_new(&plan, plan_object(app)));
}

static void stop(void)
{
	skep_plan_free(plan);
	plan_free(app);
	plan = NULL;
	app = NULL;
}

/* Programs that the plan does not have are not loaded either: not all kernels can. */
static void leave_others(void)
{
	static const char *const all[] = { "by_fentry",  "by_ksyscall", "by_raw_tp", "by_xdp",
					   "by_xdp_too", "by_tc",       "no_plan" };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		assert_ok(
			skep_program_enable(skep_object_program(plan_object(app), all[i]), false));
}

static void add_calls(void)
{
	assert_ok(skep_plan_group(plan, "getpgid() is called", NULL));
	assert_ok(skep_plan_add(plan, "by_fentry", NULL));
	assert_ok(skep_plan_add(plan, "by_ksyscall", NULL));
	assert_ok(skep_plan_add(plan, "by_raw_tp", NULL));
}

static void go(void)
{
	leave_others();
	assert_ok(skep_plan_decide(plan));
	assert_ok(skep_object_load(plan_object(app)));
	plan_bss(app)->only_pid = (uint32_t)getpid();
	assert_ok(skep_plan_attach(plan));
}

/* Each call is seen, by one program alone: which one. */
static int way_of_calls(void)
{
	int which = -1;

	for (int i = 0; i < CALLS; i++)
		assert_true(getpgid(0) >= 0);
	for (int i = SEEN_FENTRY; i <= SEEN_RAW; i++)
		if (plan_bss(app)->seen[i]) {
			assert_int_equal(which, -1);
			assert_int_equal(plan_bss(app)->seen[i], CALLS);
			which = i;
		}
	return which;
}

static int best(void)
{
	if (skep_kernel_can(SKEP_CAN_FENTRY) == SKEP_YES)
		return SEEN_FENTRY;
	return skep_kernel_can(SKEP_CAN_KPROBE) == SKEP_YES ? SEEN_SYSCALL : SEEN_RAW;
}

static void assert_text(const char *part)
{
	if (!strstr(skep_plan_text(plan), part))
		fail_msg("no '%s' in:\n%s", part, skep_plan_text(plan));
}

TEST(first_way_that_this_kernel_has_is_taken_and_the_others_say_why)
{
	struct snapshot before;

	start();
	snapshot_take(&before);
	add_calls();
	assert_text("not decided yet");
	go();
	assert_int_equal(way_of_calls(), best());
	assert_text("getpgid() is called (one of, required)");
	assert_text("attached by ");
	if (best() != SEEN_FENTRY)
		assert_text("fentry/__x64_sys_getpgid: no: ");
	if (best() != SEEN_RAW)
		assert_text("raw_tp/sys_enter: not needed");
	assert_string_equal(
		skep_plan_way(plan, "getpgid() is called"),
		skep_link_way(skep_plan_link(plan, best() == SEEN_FENTRY ? "by_fentry"
						   : best() == SEEN_RAW  ? "by_raw_tp"
									 : "by_ksyscall")));
	stop();
	snapshot_assert_unchanged(&before);
}

TEST(spare_alternatives_are_not_left_loaded)
{
	start();
	add_calls();
	go();
	if (best() != SEEN_RAW)
		assert_int_equal(skep_program_fd(plan_program_by_raw_tp(app)), -1);
	else
		assert_true(skep_program_fd(plan_program_by_raw_tp(app)) >= 0);
	stop();
}

TEST(what_is_forbidden_is_not_taken)
{
	start();
	add_calls();
	assert_ok(skep_plan_forbid(plan, "fentry"));
	assert_ok(skep_plan_forbid(plan, "ksyscall"));
	go();
	assert_int_equal(way_of_calls(), SEEN_RAW);
	assert_text("ksyscall/getpgid: no: it is forbidden for this plan");
	stop();
}

/* A slip in what policy forbids would allow it. */
TEST(way_that_does_not_exist_cannot_be_forbidden)
{
	start();
	assert_error(skep_plan_forbid(plan, "kprobes"), EINVAL);
	app_assert_says("no plan takes a way 'kprobes'");
	app_assert_hints("kprobe");
	assert_error(skep_plan_forbid(plan, ""), EINVAL);
	assert_ok(skep_plan_forbid(plan, "uprobe by tracefs"));
	assert_ok(skep_plan_forbid(plan, "raw tracepoint"));
	stop();
}

TEST(required_group_without_a_way_fails_before_load_with_every_reason)
{
	start();
	assert_ok(skep_plan_group(plan, "packets", NULL));
	assert_ok(skep_plan_add(plan, "by_xdp",
				SKEP_OPTS(skep_plan_hook_opts, .interface = "skep-none0")));
	assert_ok(skep_plan_add(plan, "by_tc", ON_LO));
	assert_ok(skep_plan_forbid(plan, "tc"));
	assert_error(skep_plan_decide(plan), ENODEV);
	app_assert_says("there is no way for 'packets': by_xdp (xdp): ");
	app_assert_says("skep-none0");
	app_assert_says("; by_tc (tc): it is forbidden");
	stop();
}

TEST(optional_group_without_a_way_is_left)
{
	start();
	add_calls();
	assert_ok(skep_plan_group(plan, "packets",
				  SKEP_OPTS(skep_plan_group_opts, .optional = true)));
	assert_ok(skep_plan_add(plan, "by_xdp",
				SKEP_OPTS(skep_plan_hook_opts, .interface = "skep-none0")));
	go();
	assert_null(skep_plan_way(plan, "packets"));
	assert_null(skep_plan_link(plan, "by_xdp"));
	assert_int_equal(way_of_calls(), best());
	stop();
}

TEST(lesser_way_of_a_program_is_taken_only_where_that_is_allowed)
{
	start();
	assert_ok(skep_plan_group(plan, "packets",
				  SKEP_OPTS(skep_plan_group_opts, .fallback = true)));
	assert_ok(skep_plan_add(plan, "by_xdp", ON_LO)); /* a loopback has no native mode */
	go();
	assert_string_equal(skep_plan_way(plan, "packets"), "xdp generic");
	net_send_udp("127.0.0.1", 3);
	assert_true(plan_bss(app)->seen[SEEN_XDP] >= 3);
	stop();

	start();
	assert_ok(skep_plan_group(plan, "packets", NULL));
	assert_ok(skep_plan_add(plan, "by_xdp", ON_LO));
	leave_others();
	assert_ok(skep_plan_decide(plan));
	assert_ok(skep_object_load(plan_object(app)));
	assert_error(skep_plan_attach(plan), EOPNOTSUPP);
	assert_text("refused: ");
	stop();

	start();
	assert_ok(skep_plan_group(plan, "packets",
				  SKEP_OPTS(skep_plan_group_opts, .fallback = true)));
	assert_ok(skep_plan_add(plan, "by_xdp", ON_LO));
	assert_ok(skep_plan_forbid(plan, "xdp generic"));
	leave_others();
	assert_ok(skep_plan_decide(plan));
	assert_ok(skep_object_load(plan_object(app)));
	assert_error(skep_plan_attach(plan), EOPNOTSUPP);
	assert_null(skep_plan_way(plan, "packets"));
	stop();
}

/* Another program is on the interface: only attaching shows it. */
TEST(alternative_is_taken_where_the_kernel_refuses_after_all)
{
	struct skep_link *other = NULL;
	struct plan *first = NULL;

	start();
	assert_ok(plan_open(&first, NULL));
	for (struct skep_program *p = NULL; (p = skep_object_next_program(plan_object(first), p));)
		assert_ok(skep_program_enable(p, p == plan_program_by_xdp(first)));
	assert_ok(skep_object_load(plan_object(first)));
	assert_ok(skep_attach_xdp(&other, plan_program_by_xdp(first), "lo",
				  SKEP_OPTS(skep_xdp_opts, .mode = SKEP_XDP_GENERIC)));
	assert_ok(skep_plan_group(plan, "packets",
				  SKEP_OPTS(skep_plan_group_opts, .fallback = true)));
	assert_ok(skep_plan_add(plan, "by_xdp_too", ON_LO));
	assert_ok(skep_plan_add(plan, "by_tc", ON_LO));
	go();
	assert_string_equal(skep_plan_way(plan, "packets"), "clsact");
	assert_text("by_xdp_too           xdp on lo: refused: ");
	net_send_udp("127.0.0.1", 3);
	assert_true(plan_bss(app)->seen[SEEN_TC] >= 3);
	skep_link_free(other);
	plan_free(first);
	stop();
}

TEST(all_of_a_group_or_none)
{
	start();
	add_calls();
	assert_ok(skep_plan_group(
		plan, "packets",
		SKEP_OPTS(skep_plan_group_opts, .take = SKEP_PLAN_ALL_OF, .optional = true)));
	assert_ok(skep_plan_add(plan, "by_tc", ON_LO));
	assert_ok(skep_plan_add(plan, "by_xdp",
				SKEP_OPTS(skep_plan_hook_opts, .interface = "skep-none0")));
	go();
	assert_null(skep_plan_link(plan, "by_tc"));
	stop();

	start();
	assert_ok(skep_plan_group(
		plan, "packets",
		SKEP_OPTS(skep_plan_group_opts, .take = SKEP_PLAN_BEST_EFFORT, .fallback = true)));
	assert_ok(skep_plan_add(plan, "by_tc", ON_LO));
	assert_ok(skep_plan_add(plan, "by_xdp", ON_LO));
	go();
	assert_non_null(skep_plan_link(plan, "by_tc"));
	assert_non_null(skep_plan_link(plan, "by_xdp"));
	stop();
}

TEST(group_that_enforces_takes_nobody_who_only_watches)
{
	start();
	assert_ok(skep_plan_group(plan, "nobody gets in",
				  SKEP_OPTS(skep_plan_group_opts, .enforces = true)));
	assert_error(skep_plan_add(plan, "by_raw_tp", NULL), EPROTOTYPE);
	app_assert_says("only watches, and 'nobody gets in' is to be enforced");
	assert_error(skep_plan_add(plan, "by_fentry", NULL), EPROTOTYPE);
	assert_ok(skep_plan_add(plan, "by_xdp", ON_LO));
	stop();
}

TEST(required_group_that_is_refused_takes_the_others_off)
{
	struct snapshot loaded;

	start();
	add_calls();
	assert_ok(skep_plan_group(plan, "packets", NULL));
	assert_ok(skep_plan_add(plan, "by_xdp", ON_LO));
	leave_others();
	assert_ok(skep_plan_decide(plan));
	assert_ok(skep_object_load(plan_object(app)));
	snapshot_take(&loaded);
	assert_error(skep_plan_attach(plan), EOPNOTSUPP);
	assert_null(skep_plan_way(plan, "getpgid() is called"));
	snapshot_assert_unchanged(&loaded);
	stop();
}

TEST(wrong_calls_are_told)
{
	start();
	assert_error(skep_plan_add(plan, "by_xdp", ON_LO), EINVAL);
	assert_error(skep_plan_group(plan, "", NULL), EINVAL);
	assert_ok(skep_plan_group(plan, "packets",
				  SKEP_OPTS(skep_plan_group_opts, .fallback = true)));
	assert_error(skep_plan_group(plan, "packets", NULL), EEXIST);
	assert_error(skep_plan_add(plan, "by_magic", NULL), ENOENT);
	app_assert_hints("by_fentry");
	assert_error(skep_plan_add(plan, "by_xdp", NULL), EDESTADDRREQ);
	app_assert_hints(".interface");
	assert_error(skep_plan_add(plan, "no_plan", ON_LO), EOPNOTSUPP);
	assert_ok(skep_plan_add(plan, "by_xdp", ON_LO));
	assert_error(skep_plan_add(plan, "by_xdp", ON_LO), EEXIST);
	assert_error(skep_plan_attach(plan), EINVAL);
	app_assert_hints("skep_plan_decide()");
	leave_others();
	assert_ok(skep_plan_decide(plan));
	assert_error(skep_plan_attach(plan), EBADF);
	assert_ok(skep_object_load(plan_object(app)));
	assert_ok(skep_plan_attach(plan));
	assert_error(skep_plan_decide(plan), EALREADY);
	assert_error(skep_plan_attach(plan), EALREADY);
	assert_error(skep_plan_forbid(plan, "tc"), EBUSY);
	assert_null(skep_plan_way(plan, "what is that"));
	assert_null(skep_plan_link(plan, "what is that"));
	assert_null(skep_plan_way(plan, NULL));
	assert_null(skep_plan_link(plan, NULL));
	stop();
}
