// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Several XDP programs on one interface. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <pthread.h>
#include <stdatomic.h>

#include "app.h"
#include "attach_net.h"
#include "hooks.h"
#include "net.h"
#include "net_app.h"

#define MEMBER(...) SKEP_OPTS(skep_xdp_member_opts, __VA_ARGS__)

static struct skep_xdp_chain *start(void)
{
	struct skep_xdp_chain *chain = NULL;

	net_start();
	if (skep_xdp_chain_open(&chain, "lo", NULL))
		fail_msg("%s\n%s", skep_error_last()->message,
			 skep_error_last()->log ? skep_error_last()->log : "");
	return chain;
}

static struct skep_link *add(struct skep_xdp_chain *chain, const char *program, int priority,
			     uint32_t continue_on)
{
	struct skep_link *link = NULL;

	if (skep_xdp_chain_add(&link, chain, net_program(program),
			       MEMBER(.priority = priority, .continue_on = continue_on)))
		fail_msg("%s\n%s", skep_error_last()->message,
			 skep_error_last()->log ? skep_error_last()->log : "");
	return link;
}

/*
 * Who saw one packet, in order. What passes is answered by "port unreachable" on the same
 * interface: who saw the packet, sees the answer too.
 */
static unsigned int steps(void)
{
	net_forget_steps();
	net_send_udp("127.0.0.1", 1);
	return net_steps();
}

TEST(chain_fires_and_says_its_way)
{
	struct skep_xdp_chain *chain = NULL;
	struct skep_link *link = NULL;
	int err;

	net_start();
	err = skep_xdp_chain_open(&chain, "lo", NULL);
	if (!err)
		err = skep_xdp_chain_add(&link, chain, net_program("xdp_pass"), NULL);
	net_send_udp("127.0.0.1", 3);
	hook_expect("xdp chain", err, err ? 0 : net_count(COUNT_XDP));
	assert_string_equal(skep_link_way(link), "xdp chain");
	assert_string_equal(skep_link_way(skep_xdp_chain_link(chain)), "xdp generic");
	assert_int_equal(skep_link_fd(link), -1);
	assert_error(skep_link_update(link, net_program("xdp_one"), NULL), EOPNOTSUPP);
	skep_link_free(link);
	skep_xdp_chain_free(chain);
}

TEST(programs_run_by_priority_whichever_came_first)
{
	struct skep_xdp_chain *chain = start();
	struct skep_link *two = add(chain, "xdp_two", 5, 0), *one = add(chain, "xdp_one", -5, 0);
	struct skep_link *drop = add(chain, "xdp_drop", 5, 0);

	assert_int_equal(steps(), 123);
	skep_link_free(one);
	assert_int_equal(steps(), 23);
	one = add(chain, "xdp_one", 5, 0); /* of equals it came last, and 3 drops */
	assert_int_equal(steps(), 23);
	skep_link_free(drop);
	assert_int_equal(steps(), 2121);
	skep_link_free(two);
	skep_link_free(one);
	skep_xdp_chain_free(chain);
}

TEST(action_that_is_said_to_go_on_goes_on_and_the_last_decides)
{
	struct skep_xdp_chain *chain = start();
	struct skep_link *drop = add(chain, "xdp_drop", 0, 1u << 1 | 1u << 2);
	struct skep_link *one = add(chain, "xdp_one", 1, 1u << 1);

	/* XDP_DROP (1) went on; XDP_PASS of the last is the verdict: an answer comes, too. */
	assert_int_equal(steps(), 3131);
	skep_link_free(one);
	assert_int_equal(steps(), 3);
	skep_link_free(drop);
	skep_xdp_chain_free(chain);
}

TEST(program_with_functions_of_its_own_is_taken_as_it_is)
{
	struct skep_xdp_chain *chain = start();
	struct skep_link *calls = add(chain, "xdp_calls", 0, 0);
	struct skep_link *drop = add(chain, "xdp_drop", 0, 0);

	assert_int_equal(steps(), 53);
	skep_link_free(calls);
	skep_link_free(drop);
	skep_xdp_chain_free(chain);
}

