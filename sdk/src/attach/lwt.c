/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A route whose packets a program sees. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/bpf.h>
#include <linux/lwtunnel.h>
#include <skep/attach/lwt.h>

#include "attach.h"
#include "base/fail.h"
#include "base/opts.h"
#include "interface.h"
#include "netlink.h"
#include "object/link.h"
#include "object/object.h"

struct address {
	int family;
	unsigned int bits; /* of the prefix */
	unsigned char bytes[16];
};

/* The socket is kept: it belongs to the route's namespace, wherever we are later. */
struct route {
	struct skep_netlink netlink;
	struct skep_interface interface;
	struct address to, gateway; /* family 0: none */
	uint32_t table, metric, headroom;
	bool local, on;
	int prog_type;
	char name[80];
};

static size_t size_of(const struct address *address)
{
	return address->family == AF_INET6 ? 16 : 4;
}

static int parse(const char *text, struct address *out)
{
	struct address read = { .family = 0 };
	char buf[INET6_ADDRSTRLEN + 5], *slash, *end;
	unsigned long bits;

	snprintf(buf, sizeof(buf), "%s", text ? text : "");
	slash = strchr(buf, '/');
	if (slash)
		*slash = '\0';
	read.family = strchr(buf, ':') ? AF_INET6 : AF_INET;
	if (!text || strlen(text) >= sizeof(buf) || inet_pton(read.family, buf, read.bytes) != 1)
		return skep_fail_hint(skep_fail(EINVAL, "'%s' is not an address", text ? text : ""),
				      "such as \"192.0.2.0/24\" or \"2001:db8::/32\"");
	bits = slash ? strtoul(slash + 1, &end, 10) : 8 * size_of(&read);
	if (bits > 8 * size_of(&read) || (slash && (slash[1] < '0' || slash[1] > '9' || *end)))
		return skep_fail(EINVAL, "'%s' has no prefix of 0 to %zu bits", text,
				 8 * size_of(&read));
	read.bits = (unsigned int)bits;
	*out = read;
	return 0;
}

/* The kernel refuses them too, but not in words that help. */
static int check_rest(const struct address *address, const char *text)
{
	for (unsigned int bit = address->bits; bit < 8 * size_of(address); bit++)
		if (address->bytes[bit / 8] & (0x80u >> bit % 8))
			return skep_fail_hint(
				skep_fail(EINVAL, "'%s' has bits behind its prefix", text),
				"they must be zero, as in 192.0.2.0/24; without "
				"`/`, it is one address");
	return 0;
}

static void start(struct skep_netlink_request *request, const struct route *route, uint16_t type,
		  uint16_t flags)
{
	struct rtmsg body = {
		.rtm_family = (unsigned char)route->to.family,
		.rtm_dst_len = (unsigned char)route->to.bits,
		.rtm_table = route->table < 256 ? (unsigned char)route->table : RT_TABLE_UNSPEC,
		.rtm_protocol = RTPROT_STATIC,
		.rtm_type = route->local ? RTN_LOCAL : RTN_UNICAST,
		.rtm_scope = route->local ? RT_SCOPE_HOST
			     : route->gateway.family || route->to.family == AF_INET6
				     ? RT_SCOPE_UNIVERSE
				     : RT_SCOPE_LINK,
	};

	skep_netlink_start(request, type, flags, &body, sizeof(body));
	skep_netlink_add(request, RTA_DST, route->to.bytes, size_of(&route->to));
	skep_netlink_add_u32(request, RTA_OIF, route->interface.index);
	skep_netlink_add_u32(request, RTA_TABLE, route->table);
	if (route->metric)
		skep_netlink_add_u32(request, RTA_PRIORITY, route->metric);
	if (route->gateway.family)
		skep_netlink_add(request, RTA_GATEWAY, route->gateway.bytes,
				 size_of(&route->gateway));
}

static uint16_t attribute_of(int prog_type)
{
	return prog_type == BPF_PROG_TYPE_LWT_IN    ? LWT_BPF_IN
	       : prog_type == BPF_PROG_TYPE_LWT_OUT ? LWT_BPF_OUT
						    : LWT_BPF_XMIT;
}

/* The kernel's -errno. */
static int put(struct route *route, int program_fd, uint16_t flags)
{
	struct skep_netlink_request request;
	struct rtattr *encap, *program;
	uint16_t type = LWTUNNEL_ENCAP_BPF;

	start(&request, route, RTM_NEWROUTE, NLM_F_CREATE | flags);
	skep_netlink_add(&request, RTA_ENCAP_TYPE, &type, sizeof(type));
	encap = skep_netlink_nest(&request, RTA_ENCAP);
	program = skep_netlink_nest(&request, attribute_of(route->prog_type));
	skep_netlink_add_u32(&request, LWT_BPF_PROG_FD, (uint32_t)program_fd);
	skep_netlink_add(&request, LWT_BPF_PROG_NAME, route->name, strlen(route->name) + 1);
	skep_netlink_end(&request, program);
	if (route->headroom)
		skep_netlink_add_u32(&request, LWT_BPF_XMIT_HEADROOM, route->headroom);
	skep_netlink_end(&request, encap);
	return skep_netlink_ask(&route->netlink, &request, NULL, NULL);
}

