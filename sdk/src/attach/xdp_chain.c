/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "xdp_chain.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <linux/membarrier.h>

#include <bpf/bpf.h>

#include "attach.h"
#include "base/cleanup.h"
#include "base/fail.h"
#include "base/opts.h"
#include "object/link.h"
#include "object/object.h"
#include "xdp.h"

struct skep_xdp_chain {
	struct skep_xdp_maps maps;
	_Atomic(uint32_t) *next;
	struct skep_link *link; /* NULL once the chain is freed, and only links are left */
	bool frags;
	unsigned int users; /* the caller, and each member's link */
	struct {
		bool used;
		int32_t priority;
	} slots[SKEP_XDP_CHAIN_MOST];
};

struct member {
	struct skep_xdp_chain *chain;
	uint32_t slot;
	bool on;
};

/* Who read the list before it changed has finished after this. */
static void await_packets(void)
{
	(void)syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}

/*
 * Closes when nobody uses it any more. The kernel empties an array of programs by itself when its
 * last file descriptor is closed, a moment later: it loses the map for ever if somebody opens and
 * closes it by its id within that moment. So nobody is told before it is over.
 */
static void leave(struct skep_xdp_chain *chain)
{
	if (--chain->users)
		return;
	if (chain->next)
		munmap((void *)chain->next, CHAIN_BYTES);
	if (chain->maps.programs >= 0) {
		close(chain->maps.programs);
		await_packets();
		sched_yield();
	}
	if (chain->maps.order >= 0)
		close(chain->maps.order);
	free(chain);
}

void skep_xdp_chain_free(struct skep_xdp_chain *chain)
{
	SKEP_KEEP_ERROR;

	if (!chain)
		return;
	skep_link_free(chain->link);
	chain->link = NULL;
	leave(chain);
}

const struct skep_link *skep_xdp_chain_link(const struct skep_xdp_chain *chain)
{
	return chain->link;
}

static int make_maps(struct skep_xdp_chain *chain)
{
	LIBBPF_OPTS(bpf_map_create_opts, shared, .map_flags = BPF_F_MMAPABLE);
	void *next;

	chain->maps.programs =
		bpf_map_create(BPF_MAP_TYPE_PROG_ARRAY, "skep_chain", sizeof(uint32_t),
			       sizeof(uint32_t), SKEP_XDP_CHAIN_MOST, NULL);
	if (chain->maps.programs < 0)
		return chain->maps.programs;
	chain->maps.order = bpf_map_create(BPF_MAP_TYPE_ARRAY, "skep_order", sizeof(uint32_t),
					   CHAIN_BYTES, 1, &shared);
	if (chain->maps.order < 0)
		return chain->maps.order;
	next = mmap(NULL, CHAIN_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, chain->maps.order, 0);
	if (next == MAP_FAILED)
		return -errno;
	chain->next = next;
	for (uint32_t i = 0; i <= CHAIN_HEAD; i++)
		atomic_store(&chain->next[i], CHAIN_NONE);
	return 0;
}

static int refuse_maps(int err)
{
	if (err == -EPERM)
		return skep_fail_hint(skep_fail(err, "cannot make the maps of a chain: no "
						     "privilege"),
				      "run it with sudo, or grant cap_bpf and cap_net_admin");
	return skep_fail(err == -EINVAL ? EOPNOTSUPP : err, "cannot make the maps of a chain: %s",
			 strerror(-err));
}

struct request {
	struct skep_xdp_chain *chain;
	const char *interface;
	int head;
	struct skep_xdp_opts opts;
};

static int attach_here(void *ctx)
{
	struct request *request = ctx;
	struct skep_interface interface;
	int err = skep_interface_find(request->interface, &interface);

	return err ? err
		   : skep_xdp_link(&request->chain->link, NULL, request->head, &interface,
				   &request->opts);
}

static int start(struct skep_xdp_chain *chain, const char *interface,
		 const struct skep_xdp_chain_opts *opts)
{
	AUTO_CLOSE int head = -1;
	struct request request = {
		.chain = chain,
		.interface = interface,
		.opts = { .sz = sizeof(request.opts),
			  .mode = SKEP_OPT(opts, mode),
			  .fallback = SKEP_OPT(opts, fallback) },
	};
	int err = make_maps(chain);

	if (err)
		return refuse_maps(err);
	head = skep_xdp_chain_head(&chain->maps, chain->frags);
	if (head < 0)
		return head;
	request.head = head;
	return skep_netns_run(SKEP_OPT(opts, netns), SKEP_OPT(opts, netns_fd), attach_here,
			      &request);
}

int skep_xdp_chain_open(struct skep_xdp_chain **out, const char *interface,
			const struct skep_xdp_chain_opts *opts)
{
	struct skep_xdp_chain *chain;
	int err = SKEP_OPTS_CHECK(opts);

	if (err)
		return err;
	if ((unsigned int)SKEP_OPT(opts, mode) > SKEP_XDP_GENERIC)
		return skep_fail_hint(
			skep_fail(EINVAL, "a chain cannot run in mode %d", SKEP_OPT(opts, mode)),
			"use SKEP_XDP_AUTO, SKEP_XDP_NATIVE or SKEP_XDP_GENERIC");
	chain = calloc(1, sizeof(*chain));
	if (!chain)
		return skep_fail(ENOMEM, "no memory for a chain");
	chain->users = 1;
	chain->frags = SKEP_OPT(opts, frags);
	chain->maps = (struct skep_xdp_maps){ -1, -1 };
	err = start(chain, interface, opts);
	if (err) {
		skep_xdp_chain_free(chain);
		return err;
	}
	*out = chain;
	return 0;
}

