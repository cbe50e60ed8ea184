/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "tc_filter.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>

/* A whole family of attributes begins where a struct tcmsg ends. */
#define BODY sizeof(struct tcmsg)

static uint32_t parent_of(enum skep_traffic traffic)
{
	return TC_H_MAKE(TC_H_CLSACT, traffic == SKEP_EGRESS ? TC_H_MIN_EGRESS : TC_H_MIN_INGRESS);
}

static struct tcmsg body_of(const struct skep_tc_place *place)
{
	return (struct tcmsg){
		.tcm_family = AF_UNSPEC,
		.tcm_ifindex = (int)place->ifindex,
		.tcm_parent = parent_of(place->traffic),
		.tcm_handle = place->handle,
		.tcm_info = TC_H_MAKE(place->priority << 16, htons(ETH_P_ALL)),
	};
}

static int ask_qdisc(struct skep_netlink *netlink, unsigned int ifindex, uint16_t type,
		     uint16_t flags)
{
	struct tcmsg body = {
		.tcm_family = AF_UNSPEC,
		.tcm_ifindex = (int)ifindex,
		.tcm_parent = TC_H_CLSACT,
		.tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0),
	};
	struct skep_netlink_request request;

	skep_netlink_start(&request, type, flags, &body, sizeof(body));
	skep_netlink_add(&request, TCA_KIND, "clsact", sizeof("clsact"));
	return skep_netlink_ask(netlink, &request, NULL, NULL);
}

int skep_tc_make_qdisc(struct skep_netlink *netlink, unsigned int ifindex)
{
	return ask_qdisc(netlink, ifindex, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL);
}

int skep_tc_remove_qdisc(struct skep_netlink *netlink, unsigned int ifindex)
{
	return ask_qdisc(netlink, ifindex, RTM_DELQDISC, 0);
}

static void read_kind(const struct nlmsghdr *message, void *ctx)
{
	if (message->nlmsg_type == RTM_NEWQDISC)
		skep_netlink_text(skep_netlink_find(message, BODY, TCA_KIND), ctx, 16);
}

bool skep_tc_is_ingress_only(struct skep_netlink *netlink, unsigned int ifindex)
{
	struct tcmsg body = {
		.tcm_family = AF_UNSPEC,
		.tcm_ifindex = (int)ifindex,
		.tcm_parent = TC_H_CLSACT,
		.tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0),
	};
	struct skep_netlink_request request;
	char kind[16] = "";

	skep_netlink_start(&request, RTM_GETQDISC, NLM_F_ECHO, &body, sizeof(body));
	(void)skep_netlink_ask(netlink, &request, read_kind, kind);
	return !strcmp(kind, "ingress");
}

static void read_place(const struct nlmsghdr *message, void *ctx)
{
	const struct tcmsg *body = NLMSG_DATA(message);
	struct skep_tc_place *place = ctx;

	if (message->nlmsg_type != RTM_NEWTFILTER || message->nlmsg_len < NLMSG_LENGTH(BODY))
		return;
	place->priority = TC_H_MAJ(body->tcm_info) >> 16;
	place->handle = body->tcm_handle;
}

int skep_tc_put(struct skep_netlink *netlink, struct skep_tc_place *place, int program_fd,
		const char *name, uint16_t flags)
{
	struct tcmsg body = body_of(place);
	struct skep_netlink_request request;
	struct rtattr *options;

	skep_netlink_start(&request, RTM_NEWTFILTER, flags | NLM_F_ECHO, &body, sizeof(body));
	skep_netlink_add(&request, TCA_KIND, "bpf", sizeof("bpf"));
	options = skep_netlink_nest(&request, TCA_OPTIONS);
	skep_netlink_add_u32(&request, TCA_BPF_FD, (uint32_t)program_fd);
	skep_netlink_add(&request, TCA_BPF_NAME, name, strlen(name) + 1);
	skep_netlink_add_u32(&request, TCA_BPF_FLAGS, TCA_BPF_FLAG_ACT_DIRECT);
	skep_netlink_end(&request, options);
	return skep_netlink_ask(netlink, &request, read_place, place);
}

int skep_tc_remove(struct skep_netlink *netlink, const struct skep_tc_place *place)
{
	struct tcmsg body = body_of(place);
	struct skep_netlink_request request;

	skep_netlink_start(&request, RTM_DELTFILTER, 0, &body, sizeof(body));
	skep_netlink_add(&request, TCA_KIND, "bpf", sizeof("bpf"));
	return skep_netlink_ask(netlink, &request, NULL, NULL);
}