static int detach(void *state)
{
	struct route *route = state;
	struct skep_netlink_request request;
	int err;

	if (!route->on)
		return 0;
	route->on = false;
	start(&request, route, RTM_DELROUTE, 0);
	err = skep_netlink_ask(&route->netlink, &request, NULL, NULL);
	/* Gone with its interface, or removed by somebody. */
	if (!err || err == -ESRCH || err == -ENODEV || err == -ENOENT)
		return 0;
	return skep_fail(err, "cannot remove the route by %s: %s", route->interface.name,
			 route->netlink.said[0] ? route->netlink.said : strerror(-err));
}

static void free_route(void *state)
{
	struct route *route = state;

	(void)detach(route);
	skep_netlink_close(&route->netlink);
	free(route);
}

static int update(void *state, int program_fd)
{
	struct route *route = state;
	int err = route->on ? put(route, program_fd, NLM_F_REPLACE) : -ESRCH;

	if (!err)
		return 0;
	return skep_fail(err == -EPERM ? EPERM : ENOLINK,
			 "cannot replace the program of the route by %s: %s", route->interface.name,
			 route->netlink.said[0] ? route->netlink.said : strerror(-err));
}

static const struct skep_link_ops ops = {
	.name = "lwt",
	.free = free_route,
	.update = update,
	.detach = detach,
};

static int refuse(int err, const struct route *route, const struct skep_program *program,
		  const char *destination)
{
	const char *said = route->netlink.said;

	if (err == -EPERM)
		return skep_attach_refuse(program, err, NULL, route->interface.name);
	if (err == -ENODEV)
		return skep_interface_gone(route->interface.name);
	if (err == -EEXIST)
		return skep_fail_hint(skep_fail(err, "there is a route to %s in table %u",
						destination, route->table),
				      "`ip route del %s table %u` removes it; or choose another "
				      ".table or .metric",
				      destination, route->table);
	if (err == -EOPNOTSUPP)
		return skep_fail_hint(skep_fail(err, "this kernel has no BPF on tunnels "
						     "(CONFIG_LWTUNNEL_BPF is not set)"),
				      "use skep_attach_tcx() or skep_attach_tc() on %s",
				      route->interface.name);
	if (err == -ENETDOWN)
		return skep_fail_hint(skep_fail(err, "interface %s is down", route->interface.name),
				      "`ip link set dev %s up`", route->interface.name);
	return skep_fail(err, "cannot make a route to %s by %s: %s", destination,
			 route->interface.name, said[0] ? said : strerror(-err));
}

struct request {
	struct skep_link **out;
	const struct skep_program *program;
	const char *destination;
	const char *interface;
	struct route *route;
};

static int attach_here(void *ctx)
{
	const struct request *request = ctx;
	struct route *route = request->route;
	int err = skep_interface_find(request->interface, &route->interface);

	if (!err)
		err = skep_netlink_open(&route->netlink);
	if (err)
		return err;
	err = put(route, skep_program_fd(request->program), NLM_F_EXCL);
	if (err)
		return refuse(err, route, request->program, request->destination);
	route->on = true;
	return 0;
}

static int check(struct route *route, const struct skep_program *program, const char *destination,
		 const struct skep_lwt_opts *opts)
{
	int err, type = (int)bpf_program__type(skep_program_libbpf(program));
	const char *gateway = SKEP_OPT(opts, gateway);

	route->prog_type = type;
	if (type != BPF_PROG_TYPE_LWT_IN && type != BPF_PROG_TYPE_LWT_OUT)
		type = BPF_PROG_TYPE_LWT_XMIT;
	err = skep_attach_need(program, type, "lwt_xmit");
	if (!err)
		err = parse(destination, &route->to);
	if (!err)
		err = check_rest(&route->to, destination);
	if (!err && gateway)
		err = parse(gateway, &route->gateway);
	if (err)
		return err;
	if (gateway && (route->gateway.family != route->to.family || strchr(gateway, '/')))
		return skep_fail(EINVAL, "gateway '%s' is not one address of the family of '%s'",
				 gateway, destination);
	if (route->headroom > LWT_BPF_MAX_HEADROOM)
		return skep_fail(EINVAL, "a headroom of %u bytes is too large: %d are the most",
				 route->headroom, LWT_BPF_MAX_HEADROOM);
	return 0;
}

int skep_attach_lwt(struct skep_link **out, const struct skep_program *program,
		    const char *destination, const char *interface,
		    const struct skep_lwt_opts *opts)
{
	struct request request = { out, program, destination, interface, NULL };
	struct route *route;
	int err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = skep_attach_need_loaded(program);
	if (err)
		return err;
	route = request.route = calloc(1, sizeof(*route));
	if (!route)
		return skep_fail(ENOMEM, "no memory for a route");
	route->netlink.fd = -1;
	route->local = SKEP_OPT(opts, local);
	route->table = SKEP_OPT(opts, table);
	if (!route->table)
		route->table = route->local ? RT_TABLE_LOCAL : RT_TABLE_MAIN;
	route->metric = SKEP_OPT(opts, metric);
	route->headroom = SKEP_OPT(opts, headroom);
	snprintf(route->name, sizeof(route->name), "%.64s", skep_program_name(program));
	err = check(route, program, destination, opts);
	if (!err)
		err = skep_netns_run(SKEP_OPT(opts, netns), SKEP_OPT(opts, netns_fd), attach_here,
				     &request);
	if (err) {
		free_route(route);
		return err;
	}
	return skep_link_from_ops(out, &ops, route);
}