TEST(chain_has_sixteen_programs_and_says_when_it_is_full)
{
	struct skep_xdp_chain *chain = start();
	struct skep_link *links[SKEP_XDP_CHAIN_MOST], *more = NULL;

	for (int i = 0; i < SKEP_XDP_CHAIN_MOST; i++)
		links[i] = add(chain, i == 15 ? "xdp_drop" : "xdp_pass", i, 0);
	assert_error(skep_xdp_chain_add(&more, chain, net_program("xdp_one"), NULL), E2BIG);
	assert_int_equal(steps(), 3); /* also the last one is reached */
	assert_int_equal(net_count(COUNT_XDP), 15);
	for (int i = 0; i < SKEP_XDP_CHAIN_MOST; i += 2)
		skep_link_free(links[i]);
	assert_int_equal(steps(), 3);
	skep_xdp_chain_free(chain); /* before its links */
	assert_int_equal(steps(), 0);
	for (int i = 1; i < SKEP_XDP_CHAIN_MOST; i += 2)
		skep_link_free(links[i]);
}

static atomic_bool enough;

/* How many packets were sent until then. */
static void *send_on(void *sent)
{
	while (!atomic_load(&enough)) {
		net_send_udp("127.0.0.1", 10);
		*(uint64_t *)sent += 10;
	}
	return NULL;
}

TEST(no_packet_slips_by_while_programs_come_and_go)
{
	struct skep_xdp_chain *chain = start();
	struct skep_link *last = add(chain, "xdp_drop", 9, 0), *first = NULL, *middle = NULL;
	pthread_t sender;
	uint64_t sent = 0;

	atomic_store(&enough, false);
	assert_int_equal(pthread_create(&sender, NULL, send_on, &sent), 0);
	for (int i = 0; i < 8; i++) {
		first = add(chain, "xdp_one", -1, 0);
		middle = add(chain, "xdp_two", 5, 0);
		skep_link_free(first);
		first = add(chain, "xdp_pass", -2, 0);
		skep_link_free(middle);
		skep_link_free(first);
	}
	atomic_store(&enough, true);
	pthread_join(sender, NULL);
	assert_true(sent > 0);
	assert_int_equal(net_count(COUNT_DROP), sent);
	skep_link_free(last);
	skep_xdp_chain_free(chain);
}

TEST(chain_and_links_leave_nothing)
{
	struct snapshot before;
	struct skep_xdp_chain *chain;
	struct skep_link *link;
	int fds;

	net_start();
	snapshot_take(&before);
	fds = app_open_fds();
	chain = start();
	link = add(chain, "xdp_one", 0, 0);
	skep_xdp_chain_free(chain);
	skep_link_free(link);
	chain = start();
	link = add(chain, "xdp_one", 0, 0);
	skep_link_free(link);
	skep_xdp_chain_free(chain);
	assert_int_equal(app_open_fds(), fds);
	snapshot_assert_unchanged(&before);
}

TEST(what_cannot_be_in_a_chain_is_refused_in_words)
{
	struct skep_link_info info = { .sz = sizeof(info) };
	struct skep_xdp_chain *chain = start(), *other = NULL;
	struct skep_link *link = NULL;

	assert_error(skep_xdp_chain_add(&link, chain, net_program("tc_count"), NULL), EPROTOTYPE);
	assert_error(skep_xdp_chain_add(&link, NULL, net_program("xdp_one"), NULL), EINVAL);
	assert_ok(skep_xdp_chain_add(&link, chain, net_program("xdp_one"), NULL));
	assert_ok(skep_link_info(link, &info));
	assert_string_equal(info.hook, "interface lo (1)");
	skep_link_free(link);
	link = NULL;
	assert_error(skep_xdp_chain_add(&link, chain, net_program("xdp_one"),
					MEMBER(.continue_on = 1u << 9)),
		     EINVAL);
	app_assert_says("0x200");
	/* Two tools on one interface. */
	assert_error(skep_attach_xdp(&link, net_program("xdp_one"), "lo", NULL), EBUSY);
	app_assert_says("'skep_chain'");
	assert_error(skep_xdp_chain_open(&other, "lo", NULL), EBUSY);
	skep_xdp_chain_free(chain);
	assert_error(skep_xdp_chain_open(&other, "lo",
					 SKEP_OPTS(skep_xdp_chain_opts, .mode = SKEP_XDP_OFFLOAD)),
		     EINVAL);
	assert_error(skep_xdp_chain_open(&other, "nowhere", NULL), ENODEV);
	assert_ok(skep_xdp_chain_open(&other, "lo", SKEP_OPTS(skep_xdp_chain_opts, .frags = true)));
	assert_error(skep_xdp_chain_add(&link, other, net_program("xdp_one"), NULL), EPROTOTYPE);
	app_assert_hints("xdp.frags");
	assert_null(link);
	skep_xdp_chain_free(other);
}