static void read_filter(const struct nlmsghdr *message, enum skep_traffic traffic,
			struct skep_tc_found *found)
{
	const struct tcmsg *body = NLMSG_DATA(message);
	const struct rtattr *options = skep_netlink_find(message, BODY, TCA_OPTIONS);
	char kind[16];

	memset(found, 0, sizeof(*found));
	found->place = (struct skep_tc_place){
		.ifindex = (unsigned int)body->tcm_ifindex,
		.traffic = traffic,
		.priority = TC_H_MAJ(body->tcm_info) >> 16,
		.handle = body->tcm_handle,
	};
	skep_netlink_text(skep_netlink_find(message, BODY, TCA_KIND), kind, sizeof(kind));
	if (strcmp(kind, "bpf"))
		return;
	found->program_id = skep_netlink_u32(skep_netlink_find_in(options, TCA_BPF_ID));
	skep_netlink_text(skep_netlink_find_in(options, TCA_BPF_NAME), found->name,
			  sizeof(found->name));
}

struct got {
	enum skep_traffic traffic;
	struct skep_tc_found *found;
	bool is;
};

static void read_one(const struct nlmsghdr *message, void *ctx)
{
	struct got *got = ctx;

	if (message->nlmsg_type != RTM_NEWTFILTER || message->nlmsg_len < NLMSG_LENGTH(BODY))
		return;
	read_filter(message, got->traffic, got->found);
	got->is = got->found->program_id;
}

int skep_tc_get(struct skep_netlink *netlink, const struct skep_tc_place *place,
		struct skep_tc_found *found)
{
	struct tcmsg body = body_of(place);
	struct got got = { place->traffic, found, false };
	struct skep_netlink_request request;
	int err;

	skep_netlink_start(&request, RTM_GETTFILTER, 0, &body, sizeof(body));
	skep_netlink_add(&request, TCA_KIND, "bpf", sizeof("bpf"));
	err = skep_netlink_ask(netlink, &request, read_one, &got);
	return err ? err : got.is ? 0 : -ENOENT;
}

struct listing {
	enum skep_traffic traffic;
	struct skep_tc_list *list;
};

static void add_one(const struct nlmsghdr *message, void *ctx)
{
	const struct listing *listing = ctx;
	struct skep_tc_list *list = listing->list;
	struct skep_tc_found *more;

	if (message->nlmsg_type != RTM_NEWTFILTER || message->nlmsg_len < NLMSG_LENGTH(BODY))
		return;
	more = realloc(list->all, (list->count + 1) * sizeof(*more));
	if (!more) {
		list->failed = true;
		return;
	}
	list->all = more;
	read_filter(message, listing->traffic, &list->all[list->count++]);
}

int skep_tc_list(struct skep_netlink *netlink, unsigned int ifindex, enum skep_traffic traffic,
		 struct skep_tc_list *list)
{
	struct tcmsg body = {
		.tcm_family = AF_UNSPEC,
		.tcm_ifindex = (int)ifindex,
		.tcm_parent = parent_of(traffic),
	};
	struct listing listing = { traffic, list };
	struct skep_netlink_request request;
	int err;

	skep_netlink_start(&request, RTM_GETTFILTER, NLM_F_DUMP, &body, sizeof(body));
	err = skep_netlink_ask(netlink, &request, add_one, &listing);
	return err ? err : list->failed ? -ENOMEM : 0;
}

static bool is_empty(struct skep_netlink *netlink, unsigned int ifindex)
{
	struct skep_tc_list list = { 0 };
	int err = skep_tc_list(netlink, ifindex, SKEP_INGRESS, &list);

	if (!err)
		err = skep_tc_list(netlink, ifindex, SKEP_EGRESS, &list);
	free(list.all);
	return !err && !list.count;
}

int skep_tc_drop(struct skep_netlink *netlink, const struct skep_tc_place *place, const char *name)
{
	struct skep_tc_owner owner;
	struct skep_tc_found found;
	int err = skep_tc_get(netlink, place, &found);

	if (err)
		return err;
	if (strcmp(found.name, name))
		return -ENOENT; /* somebody put another one into its place */
	err = skep_tc_remove(netlink, place);
	if (!err && skep_tc_owner_read(name, &owner) && owner.made_qdisc &&
	    is_empty(netlink, place->ifindex))
		(void)skep_tc_remove_qdisc(netlink, place->ifindex);
	return err;
}