/* The slot after which one of `priority` comes; or, with `slot`, the one before that slot. */
static uint32_t find_before(const struct skep_xdp_chain *chain, int32_t priority, uint32_t slot)
{
	uint32_t at = CHAIN_HEAD, next;

	while ((next = atomic_load(&chain->next[at])) != CHAIN_NONE) {
		if (slot != CHAIN_NONE ? next == slot : chain->slots[next].priority > priority)
			break;
		at = next;
	}
	return at;
}

static int detach(void *state)
{
	struct member *member = state;
	struct skep_xdp_chain *chain = member->chain;
	uint32_t slot = member->slot;

	if (!member->on)
		return 0;
	member->on = false;
	atomic_store(&chain->next[find_before(chain, 0, slot)], atomic_load(&chain->next[slot]));
	if (chain->link)
		await_packets();
	(void)bpf_map_delete_elem(chain->maps.programs, &slot);
	chain->slots[slot].used = false;
	return 0;
}

static void free_member(void *state)
{
	struct member *member = state;

	(void)detach(member);
	leave(member->chain);
	free(member);
}

/* It hangs where the chain does. */
static void describe(const void *state, struct skep_link_info *info)
{
	const struct member *member = state;
	struct skep_link_info chain = { .sz = sizeof(chain) };

	info->is_gone = !member->on || !member->chain->link;
	if (!member->chain->link || skep_link_info(member->chain->link, &chain))
		return;
	info->interface = chain.interface;
	info->is_gone = info->is_gone || chain.is_gone;
	memcpy(info->hook, chain.hook, sizeof(info->hook));
}

static const struct skep_link_ops ops = {
	.name = "xdp chain",
	.free = free_member,
	.detach = detach,
	.describe = describe,
};

static int check(const struct skep_xdp_chain *chain, const struct skep_program *program,
		 uint32_t continue_on)
{
	bool frags = bpf_program__flags(program->prog) & BPF_F_XDP_HAS_FRAGS;
	enum bpf_attach_type type = bpf_program__expected_attach_type(program->prog);

	if (continue_on >> (XDP_REDIRECT + 1))
		return skep_fail_hint(
			skep_fail(EINVAL, "continue_on has bits of no action (0x%x)", continue_on),
			"such as 1 << XDP_PASS | 1 << XDP_DROP");
	if (!chain->link)
		return skep_fail(EBADF, "the chain is freed");
	if (type == BPF_XDP_DEVMAP || type == BPF_XDP_CPUMAP)
		return skep_fail_hint(skep_fail(EPROTOTYPE,
						"program '%s' (%s) is for a map, not "
						"for an interface",
						skep_program_name(program),
						skep_program_section(program)),
				      "put it into SEC(\"xdp\")");
	if (frags != chain->frags)
		return skep_fail_hint(
			skep_fail(EPROTOTYPE,
				  "program '%s' (%s) is %s frags, the "
				  "chain is %s",
				  skep_program_name(program), skep_program_section(program),
				  frags ? "with" : "without", frags ? "without" : "with"),
			"load all from SEC(\"xdp\"), or all from SEC(\"xdp.frags\") "
			"and open the chain with .frags");
	return 0;
}

/* Puts it into its slot, and then the slot into the list. */
static int insert(struct skep_xdp_chain *chain, const struct skep_program *program, uint32_t slot,
		  int32_t priority, uint32_t continue_on)
{
	AUTO_CLOSE int fd = skep_xdp_chain_wrap(&chain->maps, program, slot, continue_on);
	uint32_t before;
	int err;

	if (fd < 0)
		return fd;
	err = bpf_map_update_elem(chain->maps.programs, &slot, &fd, BPF_ANY);
	if (err)
		return skep_fail(err, "cannot put program '%s' into the chain: %s",
				 skep_program_name(program), strerror(-err));
	chain->slots[slot].used = true;
	chain->slots[slot].priority = priority;
	before = find_before(chain, priority, CHAIN_NONE);
	atomic_store(&chain->next[slot], atomic_load(&chain->next[before]));
	atomic_store(&chain->next[before], slot);
	return 0;
}

int skep_xdp_chain_add(struct skep_link **out, struct skep_xdp_chain *chain,
		       const struct skep_program *program, const struct skep_xdp_member_opts *opts)
{
	uint32_t continue_on = SKEP_OPT(opts, continue_on), slot = 0;
	AUTO_FREE struct member *member = NULL;
	int err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = skep_attach_need(program, BPF_PROG_TYPE_XDP, "xdp");
	if (!err && !chain)
		err = skep_fail_hint(skep_fail(EINVAL, "there is no chain"),
				     "look at what skep_xdp_chain_open() returned");
	if (!err)
		err = check(chain, program, continue_on);
	if (err)
		return err;
	while (slot < SKEP_XDP_CHAIN_MOST && chain->slots[slot].used)
		slot++;
	if (slot == SKEP_XDP_CHAIN_MOST)
		return skep_fail_hint(
			skep_fail(E2BIG, "the chain has %d programs", SKEP_XDP_CHAIN_MOST),
			"free one's link: no more fit");
	member = malloc(sizeof(*member));
	if (!member)
		return skep_fail(ENOMEM, "no memory for a link");
	*member = (struct member){ chain, slot, true };
	err = insert(chain, program, slot, SKEP_OPT(opts, priority),
		     continue_on ? continue_on : 1u << XDP_PASS);
	if (err)
		return err;
	chain->users++;
	return skep_link_from_ops(out, &ops, SKEP_TAKE(member));
}
