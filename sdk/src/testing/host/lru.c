// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Which entry of an LRU hash goes: as Linux decides it for maps with a list of each CPU
 * (BPF_F_NO_COMMON_LRU). Two lists, of entries that were used again and of others; entries have a
 * mark that says that they were looked up since somebody last passed by. Before each take a few are
 * looked at, and change their list by their marks.
 */
#include <stdlib.h>

#include "host.h"

#define LOOKED_AT 4 /* how many a step looks at, and how many places it makes at most */

enum {
	USED_AGAIN,
	OTHERS,
	FREE,
	LISTS
};

struct lane {
	struct skep_host_lru_node ends[LISTS]; /* of rings: `after` is the newest */
	size_t counts[LISTS];
	struct skep_host_lru_node *hand; /* where the next look at OTHERS begins */
};

struct skep_host_lru {
	struct lane *lanes;
	struct skep_host_lru_node *nodes;
	size_t count;
	bool one_for_each_cpu;
	void (*evict)(void *ctx, void *element);
	void *ctx;
};

static void unlink_node(struct skep_host_lru_node *node)
{
	node->before->after = node->after;
	node->after->before = node->before;
}

static void link_newest(struct lane *lane, struct skep_host_lru_node *node, int list)
{
	struct skep_host_lru_node *end = &lane->ends[list];

	node->list = (uint8_t)list;
	node->after = end->after;
	node->before = end;
	end->after->before = node;
	end->after = node;
	lane->counts[list]++;
}

/* `before` is towards the newest, so the oldest of a list is its end's `before`. */
static void move_node(struct lane *lane, struct skep_host_lru_node *node, int list)
{
	node->used = false;
	if (node == lane->hand)
		lane->hand = node->before;
	lane->counts[node->list]--;
	unlink_node(node);
	link_newest(lane, node, list);
}

struct skep_host_lru *skep_host_lru_new(size_t nodes, bool one_for_each_cpu,
					void (*evict)(void *ctx, void *element), void *ctx)
{
	struct skep_host_lru *lru = skep_host_alloc(sizeof(*lru));
	size_t lanes = one_for_each_cpu ? skep_host.cpus : 1;
	size_t each = (nodes + lanes - 1) / lanes;

	*lru = (struct skep_host_lru){
		.count = lanes, .one_for_each_cpu = one_for_each_cpu, .evict = evict, .ctx = ctx
	};
	lru->lanes = skep_host_alloc(lanes * sizeof(*lru->lanes));
	lru->nodes = skep_host_alloc(lanes * each * sizeof(*lru->nodes));
	for (size_t i = 0; i < lanes; i++) {
		struct lane *lane = &lru->lanes[i];

		for (int list = 0; list < LISTS; list++)
			lane->ends[list].before = lane->ends[list].after = &lane->ends[list];
		lane->hand = &lane->ends[OTHERS];
		for (size_t n = 0; n < each; n++) {
			lru->nodes[i * each + n].cpu = (uint32_t)i;
			link_newest(lane, &lru->nodes[i * each + n], FREE);
		}
	}
	return lru;
}

void skep_host_lru_free(struct skep_host_lru *lru)
{
	if (!lru)
		return;
	free(lru->lanes);
	free(lru->nodes);
	free(lru);
}

/* From the oldest on: those that were used go to the front again, others leave the list. */
static void age_used_again(struct lane *lane)
{
	struct skep_host_lru_node *end = &lane->ends[USED_AGAIN], *newest = end->after, *node,
				  *next;
	int looked = 0;

	for (node = end->before; node != end; node = next) {
		next = node->before;
		move_node(lane, node, node->used ? USED_AGAIN : OTHERS);
		if (++looked == LOOKED_AT || node == newest)
			break;
	}
}

/* From where the last look ended: those that were used go to the other list. */
static void age_others(struct lane *lane)
{
	struct skep_host_lru_node *end = &lane->ends[OTHERS], *at, *last, *next = end;

	if (end->after == end)
		return;
	last = lane->hand->after;
	if (last == end)
		last = last->after;
	at = lane->hand;
	for (int looked = 0; looked < LOOKED_AT;) {
		if (at == end) {
			at = at->before;
			continue;
		}
		next = at->before;
		if (at->used)
			move_node(lane, at, USED_AGAIN);
		if (at == last)
			break;
		at = next;
		looked++;
	}
	lane->hand = next;
}

static void evict_node(struct skep_host_lru *lru, struct lane *lane,
		       struct skep_host_lru_node *node)
{
	void *element = node->element;

	node->element = NULL;
	lru->evict(lru->ctx, element);
	move_node(lane, node, FREE);
}

/* Makes up to LOOKED_AT places of the oldest; one at any price. */
static void make_room(struct skep_host_lru *lru, struct lane *lane)
{
	struct skep_host_lru_node *end = &lane->ends[OTHERS], *node, *next;
	int looked = 0, made = 0;

	for (node = end->before; node != end; node = next) {
		next = node->before;
		if (node->used) {
			move_node(lane, node, USED_AGAIN);
		} else {
			evict_node(lru, lane, node);
			if (++made == LOOKED_AT)
				break;
		}
		if (++looked == LOOKED_AT)
			break;
	}
	if (made)
		return;
	if (end->before == end)
		end = &lane->ends[USED_AGAIN];
	if (end->before != end)
		evict_node(lru, lane, end->before);
}

struct skep_host_lru_node *skep_host_lru_take(struct skep_host_lru *lru)
{
	struct lane *lane = &lru->lanes[lru->one_for_each_cpu ? skep_host.cpu : 0];
	struct skep_host_lru_node *node;

	if (lane->counts[OTHERS] < lane->counts[USED_AGAIN])
		age_used_again(lane);
	age_others(lane);
	if (lane->ends[FREE].after == &lane->ends[FREE])
		make_room(lru, lane);
	node = lane->ends[FREE].after;
	if (node == &lane->ends[FREE])
		return NULL;
	move_node(lane, node, OTHERS);
	return node;
}

void skep_host_lru_give(struct skep_host_lru *lru, struct skep_host_lru_node *node)
{
	node->element = NULL;
	move_node(&lru->lanes[node->cpu], node, FREE);
}
